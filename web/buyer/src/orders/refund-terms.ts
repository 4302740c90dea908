import type { OrderView, TicketView } from '@ingressou/protocol';
import { type Amounts, amountsOf } from '../cart.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Brasília, where dates on this page are. */
const zoneMs = -180 * minuteMs;
/** Lei 8.078/1990 (CDC) art. 49. */
const regretDays = 7;
const beforeDoorsMs = 2 * dayMs;

/**
 * Until when tickets can be given back: the end of the seventh day after the purchase, but not
 * later than two days before the doors open. The house decides; this is for the buyer to know.
 */
export function refundUntil(paidAt: number, startsAt: number): number {
  const day = Math.floor((paidAt + zoneMs) / dayMs);
  const endOfDays = (day + regretDays + 1) * dayMs - zoneMs - 1;
  return Math.min(endOfDays, startsAt - beforeDoorsMs);
}

export function validOf({ tickets }: Pick<OrderView, 'tickets'>): readonly TicketView[] {
  return tickets.filter(({ status }) => status === 'valid');
}

/** What comes back for these tickets of an order, at the prices it was made at, with the fee. */
export function refundOf(
  { lines, tickets }: Pick<OrderView, 'lines' | 'tickets'>,
  serials: ReadonlySet<number>,
): Amounts {
  const chosen = tickets.filter(({ serial }) => serials.has(serial));
  const prices = lines.map((line) => ({ ...line, id: line.lot }));
  return amountsOf(
    chosen.map(({ lot }) => ({ lot, quantity: 1 })),
    prices,
  );
}
