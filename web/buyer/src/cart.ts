import type { PresentShow } from '@ingressou/client-sdk';
import { type HoldView, type Item, type LotId, type LotView, limits } from '@ingressou/protocol';

/** What the buyer has chosen and not reserved yet: units by lot, never zero. */
export type Cart = ReadonlyMap<LotId, number>;

export const emptyCart: Cart = new Map();

export function withQuantity(cart: Cart, lot: LotId, quantity: number): Cart {
  const next = new Map(cart);
  if (quantity > 0) next.set(lot, quantity);
  else next.delete(lot);
  return next;
}

export function itemsOf(cart: Cart): readonly Item[] {
  return [...cart].map(([lot, quantity]) => ({ lot, quantity }));
}

export function unitsOf(items: readonly Pick<Item, 'quantity'>[]): number {
  return items.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** What something costs, in cents: the fee is told apart, and is part of the price. */
export interface Amounts {
  readonly ticketsCents: number;
  readonly feeCents: number;
  readonly totalCents: number;
}

/** What one unit of a lot costs. */
export type Price = Pick<LotView, 'id' | 'priceCents' | 'feeCents'>;

/** A lot that is not on sale any more counts nothing. */
export function amountsOf(items: readonly Item[], lots: readonly Price[]): Amounts {
  const known = new Map(lots.map((lot) => [lot.id, lot]));
  let ticketsCents = 0;
  let feeCents = 0;
  for (const { lot, quantity } of items) {
    ticketsCents += quantity * (known.get(lot)?.priceCents ?? 0);
    feeCents += quantity * (known.get(lot)?.feeCents ?? 0);
  }
  return { ticketsCents, feeCents, totalCents: ticketsCents + feeCents };
}

/** Whether one more unit of the lot could be reserved, as far as this page can know. */
export function canAdd(cart: Cart, lot: LotView, show: PresentShow): boolean {
  const quantity = cart.get(lot.id) ?? 0;
  const taken = unitsOf(show.holds.filter(isMine).flatMap(({ items }) => items));
  return (
    quantity < Math.min(lot.available, limits.holdQuantityMax) &&
    unitsOf(itemsOf(cart)) + taken < show.limit &&
    (quantity > 0 || cart.size < limits.holdLotsMax)
  );
}

function isMine({ status }: HoldView): boolean {
  return status === 'held' || status === 'paid';
}
