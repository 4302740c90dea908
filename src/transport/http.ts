import type { Role } from '@ingressou/protocol';
import type { Flaw } from '@ingressou/protocol/requests';
import type { Identity } from './access-tokens.ts';

/**
 * Requests and responses as plain values: what routes work with, whatever the server underneath.
 */
export interface HttpRequest {
  readonly method: Method;
  readonly path: string;
  /** The parts of the path that the route names, by their names, as they were written. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Those of `headersRead`, in lower case; `''` when absent. */
  readonly headers: Readonly<Record<HeaderName, string>>;
  /** The peer's address as text; of the proxy, if there is one. */
  readonly peer: string;
  readonly isProxied: boolean;
  /** Empty for a method that has none. */
  readonly body: Uint8Array;
}

/** The headers that any route reads: no other one is copied. */
export const headersRead = [
  'accept',
  'authorization',
  'content-type',
  'idempotency-key',
  'if-none-match',
  'origin',
  'x-hub-asymmetric-signature',
  'x-hub-signature',
  'x-hub-signature-256',
  'x-twilio-email-event-webhook-signature',
  'x-twilio-email-event-webhook-timestamp',
] as const;

export type HeaderName = (typeof headersRead)[number];

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | BodyInPieces;
}

/** Sent as it comes, as fast as the client takes it. */
export interface BodyInPieces {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** In bytes, all of them together. */
  readonly size: number;
}

/** Who may call a route. A route without one does not compile. */
export type Policy = OpenPolicy | RolePolicy;

export type OpenPolicy =
  /** Everybody. */
  | 'public'
  /** From this machine or a private network, and not through a proxy. */
  | 'operator'
  /** Everybody, but only while development tokens are on. */
  | 'development'
  /** Everybody: the route itself finds out who sent it, by what it sent. */
  | 'webhook';

/** Whoever has an access token (`Authorization: Bearer`) of one of these roles. */
export interface RolePolicy {
  readonly roles: readonly [Role, ...Role[]];
  /**
   * The part of the path that names a show. PRODUTOR and CHECKIN pass only for the shows in their
   * token; for others the show does not exist.
   */
  readonly show?: string;
}

export type Route = OpenRoute | RoleRoute;

interface AnyRoute {
  readonly method: Method;
  /** A path; `:name` stands for one part of any text, a last `*` for the rest. */
  readonly path: string;
  /** What a body may have at most; `bodyBytesMax` unless it is said. */
  readonly bodyBytesMax?: number;
}

export interface OpenRoute extends AnyRoute {
  readonly policy: OpenPolicy;
  readonly answer: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;
}

export interface RoleRoute extends AnyRoute {
  readonly policy: RolePolicy;
  readonly answer: (
    request: HttpRequest,
    identity: Identity,
  ) => HttpResponse | Promise<HttpResponse>;
}

/** A body beyond this is refused, where a route does not say otherwise. */
export const bodyBytesMax = 16 * 1024;

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

export interface ProblemExtras {
  readonly errors?: readonly Flaw[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error as RFC 9457 wants it; `code` is for programs and never changes. */
export function problem(
  status: number,
  code: string,
  title: string,
  { errors, headers = {} }: ProblemExtras = {},
): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
    body: JSON.stringify({ type: 'about:blank', title, status, code, ...(errors && { errors }) }),
  };
}

/** Whom the buyer's page may speak with besides us, as the policies of browsers say it. */
export interface ProviderSources {
  /** Its scripts make a token of a card and begin the bank's challenge. */
  readonly scripts: readonly string[];
  /** Where a challenge may be shown: a real one comes from whichever bank the card is of. */
  readonly challenges: readonly string[];
}

/** What every response says to the browser that receives it. */
export function securityHeaders({
  scripts,
  challenges,
}: ProviderSources): Readonly<Record<string, string>> {
  const also = ["'self'", ...scripts].join(' ');
  const frames = challenges.join(' ') || "'none'";
  // The script of 3-D Secure posts a form into the bank's frame.
  return {
    'content-security-policy':
      `default-src 'none'; script-src ${also}; style-src 'self'; img-src 'self' data:; ` +
      `connect-src ${also}; frame-src ${frames}; form-action ${frames}; ` +
      "manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    ...otherHeaders,
  };
}

/**
 * What the scanner's page may do besides: decode pictures of its own camera with WebAssembly, and
 * work without a network. Nothing of it is from elsewhere.
 */
export const scannerHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
    "img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; " +
    "manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
  'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
};

const otherHeaders: Readonly<Record<string, string>> = {
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
