import type { Clock } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import {
  type HttpRequest,
  type HttpResponse,
  type Policy,
  problem,
  type Route,
  securityHeaders,
} from './http.ts';
import { addressText, isPrivatePeer } from './origins.ts';
import type * as Uws from './uws.ts';

/** A body beyond this is refused: no route needs more. */
const bodyBytesMax = 16 * 1024;

export interface RoutingOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly hasDevTokens: boolean;
}

/** Serves a route with uWebSockets: copies the request before anything waits, answers once. */
export function addRoute(app: Uws.TemplatedApp, route: Route, options: RoutingOptions): void {
  const serve = (res: Uws.HttpResponse, req: Uws.HttpRequest): void => {
    const exchange = new Exchange(res, route, options);
    const request = copyOf(res, req, route.method);
    const refusal = refusalOf(route.policy, request, options);
    if (refusal !== undefined) return exchange.respond(refusal);
    if (route.method === 'GET') return void exchange.answer(request);
    readBody(res, (body) => {
      if (body === undefined) return exchange.respond(problem(413, 'body_too_large', 'Too large.'));
      void exchange.answer({ ...request, body });
    });
  };
  if (route.method === 'GET') app.get(route.path, serve);
  else app.post(route.path, serve);
}

/** What no route answers: a path that is not there, or a method that is not for it. */
export function addLastResort(app: Uws.TemplatedApp, options: RoutingOptions): void {
  const answer = () => problem(404, 'not_found', 'There is nothing here for this method.');
  const route: Route = { method: 'GET', path: '(none)', policy: 'public', answer };
  app.any('/*', (res) => new Exchange(res, route, options).respond(answer()));
}

/** One request until its response, or until its client went away. */
class Exchange {
  readonly #res: Uws.HttpResponse;
  readonly #route: Route;
  readonly #options: RoutingOptions;
  readonly #begunAt: number;
  #isAborted = false;

  constructor(res: Uws.HttpResponse, route: Route, options: RoutingOptions) {
    this.#res = res;
    this.#route = route;
    this.#options = options;
    this.#begunAt = options.clock.monotonic();
    res.onAborted(() => {
      this.#isAborted = true;
    });
  }

  /** Never rejects: what breaks in a route is told as a 500 without details. */
  async answer(request: HttpRequest): Promise<void> {
    try {
      this.respond(await this.#route.answer(request));
    } catch (cause) {
      this.#options.telemetry.failed(`answer ${this.#route.path}`, cause);
      this.respond(problem(500, 'internal_error', 'Something broke on our side.'));
    }
  }

  respond({ status, headers, body }: HttpResponse): void {
    const { clock, telemetry } = this.#options;
    const ms = clock.monotonic() - this.#begunAt;
    telemetry.requestAnswered({ route: this.#route.path, status, ms });
    if (this.#isAborted) return;
    this.#res.cork(() => {
      this.#res.writeStatus(`${status} ${statusTexts[status] ?? ''}`);
      const all = { ...securityHeaders, ...headers };
      for (const [name, value] of Object.entries(all)) this.#res.writeHeader(name, value);
      this.#res.end(body);
    });
  }
}

function copyOf(res: Uws.HttpResponse, req: Uws.HttpRequest, method: Route['method']): HttpRequest {
  return {
    method,
    path: req.getUrl(),
    parameter: req.getParameter(0) ?? '',
    peer: addressText(Buffer.from(res.getRemoteAddressAsText()).toString()),
    isProxied: req.getHeader('x-forwarded-for') !== '',
    ifNoneMatch: req.getHeader('if-none-match'),
    body: new Uint8Array(),
  };
}

function refusalOf(
  policy: Policy,
  { peer, isProxied }: HttpRequest,
  { hasDevTokens }: RoutingOptions,
): HttpResponse | undefined {
  switch (policy) {
    case 'public':
      return undefined;
    case 'operator':
      if (isPrivatePeer(peer) && !isProxied) return undefined;
      return problem(403, 'forbidden', 'Only for operators of this network.');
    case 'development':
      if (hasDevTokens) return undefined;
      return problem(404, 'not_found', 'There is nothing here.');
  }
}

/** Chunks are copied: their memory is uWebSockets' again when the handler returns. */
function readBody(res: Uws.HttpResponse, done: (body: Uint8Array | undefined) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let isOver = false;
  res.onData((chunk, isLast) => {
    if (isOver) return;
    size += chunk.byteLength;
    isOver = isLast || size > bodyBytesMax;
    if (size > bodyBytesMax) return done(undefined);
    chunks.push(Buffer.from(chunk.slice(0)));
    if (isLast) done(Buffer.concat(chunks));
  });
}

const statusTexts: Readonly<Record<number, string>> = {
  200: 'OK',
  304: 'Not Modified',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Content Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};
