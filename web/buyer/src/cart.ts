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

/** In cents; a lot that is not on sale any more counts nothing. */
export function priceOf(items: readonly Item[], lots: readonly LotView[]): number {
  const prices = new Map(lots.map(({ id, priceCents }) => [id, priceCents]));
  return items.reduce((sum, { lot, quantity }) => sum + quantity * (prices.get(lot) ?? 0), 0);
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
