import type { Fetch } from '../src/requests.ts';

/** What the server says to one request; `lost`: nothing, because it cannot be reached. */
export type ScriptedAnswer =
  | 'lost'
  | 'silence'
  | {
      readonly status?: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    };

export interface HeardRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The server's end of HTTP, played by a test: it hears every request and says what it likes. */
export class ScriptedHttp {
  readonly heard: HeardRequest[] = [];
  readonly #answers: ScriptedAnswer[];

  /** The last answer is given again and again. */
  constructor(...answers: ScriptedAnswer[]) {
    this.#answers = answers;
  }

  readonly fetch: Fetch = async (url, { method = 'GET', headers, body, signal }) => {
    const text = typeof body === 'string' ? body : undefined;
    this.heard.push({
      method,
      url,
      headers: new Headers(headers),
      body: text && JSON.parse(text),
    });
    const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    if (answer === 'silence') return await abortOf(signal);
    if (answer === undefined || answer === 'lost') throw new TypeError('fetch failed');
    const { status = 200, body: said = {}, headers: told = {} } = answer;
    const isText = typeof said === 'string';
    return new Response(isText ? said : JSON.stringify(said), { status, headers: told });
  };
}

function abortOf(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason as Error);
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
  });
}
