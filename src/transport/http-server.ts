import type { Clock } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { hasCardNumber } from './card-numbers.ts';
import type { Exchanges } from './exchanges.ts';
import {
  type BodyInPieces,
  bodyBytesMax,
  type HeaderName,
  type HttpRequest,
  type HttpResponse,
  headersRead,
  problem,
  type RoleRoute,
  type Route,
} from './http.ts';
import { collectBody } from './http-body.ts';
import { type CorsOptions, corsHeaders, preflight } from './http-cors.ts';
import { admit, type PolicyOptions, refusalOf } from './http-policy.ts';
import { addressText } from './origins.ts';
import type * as Uws from './uws.ts';

export interface RoutingOptions extends PolicyOptions, CorsOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly exchanges: Exchanges;
  /** Whether this node is about to stop: the next request of a connection is better sent elsewhere. */
  readonly isLeaving: () => boolean;
  /** What every response says to the browser that receives it. */
  readonly securityHeaders: Readonly<Record<string, string>>;
}

const verbs = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'del' } as const;

/** Serves a route with uWebSockets: copies the request before anything waits, answers once. */
export function addRoute(app: Uws.TemplatedApp, route: Route, options: RoutingOptions): void {
  const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const max = route.bodyBytesMax ?? bodyBytesMax;
  app[verbs[route.method]](route.path, (res, req) => {
    const request = copyOf(res, req, route, names);
    const exchange = new Exchange(res, request, route.path, options);
    const body = route.method === 'GET' ? emptyBody : collectBody(res, max);
    void exchange.run(() => answered(route, request, body, options));
  });
}

/** Browsers ask before they send a token or JSON from a page of another origin. */
export function addPreflight(app: Uws.TemplatedApp, options: RoutingOptions): void {
  addFixed(app, 'options', '/v1/*', options, ({ headers }) => preflight(headers.origin, options));
}

/** What no route answers: a path that is not there, or a method that is not for it. */
export function addLastResort(app: Uws.TemplatedApp, options: RoutingOptions): void {
  const answer = () => problem(404, 'not_found', 'There is nothing here for this method.');
  addFixed(app, 'any', '/*', options, answer);
}

function addFixed(
  app: Uws.TemplatedApp,
  verb: 'options' | 'any',
  path: string,
  options: RoutingOptions,
  answer: (request: HttpRequest) => HttpResponse,
): void {
  app[verb](path, (res, req) => {
    const request = copyOf(res, req, { method: 'GET' }, []);
    void new Exchange(res, request, '(none)', options).run(async () => answer(request));
  });
}

/** From the policy to the route's own answer. */
async function answered(
  route: Route,
  request: HttpRequest,
  collected: Promise<Uint8Array | undefined>,
  options: RoutingOptions,
): Promise<HttpResponse> {
  if (isForRoles(route)) {
    const admission = await admit(route.policy, request, options);
    if (!admission.isAdmitted) return admission.refusal;
    const { identity } = admission;
    return withBody(request, collected, (whole) => route.answer(whole, identity));
  }
  const refusal = refusalOf(route.policy, request, options);
  if (refusal !== undefined) return refusal;
  if (route.policy !== 'webhook') return withBody(request, collected, route.answer);
  // A provider's own numbers may look like a card's, and what it says is kept whatever it is.
  const body = await collected;
  return body === undefined ? tooLarge() : route.answer({ ...request, body });
}

function isForRoles(route: Route): route is RoleRoute {
  return typeof route.policy === 'object';
}

async function withBody(
  request: HttpRequest,
  collected: Promise<Uint8Array | undefined>,
  answer: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>,
): Promise<HttpResponse> {
  const body = await collected;
  if (body === undefined) return tooLarge();
  if (hasCardNumber(Buffer.from(body).toString('latin1'))) return cardRefusal();
  return answer({ ...request, body });
}

function tooLarge(): HttpResponse {
  return problem(413, 'body_too_large', 'Too large.');
}

function cardRefusal(): HttpResponse {
  return problem(
    400,
    'card_data_refused',
    "Never send us a card's number: the payment provider's script makes a token of it.",
  );
}

/** One request until its response, or until its client went away. */
class Exchange {
  readonly #res: Uws.HttpResponse;
  readonly #request: HttpRequest;
  readonly #route: string;
  readonly #options: RoutingOptions;
  readonly #begunAt: number;
  #isAborted = false;
  #resume = (): void => {};

  constructor(res: Uws.HttpResponse, request: HttpRequest, route: string, options: RoutingOptions) {
    this.#res = res;
    this.#request = request;
    this.#route = route;
    this.#options = options;
    this.#begunAt = options.clock.monotonic();
    res.onAborted(() => {
      this.#isAborted = true;
      this.#resume();
      // The rest of a body that broke off never comes: what waits for it ends with this.
      options.exchanges.delete(this);
    });
  }

