import { onAbort, throwIfAborted } from './aborts.ts';
import { backoffMs, type Random } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { RequestError } from './errors.ts';
import { problemOf } from './problem.ts';

/**
 * Requests over HTTP, beside the live socket. One that finds no server, or a server that is busy
 * or broken, is sent again after a back-off, never earlier than the server asked for, until its
 * deadline. Every request may be repeated: what it makes is named by an id that is in it.
 */

/** A server that is silent for so long is taken for lost. */
const attemptMs = 10_000;
/** Between two looks for something that is being made, when the server did not say. */
const lookAgainMs = 1_000;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface RequestsOptions {
  /** What paths are added to. */
  readonly url: string;
  readonly fetch: Fetch;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a request is tried, in milliseconds. */
  readonly deadlineMs: number;
}

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Besides 202, these say that what is asked for is still being made. */
  readonly notYet?: readonly number[];
}

/** What became of one attempt: an answer, or an error and when to try again, if ever. */
type Outcome =
  | { readonly response: Response }
  | { readonly error: RequestError; readonly againAfterMs?: number };

/** An answer, and the token it was asked for with. */
interface Sent {
  readonly response: Response;
  readonly token: string | undefined;
}

export class Requests {
  readonly #options: RequestsOptions;
  readonly #closing = new AbortController();

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /** Aborted by `close`. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /** What is under way rejects with `reason`, and so does whatever comes later. */
  close(reason: Error): void {
    this.#closing.abort(reason);
  }

  /**
   * The body of a good answer. Rejects with the signal's reason when it is aborted.
   *
   * @throws {RequestError}
   */
  async json(request: Request): Promise<unknown> {
    const response = await this.#ask(request);
    return await bodyOf(response, () => response.json());
  }

  /** As `json`, for a file. */
  async file(request: Request): Promise<Blob> {
    const response = await this.#ask(request);
    return await bodyOf(response, () => response.blob());
  }

  async #ask(request: Request): Promise<Response> {
    const { clock, deadlineMs } = this.#options;
    const endsAt = clock.monotonic() + deadlineMs;
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.#try(request, attempt);
      if ('response' in outcome) return outcome.response;
      const { error, againAfterMs } = outcome;
      if (againAfterMs === undefined || clock.monotonic() + againAfterMs > endsAt) throw error;
      await this.#pause(againAfterMs, request);
    }
  }

  async #try(request: Request, attempt: number): Promise<Outcome> {
    const { random } = this.#options;
    const sent = await this.#send(request);
    this.#throwIfOver(request);
    if (sent instanceof RequestError) {
      return { error: sent, againAfterMs: backoffMs(attempt, random) };
    }
    const { response, token } = sent;
    const { status } = response;
    const retryAfterMs = retryAfterOf(response);
    if (response.ok && status !== 202) return { response };
    const error = await problemOf(response);
    if (status === 202 || request.notYet?.includes(status)) {
      return { error, againAfterMs: retryAfterMs ?? lookAgainMs };
    }
    if (status === 401 && attempt === 0 && this.#hasAnother(token)) {
      return { error, againAfterMs: 0 };
    }
    const isPassing = status === 429 || status >= 500;
    return isPassing
      ? { error, againAfterMs: backoffMs(attempt, random, retryAfterMs) }
      : { error };
  }

  #hasAnother(token: string | undefined): boolean {
    return token !== undefined && this.#options.credentials.forget(token);
  }

  /** The answer and the token it was asked with; or that there is none. */
  async #send(request: Request): Promise<Sent | RequestError> {
    this.#throwIfOver(request);
    const { url, fetch, credentials, clock } = this.#options;
    const attempt = new AbortController();
    const end = () => attempt.abort();
    const timer = clock.after(attemptMs, end);
    const stopListening = onAbort(this.#signalsOf(request), end);
    try {
      const token = await credentials.current();
      const init = { ...initOf(request, token), signal: attempt.signal };
      return { response: await fetch(`${url}${request.path}`, init), token };
    } catch (cause) {
      // No network, no server, or no token: whichever, it may be there in a moment.
      return new RequestError(0, 'no_answer', { cause });
    } finally {
      timer.cancel();
      stopListening();
    }
  }

  #signalsOf({ signal }: Request): readonly AbortSignal[] {
    return signal === undefined ? [this.#closing.signal] : [this.#closing.signal, signal];
  }

  #throwIfOver(request: Request): void {
    throwIfAborted(this.#signalsOf(request));
  }

  /** Ends early when there is nobody left to wait for. */
  async #pause(ms: number, request: Request): Promise<void> {
    let stopListening = () => {};
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.after(ms, resolve);
      stopListening = onAbort(this.#signalsOf(request), () => {
        timer.cancel();
        resolve();
      });
    });
    stopListening();
  }
}

function initOf({ method, body }: Request, token: string | undefined): RequestInit {
  return {
    method,
    headers: {
      accept: 'application/json, */*;q=0.5',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

async function bodyOf<T>({ status }: Response, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new RequestError(status, 'malformed_answer', { cause });
  }
}

/** Seconds, as our server writes it; a date is for caches. */
function retryAfterOf({ headers }: Response): number | undefined {
  const text = headers.get('retry-after') ?? '';
  return /^\d{1,5}$/.test(text) ? Number(text) * 1000 : undefined;
}
