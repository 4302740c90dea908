import type { LotId, SubjectId } from '@ingressou/protocol';
import { unitsOf } from './hold-table.ts';
import { available, type ShowState } from './state.ts';

/**
 * Counts a show again from its holds alone and says, in sentences, where the running sums differ.
 * An empty answer is the only good one. Costs a pass over every hold: for tests, simulation and
 * the auditor, not for a turn.
 */
export function violations(state: ShowState): string[] {
  return [...lotViolations(state), ...buyerViolations(state), ...deadlineViolations(state)];
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
