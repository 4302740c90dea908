import type { HoldStatus, LotId, OrderStatus, SubjectId } from '@ingressou/protocol';
import { unitsOf } from './hold-table.ts';
import { serialsOf } from './order-view.ts';
import { available, type ShowState } from './state.ts';

/**
 * Counts a show again from its holds alone and says, in sentences, where the running sums differ.
 * An empty answer is the only good one. Costs a pass over every hold: for tests, simulation and
 * the auditor, not for a turn.
 */
export function violations(state: ShowState): string[] {
  return [
    ...lotViolations(state),
    ...buyerViolations(state),
    ...deadlineViolations(state),
    ...orderViolations(state),
  ];
}

function lotViolations(state: ShowState): string[] {
  const held = new Map<LotId, number>();
  const sold = new Map<LotId, number>();
  for (const hold of state.holds.values()) {
    const sums = hold.status === 'held' ? held : hold.status === 'paid' ? sold : undefined;
    if (sums === undefined) continue;
    for (const { lot, quantity } of hold.items) sums.set(lot, (sums.get(lot) ?? 0) + quantity);
  }
  const found: string[] = [];
  for (const lot of state.lots.values()) {
    if (lot.held !== (held.get(lot.id) ?? 0))
      found.push(`lot ${lot.id} holds ${lot.held}, recounted ${held.get(lot.id) ?? 0}`);
    if (lot.sold !== (sold.get(lot.id) ?? 0))
      found.push(`lot ${lot.id} sold ${lot.sold}, recounted ${sold.get(lot.id) ?? 0}`);
    if (available(lot) < 0) found.push(`lot ${lot.id} is oversold by ${-available(lot)}`);
  }
  return found;
}

function buyerViolations(state: ShowState): string[] {
  const taken = new Map<SubjectId, number>();
  const named = new Set<SubjectId>();
  for (const { status, subject, items } of state.holds.values()) {
    named.add(subject);
    if (status !== 'held' && status !== 'paid') continue;
    taken.set(subject, (taken.get(subject) ?? 0) + unitsOf(items));
  }
  const found: string[] = [];
  for (const subject of named) {
    const units = taken.get(subject) ?? 0;
    const noted = state.holds.unitsOf(subject);
    if (noted !== units) found.push(`buyer ${subject} has ${noted}, recounted ${units}`);
    const limit = state.rules?.limit ?? 0;
    if (units > limit) found.push(`buyer ${subject} has ${units} of at most ${limit}`);
  }
  if (state.holds.buyers !== named.size) found.push('a buyer whom no hold names is remembered');
  return found;
}

function deadlineViolations(state: ShowState): string[] {
  const next = state.expiries.peek()?.at ?? Number.POSITIVE_INFINITY;
  const found: string[] = [];
  for (const hold of state.holds.values()) {
    if (hold.status === 'held' && hold.expiresAt < next) {
      found.push(`hold ${hold.id} expires before the next deadline`);
    }
  }
  return found;
}

/** Every order fits its hold, every ticket its order, and every sold unit has its ticket. */
function orderViolations(state: ShowState): string[] {
  const { orders, holds } = state;
  const found: string[] = [];
  const due = new Map<string, number>();
  for (const { order, amountCents, isCounted } of state.refunds.values()) {
    if (isCounted) due.set(order, (due.get(order) ?? 0) + amountCents);
  }
  for (const order of orders.values()) {
    const { id, hold, status } = order;
    const held = holds.statusAt(hold);
    if (!(fitting[status] as readonly string[]).includes(held)) {
      found.push(`order ${id} is ${status} and its hold ${held}`);
    }
    const valid = serialsOf(order).filter((serial) => state.tickets.isValid(serial)).length;
    const units = held === 'paid' && status === 'paid' ? unitsOf(holds.itemsAt(hold)) : 0;
    if (valid !== units) found.push(`order ${id} has ${valid} tickets for ${units} units`);
    if (order.refundDueCents !== (due.get(id) ?? 0)) {
      found.push(`order ${id} is owed ${order.refundDueCents}, recounted ${due.get(id) ?? 0}`);
    }
  }
  return found;
}

/** What the hold of an order may be. */
const fitting = {
  pending: ['held'],
  paid: ['paid'],
  refunded: ['refunded'],
  failed: ['held', 'released', 'expired', 'paid', 'refunded'],
  // Money for an earlier order of the hold may have bought it after all.
  expired: ['expired', 'paid', 'refunded'],
  cancelled: ['released'],
} as const satisfies Record<OrderStatus, readonly HoldStatus[]>;
