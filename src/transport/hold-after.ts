import type { HoldView } from '@ingressou/protocol';
import type { Fact, FactOf } from '../domain/facts.ts';

/** A fact that says all there is to say about one buyer's hold. */
export type HoldFact = FactOf<'reserved' | 'extended' | 'released' | 'expired'>;

export function isAboutHold(fact: Fact): fact is HoldFact {
  switch (fact.type) {
    case 'reserved':
    case 'extended':
    case 'released':
      return true;
    case 'expired':
      return fact.order === undefined;
    default:
      return false;
  }
}

/** The hold as a fact of a turn at `at` left it. */
export function holdAfter(fact: HoldFact, at: number): HoldView {
  const { items } = fact;
  switch (fact.type) {
    case 'reserved':
      return { id: fact.id, status: 'held', items, expiresAt: fact.expiresAt, canExtend: true };
    case 'extended':
      return { id: fact.hold, status: 'held', items, expiresAt: fact.expiresAt, canExtend: false };
    case 'released':
    case 'expired':
      return { id: fact.hold, status: fact.type, items, expiresAt: at, canExtend: false };
  }
}
