import { type OrderId, type SubjectId, UUID7_PATTERN } from '@ingressou/protocol';
import { orderDetailsRequest } from '@ingressou/protocol/requests';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import type { PaymentRecords } from '../ports/payment-records.ts';
import type { Payments } from '../ports/payments.ts';
import type { Identity } from './access-tokens.ts';
import { tidied } from './buyer-form.ts';
import {
  type BuyerOrder,
  buyer,
  noSuchOrder,
  ofMyOrder,
  orderIn,
  parseCursor,
  privately,
  writtenCursor,
} from './buyer-orders.ts';
import { type Checkout, checkoutRoute } from './checkout-route.ts';
import { type HolderRouteOptions, holderRoutes } from './holder-routes.ts';
import { type HttpRequest, type HttpResponse, json, problem, type Route } from './http.ts';
import { invalidFields, parseBody } from './http-body.ts';
import { paymentOf } from './payment-answer.ts';
import type { Rate } from './rate.ts';
import { RateLimiter } from './rate-limiter.ts';
import { type TicketRouteOptions, ticketRoutes } from './ticket-routes.ts';

export interface OrderRouteOptions extends HolderRouteOptions, TicketRouteOptions {
  readonly commands: Commands;
  readonly checkout: Checkout;
  readonly payments: Pick<Payments, 'challengeToken'>;
  readonly records: Pick<PaymentRecords, 'attemptsOf'>;
  /** The machine's own time. */
  readonly wallClock: Pick<Clock, 'now'>;
  /** What one buyer may tell and ask for; measurements raise it. */
  readonly rate?: Rate;
}

/** Telling details again and again, or asking for challenges, is nothing a buyer does. */
const rateDefault: Rate = { perSecond: 0.5, burst: 20 };
const pageDefault = 20;
const pageMax = 100;
/** What the provider says of its own token. */
const challengeMs = 20_000;

/** What a buyer does with orders besides the live socket. */
export function orderRoutes(options: OrderRouteOptions): readonly Route[] {
  const limiter = new RateLimiter(options.rate ?? rateDefault);
  const limited =
    (answer: (request: HttpRequest, identity: Identity) => Promise<HttpResponse>) =>
    async (request: HttpRequest, identity: Identity): Promise<HttpResponse> => {
      const waitMs = limiter.take(identity.subject, options.wallClock.now());
      return waitMs === 0 ? answer(request, identity) : tooFast(waitMs);
    };
  return [
    checkoutRoute(options.checkout),
    {
      method: 'POST',
      path: '/v1/orders/:id/details',
      policy: buyer,
      answer: limited((request, { subject }) => keepDetails(options, request, subject)),
    },
    {
      method: 'POST',
      path: '/v1/orders/:id/challenge',
      policy: buyer,
      answer: limited((request) => challenge(options, request)),
    },
    {
      method: 'GET',
      path: '/v1/orders',
      policy: buyer,
      answer: (request, { subject }) => list(options, request, subject),
    },
    {
      method: 'GET',
      path: '/v1/orders/:id',
      policy: buyer,
      answer: (request, { subject }) =>
        ofMyOrder(options, request, subject, (found) => json(200, described(found), privately)),
    },
    {
      method: 'GET',
      path: '/v1/orders/:id/payment',
      policy: buyer,
      answer: (request, { subject }) => payment(options, request, subject),
    },
    ...ticketRoutes(options),
    ...holderRoutes(options),
  ];
}

async function keepDetails(
  { details, wallClock }: OrderRouteOptions,
  request: HttpRequest,
  subject: SubjectId,
): Promise<HttpResponse> {
  const order = newOrderIn(request);
  if (order === undefined) {
    return problem(400, 'malformed_id', 'Name the order by a UUIDv7 that you made.');
  }
  const body = parseBody(request, orderDetailsRequest);
  if (!body.isGood) return body.refusal;
  const form = tidied(body.value);
  if (!form.isGood) return invalidFields(form.flaws);
  const { event } = body.value;
  switch (await details.keep(order, event, subject, form.details, wallClock.now())) {
    case 'kept':
      return json(200, { order, event }, privately);
    case 'taken':
      return problem(409, 'id_taken', 'This id is in use: make a new one.');
    case 'changed_too_late':
      return problem(409, 'changed_too_late', 'Other details are kept here: make a new id.');
  }
}

async function challenge(
  { payments }: OrderRouteOptions,
  request: HttpRequest,
): Promise<HttpResponse> {
  if (newOrderIn(request) === undefined) return noSuchOrder();
  const token = await payments.challengeToken();
  return json(200, { token, expiresInMs: challengeMs }, privately);
}

async function list(
  { reads }: OrderRouteOptions,
  { query }: HttpRequest,
  subject: SubjectId,
): Promise<HttpResponse> {
  const limit = Number(query.get('limit') ?? pageDefault);
  const cursor = query.get('cursor');
  const after = cursor === null ? undefined : parseCursor(cursor);
  if (!Number.isInteger(limit) || limit < 1 || limit > pageMax) {
    return problem(400, 'invalid_limit', `limit is a whole number from 1 to ${pageMax}.`);
  }
  if (cursor !== null && after === undefined) {
    return problem(400, 'invalid_cursor', 'cursor is what nextCursor said.');
  }
  const { orders, next } = await reads.ordersOf(subject, limit, after);
  const nextCursor = next && writtenCursor(next);
  return json(200, { data: orders.map(described), nextCursor }, privately);
}

/** Whose it is says who told its details: that is known at once, where lists are behind. */
async function payment(
  { details, records }: OrderRouteOptions,
  request: HttpRequest,
  subject: SubjectId,
): Promise<HttpResponse> {
  const order = orderIn(request);
  const owner = order && (await details.whose(order));
  if (order === undefined || owner?.subject !== subject) return noSuchOrder();
  return paymentOf(await records.attemptsOf(order));
}

function described({ event, createdAt, order }: BuyerOrder) {
  return { event, createdAt, ...order };
}

function newOrderIn({ parameters }: HttpRequest): OrderId | undefined {
  const { id = '' } = parameters;
  return UUID7_PATTERN.test(id) ? (id as OrderId) : undefined;
}

function tooFast(waitMs: number): HttpResponse {
  const headers = { 'retry-after': String(Math.ceil(waitMs / 1000)) };
  return problem(429, 'too_fast', 'Too many requests: wait a little.', { headers });
}
