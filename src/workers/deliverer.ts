import { Agent, type Dispatcher, request } from 'undici';
import { DeliveryUnavailableError } from '../ports/mail.ts';

export interface DelivererOptions {
  /** What operators call it. */
  readonly name: string;
  readonly token: string;
  /** How long an answer may take. */
  readonly timeoutMs?: number;
}

export interface DelivererAnswer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly text: string;
}

const connectMs = 3_000;
/** At a time; more wait for one of them. */
const connectionsMax = 8;
const answerBytesMax = 64 * 1024;

/** The HTTP API of whoever delivers for us: JSON there, a short answer back, within a deadline. */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #agent: Agent;

  constructor(options: DelivererOptions) {
    this.#options = options;
    const timeout = options.timeoutMs ?? 10_000;
    this.#agent = new Agent({
      connections: connectionsMax,
      connect: { timeout: Math.min(connectMs, timeout) },
      headersTimeout: timeout,
      bodyTimeout: timeout,
    });
  }

  /** @throws {DeliveryUnavailableError} it arrived or not */
  async post(url: string, body: object): Promise<DelivererAnswer> {
    const { name, token } = this.#options;
    try {
      const answer = await request(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        dispatcher: this.#agent,
      });
      const { statusCode: status, headers } = answer;
      return { status, headers, text: await textOf(answer) };
    } catch (cause) {
      throw new DeliveryUnavailableError(`${name} did not answer.`, { cause });
    }
  }

  /** Ends every request under way. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

async function textOf({ body }: Dispatcher.ResponseData): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > answerBytesMax) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
