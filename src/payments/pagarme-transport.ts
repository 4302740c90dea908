import { Agent, type Dispatcher } from 'undici';
import type { Clock } from '../ports/clock.ts';
import { PaymentsUnavailableError } from '../ports/payments.ts';
import { UnreadableError } from './json-fields.ts';
import { defaultLimits, type Limits, policiesOf, policyError } from './pagarme-policies.ts';
import { refusalOf } from './pagarme-refusal.ts';

/** One call of the provider's API. */
export interface Call {
  /** What operators call it. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Whole, with its query. */
  readonly url: string;
  readonly body?: unknown;
  /** The same again is done once. */
  readonly key?: string;
}

export interface TransportOptions {
  readonly secretKey: string;
  readonly clock: Clock;
  /** From 0 to below 1, for pauses of different lengths. */
  readonly random: () => number;
  readonly limits?: Partial<Limits>;
  /** One call ended, after all its attempts. */
  readonly onCall?: (call: {
    readonly operation: string;
    readonly outcome: 'answered' | 'refused' | 'unavailable';
    readonly ms: number;
  }) => void;
  /** Calls are no longer let through, or are again. */
  readonly onBreaker?: (isOpen: boolean) => void;
}

/** An answer beyond this is none of the provider's. */
const answerBytesMax = 4 * 1024 * 1024;

/** Carries calls to the provider, each as often as it needs, and never longer than its deadline. */
export class PagarmeTransport {
  readonly #options: TransportOptions;
  readonly #policies: ReturnType<typeof policiesOf>;
  readonly #agent: Agent;
  readonly #authorization: string;

  constructor(options: TransportOptions) {
    const limits = { ...defaultLimits, ...options.limits };
    const { secretKey, random, onBreaker = () => {} } = options;
    this.#options = options;
    this.#policies = policiesOf(limits, random, onBreaker);
    this.#agent = new Agent({ connections: limits.callsMax, connect: { timeout: 5_000 } });
    this.#authorization = `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`;
  }

  /**
   * The answer as `read` makes it of the JSON, or undefined when a GET finds nothing.
   *
   * @throws {PaymentsUnavailableError}, {PaymentRequestError}
   */
  async call<T>(call: Call, read: (json: unknown) => T): Promise<T | undefined> {
    const { clock, onCall = () => {} } = this.#options;
    const begunAt = clock.monotonic();
    const tell = (outcome: 'answered' | 'refused' | 'unavailable'): void =>
      onCall({ operation: call.operation, outcome, ms: clock.monotonic() - begunAt });
    try {
      const answer = await this.#policies.execute(({ signal }) => this.#try(call, signal, read));
      tell('answered');
      return answer;
    } catch (failure) {
      const error = policyError(call.operation, failure);
      tell(error instanceof PaymentsUnavailableError ? 'unavailable' : 'refused');
      throw error;
    }
  }

  /** Ends what is under way. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #try<T>(
    call: Call,
    signal: AbortSignal,
    read: (json: unknown) => T,
  ): Promise<T | undefined> {
    const { operation, method } = call;
    const { status, text } = await this.#exchange(call, signal);
    const isGood = status >= 200 && status <= 299;
    if (status === 404 && method === 'GET') return undefined;
    if (!isGood) throw refusalOf(operation, status, jsonOrNothing(text));
    try {
      return read(jsonOrNothing(text));
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      throw new PaymentsUnavailableError(`${operation}: ${error.message}`, { cause: error });
    }
  }

  /** What broke underneath is told by its code alone: its message may quote what was sent. */
  async #exchange(call: Call, signal: AbortSignal): Promise<{ status: number; text: string }> {
    try {
      const { statusCode, body } = await this.#request(call, signal);
      return { status: statusCode, text: await textOf(body) };
    } catch (error) {
      const code = signal.aborted ? 'it took too long' : codeOf(error);
      throw new PaymentsUnavailableError(`${call.operation}: ${code}`);
    }
  }

  #request({ method, url, body, key }: Call, signal: AbortSignal) {
    const { origin, pathname, search } = new URL(url);
    const headers = {
      accept: 'application/json',
      authorization: this.#authorization,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    const options: Dispatcher.RequestOptions = {
      origin,
      path: pathname + search,
      method,
      headers,
      signal,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    return this.#agent.request(options);
  }
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) throw Object.assign(new Error(), { code: 'TOO_LARGE' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** What is no JSON is as good as nothing: the reader then says what is missing. */
function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The message would quote the answer.
    return undefined;
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? code : 'the connection broke';
}
