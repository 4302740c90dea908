import type { HoldId, LotId, OrderId, OrderView } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import { newestOf, ordersToShow, type Standing, standingOf } from './order-list.ts';

describe('an order', () => {
  const rows: [string, Partial<OrderView>, Standing][] = [
    ['that waits for its payment', { status: 'pending' }, 'paying'],
    ['with tickets', { status: 'paid' }, 'mine'],
    ['of which one ticket was given back', { status: 'paid', refundedCents: 5 }, 'mine'],
    ['that was given back whole', { status: 'refunded', refundDueCents: 5 }, 'returned'],
    [
      'whose money came too late and goes back',
      { status: 'expired', refundDueCents: 5 },
      'returned',
    ],
    ['whose money came back', { status: 'cancelled', refundedCents: 5 }, 'returned'],
    ['that nobody paid', { status: 'expired' }, 'over'],
    ['that was refused', { status: 'failed' }, 'over'],
  ];
  it.each(rows)('%s stands so', (_, change, expected) => {
    expect(standingOf(order('1', change))).toBe(expected);
  });
});

describe('the orders of a show', () => {
  it('are shown by what there is to do, then by age; those that are over are not', () => {
    const live = [
      order('1', { status: 'refunded' }),
      order('2', { status: 'paid' }),
      order('3', { status: 'failed' }),
      order('4', { status: 'paid' }),
      order('5', { status: 'pending' }),
    ];
    expect(ordersToShow(live, []).map(({ id }) => id)).toEqual(['5', '4', '2', '1']);
  });

  it('are told by the live connection rather than by a list', () => {
    const listed = [order('1', { status: 'pending' }), order('2', { status: 'refunded' })];
    const shown = ordersToShow([order('1', { status: 'paid' })], listed);
    expect(shown.map(({ id, status }) => `${id} ${status}`)).toEqual(['1 paid', '2 refunded']);
  });

  it('know the newest of a hold', () => {
    const all = [
      order('1', {}),
      order('3', {}),
      order('2', {}),
      order('4', { hold: 'x' as HoldId }),
    ];
    expect(newestOf(all, 'h' as HoldId)?.id).toBe('3');
    expect(newestOf([], 'h' as HoldId)).toBeUndefined();
  });
});

function order(id: string, change: Partial<OrderView>): OrderView {
  return {
    id: id as OrderId,
    hold: 'h' as HoldId,
    status: 'pending',
    method: 'pix',
    lines: [{ lot: 'a' as LotId, quantity: 1, priceCents: 100, feeCents: 10 }],
    ticketsCents: 100,
    feeCents: 10,
    payBy: 0,
    isPayable: false,
    tickets: [],
    hasCodes: false,
    refundDueCents: 0,
    refundedCents: 0,
    ...change,
  };
}
