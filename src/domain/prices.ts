import type { Item, OrderLine } from '@ingressou/protocol';
import { lotNumbered, lotOf, type Rules, type ShowState } from './state.ts';

/** What tickets cost, in integer cents; the fee is told and given back apart. */
export interface Amounts {
  readonly ticketsCents: number;
  readonly feeCents: number;
}

/** The convenience fee of one unit: half a cent and more is a cent. */
export function feeOf(
  priceCents: number,
  rules: Pick<Rules, 'feeBasisPoints'> | undefined,
): number {
  return Math.floor((priceCents * (rules?.feeBasisPoints ?? 0) + 5_000) / 10_000);
}

/** Items at the prices of their lots. */
export function priced(state: ShowState, items: readonly Item[]): OrderLine[] {
  return items.map(({ lot: id, quantity }) => {
    const { priceCents } = lotOf(state, id);
    return { lot: id, quantity, priceCents, feeCents: feeOf(priceCents, state.rules) };
  });
}

export function amountsOf(lines: readonly OrderLine[]): Amounts {
  let ticketsCents = 0;
  let feeCents = 0;
  for (const line of lines) {
    ticketsCents += line.quantity * line.priceCents;
    feeCents += line.quantity * line.feeCents;
  }
  return { ticketsCents, feeCents };
}

export function totalOf({ ticketsCents, feeCents }: Amounts): number {
  return ticketsCents + feeCents;
}

/** Some tickets as items of their lots, in the order of the lots' numbers. */
export function itemsOfTickets(state: ShowState, serials: readonly number[]): Item[] {
  const quantities = new Map<number, number>();
  for (const serial of serials) {
    const lot = state.tickets.lotAt(serial);
    quantities.set(lot, (quantities.get(lot) ?? 0) + 1);
  }
  return [...quantities]
    .sort(([a], [b]) => a - b)
    .map(([number, quantity]) => ({ lot: lotNumbered(state, number).id, quantity }));
}
