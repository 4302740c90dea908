import type { Clock, Timer } from '../../ports/clock.ts';
import { isRecord } from '../json-fields.ts';
import {
  forAllOrigins,
  json,
  jsonIn,
  type NoAnswer,
  type SimAnswer,
  type SimRequest,
} from './exchange.ts';
import { type Fault, type FaultDesk, faultIn, type Operation } from './faults.ts';
import type { HookPost } from './hook-post.ts';
import type { Outcomes } from './outcomes.ts';
import type { Provider } from './provider.ts';
import { ApiRefusal, invalid } from './refusal.ts';

/** Where the API is under the simulator's address, as it is under the provider's. */
export const apiPath = '/core/v5';

export interface ApiOptions {
  readonly clock: Clock;
  readonly provider: Provider;
  readonly hooks: HookPost;
  readonly faults: FaultDesk;
  readonly outcomes: Outcomes;
  readonly secretKey: string;
  readonly publicKey: string;
}

/** One of the provider's endpoints. `id` is what stands in its path. */
interface Endpoint {
  readonly method: string;
  readonly path: RegExp;
  readonly operation: Operation;
  readonly answer: (id: string, request: SimRequest) => unknown;
}

const pageSizeMax = 30;

/** The provider's HTTP API: who may, what goes wrong on purpose, and each endpoint. */
export class Api {
  readonly #options: ApiOptions;
  readonly #endpoints: readonly Endpoint[];
  readonly #pauses = new Set<Timer>();

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#endpoints = endpointsOf(options);
  }

  /** Undefined: this is none of the API's paths. */
  async answer(request: SimRequest): Promise<SimAnswer | NoAnswer | undefined> {
    const { method, path } = request;
    if (path === `${apiPath}/tokens`) return await this.#tokenAnswer(request);
    const endpoint = this.#endpoints.find((each) => each.method === method && each.path.test(path));
    if (endpoint === undefined) return path.startsWith(`${apiPath}/`) ? unknownPath : undefined;
    if (!this.#isKey(request)) return unauthorized;
    const [, id = ''] = endpoint.path.exec(path) ?? [];
    const fault = this.#faultOf(endpoint.operation, id, request);
    return await this.#withFault(fault, request, () => this.#once(endpoint, id, request));
  }

  /** Browsers come without a secret, from any origin. */
  async #tokenAnswer(request: SimRequest): Promise<SimAnswer | NoAnswer> {
    if (request.method === 'OPTIONS') return forAllOrigins({ status: 204 });
    if (request.query.get('appId') !== this.#options.publicKey) return forAllOrigins(unauthorized);
    const fault = this.#options.faults.meet('token', undefined);
    const { provider } = this.#options;
    const answer = await this.#withFault(fault, request, () =>
      answerOf(() => provider.token(jsonIn(request.body))),
    );
    return typeof answer === 'string' ? answer : forAllOrigins(answer);
  }

  /** The same key gets the same answer: nothing is done again. */
  #once({ answer }: Endpoint, id: string, request: SimRequest): SimAnswer {
    const { outcomes, clock } = this.#options;
    const key = request.headers['idempotency-key'];
    const isKeyed = request.method !== 'GET' && typeof key === 'string';
    if (!isKeyed) return answerOf(() => answer(id, request));
    const earlier = outcomes.find(key, clock.now());
    if (earlier !== undefined) return earlier;
    const made = answerOf(() => answer(id, request));
    outcomes.keep(key, made, clock.now());
    return made;
  }

  async #withFault(
    { answer, delayMs = 0, acts = answer !== 'error' && answer !== 'busy' }: Fault = {},
    request: SimRequest,
    act: () => SimAnswer,
  ): Promise<SimAnswer | NoAnswer> {
    const made = acts ? act() : undefined;
    if (delayMs > 0) await this.#pause(delayMs);
    switch (answer) {
      case undefined:
        return made ?? act();
      case 'silence':
      case 'reset':
        return answer;
      case 'error':
        return json(500, { message: 'Internal server error.' });
      case 'busy':
        return json(429, { message: 'Too many requests.' });
      case 'garbage':
        return garbage(request);
    }
  }

  /** Ends every pause: whoever waits for an answer is about to lose the connection. */
  close(): void {
    for (const timer of this.#pauses) timer.cancel();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(ms, () => {
        this.#pauses.delete(timer);
        resolve();
      });
      this.#pauses.add(timer);
    });
  }

  #faultOf(operation: Operation, id: string, request: SimRequest): Fault | undefined {
    const { faults } = this.#options;
    const body = operation === 'create' ? jsonIn(request.body) : undefined;
    const wish = isRecord(body) ? body : {};
    return faults.meet(operation, this.#codeOf(id, request, wish)) ?? faultIn(wish.metadata);
  }

  #codeOf(
    id: string,
    { query }: SimRequest,
    wish: Readonly<Record<string, unknown>>,
  ): string | undefined {
    const { book } = this.#options.provider;
    if (id.startsWith('or_')) return book.find(id)?.order.code;
    if (id.startsWith('ch_')) return book.orderOf(id)?.order.code;
    return typeof wish.code === 'string' ? wish.code : (query.get('code') ?? undefined);
  }

  #isKey({ headers: { authorization = '' } }: SimRequest): boolean {
    const { secretKey } = this.#options;
    return authorization === `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`;
  }
}

