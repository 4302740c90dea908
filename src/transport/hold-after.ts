import type { HoldView } from '@ingressou/protocol';
import type { Fact } from '../domain/facts.ts';

/** A fact about one buyer's hold. */
type HoldFact = Extract<Fact, { readonly subject: unknown }>;

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
    case 'paid':
      return { id: fact.hold, status: fact.type, items, expiresAt: at, canExtend: false };
  }
}
