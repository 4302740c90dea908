import type { Item, LotId, OrderLine } from '@ingressou/protocol';
import type { Fact } from '../../domain/facts.ts';
import type { LotChange } from '../../ports/projection.ts';

/**
 * What the facts of a page do to the numbers of its lots, added up. While a show opens nearly all
 * of its facts come to this and to nothing else.
 */
export class LotChanges {
  readonly #changes = new Map<LotId, Mutable>();

  add(fact: Fact, position: number): void {
    switch (fact.type) {
      case 'reserved':
        for (const item of fact.items) this.#lot(item, position).held += item.quantity;
        return;
      case 'released':
      case 'expired':
      case 'order_cancelled':
        for (const item of fact.items) this.#lot(item, position).held -= item.quantity;
        return;
      case 'paid':
        for (const line of fact.items) sell(this.#lot(line, position), line, fact.isLate);
        return;
      case 'refund_due':
      case 'charged_back':
        for (const item of fact.items) giveBack(this.#lot(item, position), item);
        return;
      default:
        return;
    }
  }

  values(): LotChange[] {
    return [...this.#changes.values()];
  }

  #lot({ lot: id }: Item, position: number): Mutable {
    let lot = this.#changes.get(id);
    if (lot === undefined) {
      lot = { lot: id, held: 0, sold: 0, refunded: 0, grossCents: 0, position };
      this.#changes.set(id, lot);
    }
    lot.position = position;
    return lot;
  }
}

type Mutable = { -readonly [K in keyof LotChange]: LotChange[K] };

/** The hold of a late payment was over: its units were not held any more. */
function sell(lot: Mutable, { quantity, priceCents }: OrderLine, isLate: boolean): void {
  if (!isLate) lot.held -= quantity;
  lot.sold += quantity;
  lot.grossCents += quantity * priceCents;
}

function giveBack(lot: Mutable, { quantity }: Item): void {
  lot.sold -= quantity;
  lot.refunded += quantity;
}
