import type { OrderId } from './ids.ts';

/**
 *     pending ──▶ paid ──▶ refunded
 *        ├──▶ failed      the payment was refused; the hold lives on, another order may be made
 *        ├──▶ cancelled   by the buyer, or with the show
 *        └──▶ expired     nobody paid in time
 *
 * Money that comes for a failed, cancelled or expired order either makes it `paid` after all or
 * goes back by itself.
 */
export type OrderStatus = 'pending' | 'paid' | 'failed' | 'expired' | 'cancelled' | 'refunded';

/** What people say on the telephone: the end of the id, which is random. */
export function orderCode(order: OrderId): string {
  return order.slice(-8).toUpperCase();
}
