import { type EventId, type OrderId, type SubjectId, UUID_PATTERN } from '@ingressou/protocol';
import type { Commands } from '../ports/commands.ts';
import type { OrderDetailsStore } from '../ports/order-details.ts';
import {
  hasReached,
  type KeptOrder,
  type OrderCursor,
  type Point,
  type ReadModels,
} from '../ports/read-models.ts';
import { type HttpRequest, type HttpResponse, problem } from './http.ts';

export interface BuyerOrderOptions {
  readonly details: Pick<OrderDetailsStore, 'keep' | 'whose'>;
  readonly reads: Pick<ReadModels, 'order' | 'ordersOf'>;
  /** Whom to ask for what no row has yet. */
  readonly commands: Pick<Commands, 'ask'>;
}

/** An order as its buyer is told it; when it was made is known once it is in the rows. */
export type BuyerOrder = Pick<KeptOrder, 'event' | 'order'> & Partial<Pick<KeptOrder, 'createdAt'>>;

/** The policy of what a buyer asks about their own. */
export const buyer = { roles: ['CLIENTE'] } as const;

/** Answers about a person are nobody else's, not even of a cache on the way. */
export const privately = { 'cache-control': 'no-store' } as const;

/**
 * Answers about the order that the path names, if it is the subject's. Somebody else's order is as
 * good as none, so that ids cannot be tried out. Whoever has seen the show at some point says so
 * (`?generation=1&position=7`) and is not told anything older. What the rows do not have yet, the
 * show itself is asked for.
 */
export async function ofMyOrder(
  options: BuyerOrderOptions,
  request: HttpRequest,
  subject: SubjectId,
  answer: (found: BuyerOrder) => HttpResponse | Promise<HttpResponse>,
): Promise<HttpResponse> {
  const order = orderIn(request);
  const owner = order && (await options.details.whose(order));
  if (order === undefined || owner?.subject !== subject) return noSuchOrder();
  const asOf = pointIn(request);
  const { event } = owner;
  const kept = await options.reads.order(event, order, asOf);
  const isKept = kept !== undefined && kept !== 'behind';
  if (isKept) return kept.subject === subject ? answer(kept) : noSuchOrder();
  const told = await askedFor(options, event, order, subject, asOf);
  if (told === 'behind') return behind();
  return told === undefined ? noSuchOrder() : answer(told);
}

/** A show that sleeps is read, and what was read may be a second old. */
async function askedFor(
  { commands }: BuyerOrderOptions,
  event: EventId,
  order: OrderId,
  subject: SubjectId,
  asOf: Point | undefined,
): Promise<BuyerOrder | undefined | 'behind'> {
  const reply = await commands.ask(event, { type: 'order', order, subject });
  if (!reply.accepted) return reply.rejection.reason === 'show_not_found' ? undefined : 'behind';
  if (asOf !== undefined && !hasReached(reply, asOf)) return 'behind';
  return reply.value === null ? undefined : { event, order: reply.value.order };
}

/** The order that a path names, if it can be one. */
export function orderIn({ parameters }: HttpRequest): OrderId | undefined {
  const { id = '' } = parameters;
  return UUID_PATTERN.test(id) ? (id as OrderId) : undefined;
}

export function noSuchOrder(): HttpResponse {
  return problem(404, 'order_not_found', 'You have no such order.');
}

function behind(): HttpResponse {
  const headers = { ...privately, 'retry-after': '1' };
  return problem(503, 'behind', 'What you have seen is not written everywhere yet.', { headers });
}

function pointIn({ query }: HttpRequest): Point | undefined {
  const [generation = 0, position = 0] = ['generation', 'position'].map((name) =>
    Number(query.get(name) ?? Number.NaN),
  );
  const isPoint = Number.isSafeInteger(generation) && Number.isSafeInteger(position);
  return isPoint ? { generation, position } : undefined;
}

/** Where a page of orders goes on, as clients carry it. */
export function writtenCursor({ createdAt, order }: OrderCursor): string {
  return `${createdAt}.${order}`;
}

/** Undefined for what `writtenCursor` never wrote. */
export function parseCursor(text: string): OrderCursor | undefined {
  const [, at, order = ''] = /^(\d{1,15})\.(.{36})$/.exec(text) ?? [];
  if (at === undefined || !UUID_PATTERN.test(order)) return undefined;
  return { createdAt: Number(at), order: order as OrderId };
}
