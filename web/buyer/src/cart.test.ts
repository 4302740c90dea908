import type { PresentShow } from '@ingressou/client-sdk';
import type { EventId, HoldId, HoldView, LotId, LotView } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import { amountsOf, type Cart, canAdd, emptyCart, itemsOf, unitsOf, withQuantity } from './cart.ts';

const a = 'a' as LotId;
const b = 'b' as LotId;

describe('a cart', () => {
  it('holds what was chosen and forgets what was put back', () => {
    const cart = withQuantity(withQuantity(withQuantity(emptyCart, a, 2), b, 1), a, 0);
    expect(itemsOf(cart)).toEqual([{ lot: b, quantity: 1 }]);
  });

  it('costs the sum of its lots, the fee told apart', () => {
    const items = itemsOf(withQuantity(withQuantity(emptyCart, a, 2), b, 1));
    const prices = { a: { priceCents: 1_050, feeCents: 105 }, b: { priceCents: 99, feeCents: 10 } };
    const lots = [lot({ id: a, ...prices.a }), lot({ id: b, ...prices.b })];
    expect(amountsOf(items, lots)).toEqual({
      ticketsCents: 2_199,
      feeCents: 220,
      totalCents: 2_419,
    });
    expect(amountsOf(items, []).totalCents).toBe(0);
    expect(unitsOf(items)).toBe(3);
  });
});

describe('one more unit', () => {
  const rows: [string, Cart, Partial<PresentShow>, Partial<LotView>, boolean][] = [
    ['may be added while there is stock', emptyCart, {}, {}, true],
    ['may not when the lot is sold out', emptyCart, {}, { available: 0 }, false],
    ['may not beyond what is left', cartOf(2), {}, { available: 2 }, false],
    ['may not beyond what one hold takes', cartOf(20), { limit: 99 }, { available: 99 }, false],
    ['may not beyond the limit of a person', cartOf(4), { limit: 4 }, {}, false],
    ['may not when my holds fill the limit', cartOf(1), { holds: [hold('held', 3)] }, {}, false],
    ['may not when my tickets fill the limit', cartOf(1), { holds: [hold('paid', 3)] }, {}, false],
    ['may when the hold has ended', cartOf(1), { holds: [hold('expired', 3)] }, {}, true],
    ['may not of an eleventh lot', tenLots(), { limit: 99 }, {}, false],
  ];
  it.each(rows)('%s', (_, cart, change, lotChange, expected) => {
    expect(canAdd(cart, lot(lotChange), show(change))).toBe(expected);
  });
});

function cartOf(quantity: number): Cart {
  return withQuantity(emptyCart, a, quantity);
}

function tenLots(): Cart {
  return new Map(Array.from({ length: 10 }, (_, index) => [`lot ${index}` as LotId, 1]));
}

function lot(change: Partial<LotView>): LotView {
  const about = { id: a, sector: 'Pista', name: '1º lote', isHalf: false };
  return { ...about, priceCents: 100, feeCents: 10, quantity: 100, available: 50, ...change };
}

function hold(status: HoldView['status'], quantity: number): HoldView {
  const items = [{ lot: a, quantity }];
  return { id: 'h' as HoldId, status, items, expiresAt: 0, canExtend: false };
}

function show(change: Partial<PresentShow>): PresentShow {
  return {
    isKnown: true,
    event: 'e' as EventId,
    generation: 0,
    position: 1,
    sale: { status: 'open' },
    limit: 4,
    lots: [],
    holds: [],
    orders: [],
    isStale: false,
    clockOffsetMs: 0,
    ...change,
  };
}
