import { type HttpResponse, problem } from './http.ts';

export interface CorsOptions {
  /** Origins of pages, besides our own, that may call us. */
  readonly origins: readonly string[];
}

/**
 * What lets a page of a listed origin read our answers (Fetch standard). Our own pages need none of
 * it, and no answer depends on a cookie.
 */
export function corsHeaders(
  origin: string,
  { origins }: CorsOptions,
): Readonly<Record<string, string>> {
  if (origin === '' || origins.length === 0) return {};
  if (!origins.includes(origin)) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'Retry-After, ETag',
  };
}

/** The answer to a browser that asks first whether it may. */
export function preflight(origin: string, { origins }: CorsOptions): HttpResponse {
  if (!origins.includes(origin)) {
    return problem(403, 'origin_refused', 'Pages of this origin may not call us.');
  }
  const headers = {
    'access-control-allow-methods': 'GET, POST, PUT, DELETE',
    'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key, If-None-Match',
    'access-control-max-age': '600',
  };
  return { status: 204, headers, body: '' };
}