  /** Never rejects: what breaks in a route is told without details. */
  async run(answer: () => Promise<HttpResponse>): Promise<void> {
    const { exchanges, telemetry } = this.#options;
    exchanges.add(this);
    try {
      await this.#respond(await answer());
    } catch (cause) {
      telemetry.failed(`answer ${this.#route}`, cause);
      await this.#respond(isUnavailable(cause) ? unavailable() : broken());
    } finally {
      exchanges.delete(this);
    }
  }

  async #respond({ status, headers, body }: HttpResponse): Promise<void> {
    const { clock, telemetry } = this.#options;
    const ms = clock.monotonic() - this.#begunAt;
    telemetry.requestAnswered({ route: this.#route, status, ms });
    if (this.#isAborted) return;
    if (isWhole(body)) await this.#whole(status, headers, bytesOf(body));
    else await this.#stream(status, headers, body);
  }

  #head(status: number, headers: HttpResponse['headers']): void {
    const cors = corsHeaders(this.#request.headers.origin, this.#options);
    const last = this.#options.isLeaving() ? { connection: 'close' } : {};
    const all = { ...this.#options.securityHeaders, ...cors, ...headers, ...last };
    this.#res.writeStatus(`${status} ${statusTexts[status] ?? ''}`);
    for (const [name, value] of Object.entries(all)) this.#res.writeHeader(name, value);
  }

  async #whole(status: number, headers: HttpResponse['headers'], body: Uint8Array): Promise<void> {
    let isTaken = false;
    this.#res.cork(() => {
      this.#head(status, headers);
      isTaken = this.#offer(body, body.length);
    });
    if (!isTaken) await this.#taken(body, 0, body.length);
  }

  /** Never rejects: a file that breaks off is told by closing the connection, as HTTP has it. */
  async #stream(
    status: number,
    headers: HttpResponse['headers'],
    { chunks, size }: BodyInPieces,
  ): Promise<void> {
    this.#res.cork(() => this.#head(status, headers));
    let sent = 0;
    try {
      for await (const piece of chunks) {
        if (this.#isAborted) return;
        if (sent + piece.length > size) throw new BodySizeError(size);
        if (!this.#offerAlone(piece, size)) await this.#taken(piece, sent, size);
        sent += piece.length;
      }
      if (this.#isAborted) return;
      if (sent < size) throw new BodySizeError(size);
      if (size === 0) this.#offerAlone(new Uint8Array(), size);
    } catch (cause) {
      this.#options.telemetry.failed(`send ${this.#route}`, cause);
      if (!this.#isAborted) this.#res.close();
    }
  }

  #offerAlone(piece: Uint8Array, size: number): boolean {
    let isTaken = false;
    this.#res.cork(() => {
      isTaken = this.#offer(piece, size);
    });
    return isTaken;
  }

  /** Whether the client has taken all of a piece of a body of `size` bytes; the last one ends it. */
  #offer(piece: Uint8Array, size: number): boolean {
    if (size > 0) return this.#res.tryEnd(piece, size)[0];
    this.#res.end();
    return true;
  }

  /**
   * Resolves when the client has taken the piece that begins at `begin`, or has gone. uWebSockets
   * would keep the rest by itself, and lose it when the server closes, which waits only for what it
   * is told of.
   */
  #taken(piece: Uint8Array, begin: number, size: number): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
      this.#res.onWritable((offset) => {
        const isTaken = this.#offer(piece.subarray(offset - begin), size);
        // Promises do not go on behind this call of an older uWebSockets, but with the next event.
        if (isTaken) setImmediate(resolve);
        return isTaken;
      });
    });
  }
}

/** A stream has brought less or more than it was said to be. */
class BodySizeError extends Error {
  override readonly name = 'BodySizeError';
  constructor(size: number) {
    super(`A body was not the ${size} bytes that it was to be.`);
  }
}

function isWhole(body: HttpResponse['body']): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array;
}

function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

/** Every port calls what does not answer by such a name, and may be asked again. */
function isUnavailable(cause: unknown): boolean {
  return cause instanceof Error && cause.name.endsWith('UnavailableError');
}

function unavailable(): HttpResponse {
  const headers = { 'retry-after': '2' };
  return problem(503, 'unavailable', 'Something we need does not answer now.', { headers });
}

function broken(): HttpResponse {
  return problem(500, 'internal_error', 'Something broke on our side.');
}

const emptyBody: Promise<Uint8Array> = Promise.resolve(new Uint8Array());

function copyOf(
  res: Uws.HttpResponse,
  req: Uws.HttpRequest,
  { method }: Pick<Route, 'method'>,
  names: readonly string[],
): HttpRequest {
  return {
    method,
    path: req.getUrl(),
    parameters: Object.fromEntries(
      names.map((name, index) => [name, req.getParameter(index) ?? '']),
    ),
    query: new URLSearchParams(req.getQuery() ?? ''),
    headers: Object.fromEntries(headersRead.map((name) => [name, req.getHeader(name)])) as Record<
      HeaderName,
      string
    >,
    peer: addressText(Buffer.from(res.getRemoteAddressAsText()).toString()),
    isProxied: req.getHeader('x-forwarded-for') !== '',
    body: new Uint8Array(),
  };
}

const statusTexts: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  204: 'No Content',
  304: 'Not Modified',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};
