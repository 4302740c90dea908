import type { Show } from '@ingressou/protocol';
import { type DevTokenRequest, devTokenRequest } from '@ingressou/protocol/requests';
import type { Catalog } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { Inbox } from '../ports/inbox.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { type AccessTokens, newSubject } from './access-tokens.ts';
import { type CardRouteOptions, cardRoute } from './card-route.ts';
import { type ExportRouteOptions, exportRoutes } from './export-routes.ts';
import { type GateRouteOptions, gateRoutes } from './gate-routes.ts';
import { type HttpRequest, type HttpResponse, json, problem, type Route, text } from './http.ts';
import { parseBody } from './http-body.ts';
import { inboxRoutes } from './inbox-routes.ts';
import { type OrderRouteOptions, orderRoutes } from './order-routes.ts';
import { scanTimesRoute } from './scan-times-route.ts';
import type { StaticFiles } from './static-files.ts';
import { type WebhookRouteOptions, webhookRoutes } from './webhook-routes.ts';

export interface RouteOptions extends OperationOptions {
  readonly catalog: Catalog;
  readonly tokens: AccessTokens;
  /** The machine's own time: tokens go by it, and lists need no better. */
  readonly wallClock: Pick<Clock, 'now'>;
  readonly page: StaticFiles;
  readonly scanner: StaticFiles;
  readonly telemetry: Pick<Telemetry, 'codeScanned'>;
  readonly orders?: OrderRouteOptions;
  readonly webhooks?: WebhookRouteOptions;
  readonly exports?: ExportRouteOptions;
  readonly gates?: GateRouteOptions;
  readonly cards?: CardRouteOptions;
  /** What was delivered to nobody, for developers. */
  readonly inbox?: Inbox;
}

export interface OperationOptions {
  /** What stands against serving now, in words; empty when ready. */
  readonly obstacles: () => Promise<readonly string[]>;
  /** The metrics in the Prometheus text format. */
  readonly metrics: () => Promise<string>;
}

/** Shows on one page of the list. */
const showsMax = 100;
/** A show stays on the list for a day after its doors opened. */
const listedForMs = 24 * 60 * 60 * 1000;
const devTokenMs = 60 * 60 * 1000;

/** What operators ask of every node, whatever its roles. */
export function operationRoutes(options: OperationOptions): readonly Route[] {
  return [
    { method: 'GET', path: '/livez', policy: 'public', answer: () => text(200, 'ok\n') },
    { method: 'GET', path: '/readyz', policy: 'public', answer: () => readiness(options) },
    { method: 'GET', path: '/metrics', policy: 'operator', answer: () => metrics(options) },
  ];
}

/** Every HTTP route of a gateway, each with who may call it. */
export function routes(options: RouteOptions): readonly Route[] {
  const { page, scanner } = options;
  const toPage = (request: HttpRequest) => page.page(request);
  const toWallet = (request: HttpRequest) => page.page(request, 'wallet.html');
  const toFile = (request: HttpRequest) => page.file(request);
  return [
    ...operationRoutes(options),
    { method: 'GET', path: '/v1/shows', policy: 'public', answer: () => list(options) },
    { method: 'GET', path: '/v1/shows/:slug', policy: 'public', answer: (r) => show(options, r) },
    {
      method: 'POST',
      path: '/v1/dev/token',
      policy: 'development',
      answer: (request) => devToken(options, request),
    },
    ...(options.orders ? orderRoutes(options.orders) : []),
    ...(options.exports ? exportRoutes(options.exports) : []),
    ...(options.gates ? gateRoutes(options.gates) : []),
    ...(options.cards ? [cardRoute(options.cards)] : []),
    scanTimesRoute(options.telemetry),
    ...(options.inbox ? inboxRoutes(options.inbox) : []),
    ...(options.webhooks ? webhookRoutes(options.webhooks) : []),
    { method: 'GET', path: '/', policy: 'public', answer: toPage },
    { method: 'GET', path: '/shows/:slug', policy: 'public', answer: toPage },
    { method: 'GET', path: '/carteira', policy: 'public', answer: toWallet },
    { method: 'GET', path: '/carteira/:order/:serial', policy: 'public', answer: toWallet },
    { method: 'GET', path: '/scanner', policy: 'public', answer: () => toScanner },
    { method: 'GET', path: '/scanner/', policy: 'public', answer: (r) => scanner.page(r) },
    { method: 'GET', path: '/scanner/*', policy: 'public', answer: (r) => scanner.file(r) },
    { method: 'GET', path: '/*', policy: 'public', answer: toFile },
  ];
}

/** The scanner's service worker rules what is below the slash. */
const toScanner: HttpResponse = { status: 308, headers: { location: '/scanner/' }, body: '' };

async function readiness({ obstacles }: OperationOptions): Promise<HttpResponse> {
  const found = await obstacles();
  return found.length === 0 ? text(200, 'ready\n') : text(503, `${found.join('\n')}\n`);
}

async function metrics(options: OperationOptions): Promise<HttpResponse> {
  return text(200, await options.metrics());
}

async function list({ catalog, wallClock }: RouteOptions): Promise<HttpResponse> {
  const shows = await catalog.upcoming(wallClock.now() - listedForMs, showsMax);
  return json(200, { data: shows.map(described) }, { 'cache-control': 'public, max-age=5' });
}

async function show({ catalog }: RouteOptions, { parameters }: HttpRequest): Promise<HttpResponse> {
  const found = await catalog.bySlug(parameters.slug ?? '');
  if (found === undefined) return problem(404, 'show_not_found', 'There is no such show.');
  return json(200, described(found), { 'cache-control': 'public, max-age=60' });
}

function described({ id, slug, title, venue, city, uf, startsAt }: Show) {
  return { id, slug, title, venue, city, uf, startsAt };
}

/** Only buyers: whoever needs another role on this machine runs `npm run token`. */
async function devToken(options: RouteOptions, request: HttpRequest): Promise<HttpResponse> {
  const body = parseBody<DevTokenRequest>(request, devTokenRequest);
  if (!body.isGood) return body.refusal;
  const { role, subject = newSubject() } = body.value;
  const now = options.wallClock.now();
  const token = await options.tokens.sign(subject, role, now, devTokenMs);
  return json(
    200,
    { token, subject, expiresAt: now + devTokenMs },
    { 'cache-control': 'no-store' },
  );
}