function endpointsOf({ provider, hooks, clock }: ApiOptions): readonly Endpoint[] {
  const page = <T>(items: readonly T[], request: SimRequest) => pageOf(items, request);
  return [
    {
      ...endpoint('POST', '/orders', 'create'),
      answer: (_, request) => provider.createOrder(bodyOf(request)),
    },
    {
      ...endpoint('GET', '/orders', 'list'),
      answer: (_, request) => page(provider.orders(request.query), request),
    },
    { ...endpoint('GET', '/orders/:id', 'read'), answer: (id) => provider.order(id) },
    {
      ...endpoint('GET', '/charges', 'list'),
      answer: (_, request) => page(provider.charges(request.query), request),
    },
    { ...endpoint('GET', '/charges/:id', 'read'), answer: (id) => provider.book.charge(id).charge },
    {
      ...endpoint('POST', '/charges/:id/capture', 'capture'),
      answer: (id, request) => provider.capture(id, bodyOf(request)),
    },
    {
      ...endpoint('DELETE', '/charges/:id', 'refund'),
      answer: (id, request) => provider.cancel(id, bodyOf(request)),
    },
    {
      ...endpoint('GET', '/hooks', 'hooks'),
      answer: (_, request) => {
        const wanted = request.query.get('status') ?? '';
        const found = hooks.list().filter(({ status }) => wanted === '' || status === wanted);
        const list = page(found, request);
        return { ...list, data: list.data.map((each) => provider.hookAnswer(each)) };
      },
    },
    {
      ...endpoint('GET', '/hooks/:id', 'hooks'),
      answer: (id) => provider.hookAnswer(hooks.find(id)),
    },
    {
      ...endpoint('POST', '/hooks/:id/retry', 'hooks'),
      answer: (id) => provider.hookAnswer(hooks.resend(id)),
    },
    {
      method: 'GET',
      path: /^(?:\/test)?\/3ds2\/tds-token$/,
      operation: 'challenge',
      answer: () => ({ tds_token: provider.challenges.token(clock.now()) }),
    },
  ];
}

function endpoint(method: string, path: string, operation: Operation) {
  const pattern = path.replace(':id', '([A-Za-z]+_[A-Za-z0-9]+)');
  return { method, path: new RegExp(`^${apiPath}${pattern}$`), operation };
}

function answerOf(act: () => unknown): SimAnswer {
  try {
    return json(200, act());
  } catch (error) {
    if (error instanceof ApiRefusal) return json(error.status, error.body);
    throw error;
  }
}

/** What a proxy with a talkative error page makes of a call. */
function garbage({ body }: SimRequest): SimAnswer {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  return { status: 200, headers, body: `502 Bad Gateway\n${body}` };
}

/** An empty body is an object without anything in it. */
function bodyOf({ body }: SimRequest): unknown {
  const read = body === '' ? {} : jsonIn(body);
  if (!isRecord(read)) throw invalid({ request: ['The request is not valid JSON.'] }, {});
  return read;
}

function pageOf<T>(items: readonly T[], { query, path }: SimRequest) {
  const page = wholeIn(query.get('page'), 1, Number.MAX_SAFE_INTEGER, 1);
  const size = wholeIn(query.get('size'), 1, pageSizeMax, 10);
  const link = (number: number): string => {
    const params = new URLSearchParams(query);
    params.set('page', String(number));
    return `https://api.pagar.me${path}?${params.toString()}`;
  };
  const hasMore = items.length > page * size;
  const paging = {
    total: items.length,
    ...(page > 1 && { previous: link(page - 1) }),
    ...(hasMore && { next: link(page + 1) }),
  };
  return { data: items.slice((page - 1) * size, page * size), paging };
}

function wholeIn(text: string | null, min: number, max: number, otherwise: number): number {
  const value = Number(text ?? otherwise);
  return Number.isInteger(value) && value >= min ? Math.min(value, max) : otherwise;
}

const unauthorized = json(401, { message: 'Authorization has been denied for this request.' });
const unknownPath = json(404, { message: 'Not found.' });
