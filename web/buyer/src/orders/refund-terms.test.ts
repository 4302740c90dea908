import type { LotId, TicketView } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import { refundOf, refundUntil, validOf } from './refund-terms.ts';

const far = Date.parse('2027-03-01T00:00:00Z');

describe('tickets can be given back', () => {
  it.each([
    [
      'until the end of the seventh day',
      '2027-01-01T12:00:00-03:00',
      far,
      '2027-01-08T23:59:59.999-03:00',
    ],
    [
      'the day of the purchase not counted',
      '2027-01-01T23:59:59-03:00',
      far,
      '2027-01-08T23:59:59.999-03:00',
    ],
    ['by the days of Brasília', '2027-01-02T02:00:00Z', far, '2027-01-08T23:59:59.999-03:00'],
    [
      'but not in the two days before the doors open',
      '2027-01-01T12:00:00-03:00',
      Date.parse('2027-01-05T21:00:00-03:00'),
      '2027-01-03T21:00:00-03:00',
    ],
  ])('%s', (_, paidAt, startsAt, until) => {
    expect(refundUntil(Date.parse(paidAt), startsAt)).toBe(Date.parse(until));
  });
});

describe('what comes back', () => {
  const [a, b] = ['a', 'b'] as [LotId, LotId];
  const order = {
    lines: [
      { lot: a, quantity: 2, priceCents: 10_000, feeCents: 1_000 },
      { lot: b, quantity: 1, priceCents: 5_000, feeCents: 500 },
    ],
    tickets: [ticket(1, a), ticket(2, a, 'revoked'), ticket(3, b)],
  };

  it('is the price and the fee of each ticket', () => {
    expect(refundOf(order, new Set([1, 3]))).toEqual({
      ticketsCents: 15_000,
      feeCents: 1_500,
      totalCents: 16_500,
    });
  });

  it('is asked for tickets that are still valid', () => {
    expect(validOf(order).map(({ serial }) => serial)).toEqual([1, 3]);
  });

  function ticket(serial: number, lot: LotId, status: TicketView['status'] = 'valid'): TicketView {
    return { serial, lot, status, revision: 0 };
  }
});
