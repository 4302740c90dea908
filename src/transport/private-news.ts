import type { HoldView, SubjectId } from '@ingressou/protocol';
import type { Fact } from '../domain/facts.ts';

/** What a fact means for one buyer alone. */
export interface PrivateNews {
  readonly subject: SubjectId;
  readonly hold: HoldView;
}

/** The hold as a fact of a turn at `at` left it; undefined for facts that are nobody's own. */
export function privateNews(fact: Fact, at: number): PrivateNews | undefined {
  switch (fact.type) {
    case 'reserved': {
      const { id, subject, items, expiresAt } = fact;
      return { subject, hold: { id, status: 'held', items, expiresAt, canExtend: true } };
    }
    case 'extended': {
      const { hold: id, subject, items, expiresAt } = fact;
      return { subject, hold: { id, status: 'held', items, expiresAt, canExtend: false } };
    }
    case 'released':
    case 'expired':
    case 'paid': {
      const { hold: id, subject, items, type: status } = fact;
      return { subject, hold: { id, status, items, expiresAt: at, canExtend: false } };
    }
    case 'owned':
    case 'show_created':
    case 'lot_opened':
    case 'sale_scheduled':
    case 'sale_opened':
    case 'sale_paused':
      return undefined;
  }
}
