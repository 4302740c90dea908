import type http from 'node:http';

/** A request, read to its end. */
export interface SimRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface SimAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a client gets instead of an answer: nothing ever, or a broken connection. */
export type NoAnswer = 'silence' | 'reset';

/** More is refused: the API takes nothing that large. */
const bodyBytesMax = 256 * 1024;

/** Undefined when the body is too large. */
export async function requestOf(incoming: http.IncomingMessage): Promise<SimRequest | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) return undefined;
    chunks.push(chunk);
  }
  const { method = 'GET', url = '/', headers } = incoming;
  const { pathname, searchParams } = new URL(url, 'http://simulator');
  const body = Buffer.concat(chunks).toString();
  return { method, path: pathname, query: searchParams, headers, body };
}

/** Sends an answer, or does what is done instead. */
export function respond(response: http.ServerResponse, answer: SimAnswer | NoAnswer): void {
  if (answer === 'silence') return;
  if (answer === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const { status, headers = {}, body = '' } = answer;
  response.writeHead(status, { ...commonHeaders, ...headers });
  response.end(body);
}

const commonHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export function json(status: number, value: unknown): SimAnswer {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers, body: JSON.stringify(value) };
}

/** What a body says; undefined when it is no JSON. */
export function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The check of what is in it will say what is missing.
    return undefined;
  }
}

/** For what the buyer's page asks of the provider from another origin. */
export function forAllOrigins(answer: SimAnswer): SimAnswer {
  const allowed = {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-max-age': '600',
    'cross-origin-resource-policy': 'cross-origin',
  };
  return { ...answer, headers: { ...answer.headers, ...allowed } };
}
