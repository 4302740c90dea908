import type { Item, LotId, OrderLine } from '@ingressou/protocol';
import type { Fact } from '../../domain/facts.ts';
import type { LotChange } from '../../ports/projection.ts';

/** What the facts of a page do to the numbers of its lots, added up. */
export class LotChanges {
  readonly #changes = new Map<LotId, Mutable>();

  add(fact: Fact, position: number): void {
    switch (fact.type) {
      case 'reserved':
        return this.#each(fact.items, position, (lot, { quantity }) => {
          lot.held += quantity;
        });
      case 'released':
      case 'expired':
      case 'order_cancelled':
        return this.#each(fact.items, position, (lot, { quantity }) => {
          lot.held -= quantity;
        });
      case 'paid':
        return this.#each(fact.items, position, (lot, line) => sell(lot, line, fact.isLate));
      case 'refund_due':
      case 'charged_back':
        return this.#each(fact.items, position, (lot, { quantity }) => {
          lot.sold -= quantity;
          lot.refunded += quantity;
        });
      default:
        return;
    }
  }

  values(): LotChange[] {
    return [...this.#changes.values()];
  }

  #each<I extends Item>(
    items: readonly I[],
    position: number,
    change: (lot: Mutable, item: I) => void,
  ): void {
    for (const item of items) {
      const none = { lot: item.lot, held: 0, sold: 0, refunded: 0, grossCents: 0, position };
      const lot = this.#changes.get(item.lot) ?? none;
      change(lot, item);
      lot.position = position;
      this.#changes.set(item.lot, lot);
    }
  }
}

type Mutable = { -readonly [K in keyof LotChange]: LotChange[K] };

/** The hold of a late payment was over: its units were not held any more. */
function sell(lot: Mutable, { quantity, priceCents }: OrderLine, isLate: boolean): void {
  if (!isLate) lot.held -= quantity;
  lot.sold += quantity;
  lot.grossCents += quantity * priceCents;
}
