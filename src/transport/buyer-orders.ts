import {
  type EventId,
  type OrderId,
  type OrderView,
  type SubjectId,
  UUID_PATTERN,
} from '@ingressou/protocol';
import { type HttpRequest, type HttpResponse, problem } from './http.ts';

/** The orders of one buyer. They may be some moments behind what the socket told. */
export interface BuyerOrders {
  /** The newest first, at most `max`; those before `before`, when it is given. */
  mine(subject: SubjectId, max: number, before?: OrderId): Promise<readonly BuyerOrder[]>;
  /** Undefined when there is none, or when it is somebody else's. */
  one(order: OrderId, subject: SubjectId): Promise<BuyerOrder | undefined>;
}

export interface BuyerOrder {
  readonly event: EventId;
  readonly order: OrderView;
}

/** The policy of what a buyer asks about their own. */
export const buyer = { roles: ['CLIENTE'] } as const;

/** Answers about a person are nobody else's, not even of a cache on the way. */
export const privately = { 'cache-control': 'no-store' } as const;

/** The order that a path names, if it can be one. */
export function orderIn({ parameters }: HttpRequest): OrderId | undefined {
  const { id = '' } = parameters;
  return UUID_PATTERN.test(id) ? (id as OrderId) : undefined;
}

/** Somebody else's order is as good as none: ids cannot be tried out. */
export function noSuchOrder(): HttpResponse {
  return problem(404, 'order_not_found', 'You have no such order.');
}
