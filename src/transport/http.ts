/**
 * Requests and responses as plain values: what routes work with, whatever the server underneath.
 */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The part of the path that the route names; empty when it names none. */
  readonly parameter: string;
  /** The peer's address as text; of the proxy, if there is one. */
  readonly peer: string;
  readonly isProxied: boolean;
  readonly ifNoneMatch: string;
  readonly body: Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Who may call a route. A route without one does not compile. */
export type Policy =
  /** Everybody. */
  | 'public'
  /** From this machine or a private network, and not through a proxy. */
  | 'operator'
  /** Everybody, but only while development tokens are on. */
  | 'development';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** A path; a last part `:name` stands for one part of any text, `*` for the rest. */
  readonly path: string;
  readonly policy: Policy;
  readonly answer: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;
}

export function json(status: number, value: unknown, headers = {}): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

export function text(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** An error as RFC 9457 wants it; `code` is for programs and never changes. */
export function problem(status: number, code: string, title: string): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    body: JSON.stringify({ type: 'about:blank', title, status, code }),
  };
}

/** What every response says to the browser that receives it. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; " +
    "form-action 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
