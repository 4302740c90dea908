import type { HoldId, OrderView } from '@ingressou/protocol';

/** What an order means to its buyer now. */
export type Standing =
  /** Waits for its payment. */
  | 'paying'
  /** Has tickets. */
  | 'mine'
  /** Money came for it and went back, or is on its way. */
  | 'returned'
  /** Came to nothing, and nothing was paid. */
  | 'over';

export function standingOf({ status, refundDueCents, refundedCents }: OrderView): Standing {
  switch (status) {
    case 'pending':
      return 'paying';
    case 'paid':
      return 'mine';
    case 'refunded':
      return 'returned';
    case 'failed':
    case 'expired':
    case 'cancelled':
      return refundDueCents + refundedCents > 0 ? 'returned' : 'over';
  }
}

const ranks: Readonly<Record<Standing, number>> = { paying: 0, mine: 1, returned: 2, over: 3 };

/**
 * The orders worth showing: those to be paid first, then those with tickets, then those whose money
 * goes back; the newest first of each. What is live is newer than what a list said.
 */
export function ordersToShow(
  live: readonly OrderView[],
  listed: readonly OrderView[],
): readonly OrderView[] {
  const known = new Set(live.map(({ id }) => id));
  const all = [...live, ...listed.filter(({ id }) => !known.has(id))];
  const shown = all.filter((order) => standingOf(order) !== 'over');
  return shown.sort((a, b) => rankOf(a) - rankOf(b) || (a.id < b.id ? 1 : -1));
}

/** The newest order that was made of a hold: ids grow with time. */
export function newestOf(orders: readonly OrderView[], hold: HoldId): OrderView | undefined {
  const made = orders.filter((order) => order.hold === hold);
  return made.sort((a, b) => (a.id < b.id ? 1 : -1))[0];
}

function rankOf(order: OrderView): number {
  return ranks[standingOf(order)];
}
