import path from 'node:path';
import type { EventId, HoldId, Item, LotId, SubjectId } from '@ingressou/protocol';
import { unpack } from '@ingressou/protocol';
import type { Fact } from '../../src/domain/facts.ts';
import { DatabaseJournal } from '../../src/store/journal.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';

/**
 * A second opinion on a show's history: reads its journal from the database and counts with rules
 * of its own, none of them the domain's, so that a mistake there shows here.
 */
export interface Recount {
  /** Number of the last fact. */
  readonly position: number;
  /** Number of the last fact that changed what everybody sees. */
  readonly visiblePosition: number;
  readonly lots: ReadonlyMap<LotId, CountedLot>;
  readonly holds: ReadonlyMap<HoldId, CountedHold>;
  /** Sentences about what must never be: oversold at some prefix, an id twice, a gap. */
  readonly violations: readonly string[];
}

export interface CountedLot {
  readonly quantity: number;
  /** Units held or paid. */
  taken: number;
}

export interface CountedHold {
  readonly subject: SubjectId;
  readonly items: readonly Item[];
  status: 'held' | 'released' | 'expired' | 'paid';
}

/** Where the journal is: PostgreSQL, or the embedded database while no node has it open. */
export interface JournalPlace {
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
}

/** Counts the history of `event` again; one that is not there is empty. */
export async function recount(place: JournalPlace, event: EventId): Promise<Recount> {
  const { databaseUrl, dataDirectory } = place;
  const open =
    databaseUrl === undefined
      ? await openPglite(path.join(dataDirectory, 'pglite'))
      : openPg(databaseUrl, { journals: 1, connections: 1 });
  try {
    const journal = new DatabaseJournal(open);
    const head = await journal.head(event);
    const counter = new Counter();
    if (head === undefined) return counter;
    for await (const { position, facts } of journal.read(event, 0, head.position)) {
      counter.addRow(position, unpack(facts) as readonly Fact[]);
    }
    return counter;
  } finally {
    await open.close();
  }
}

/** Exported for its tests; `recount` feeds it. */
export class Counter implements Recount {
  readonly lots = new Map<LotId, CountedLot>();
  readonly holds = new Map<HoldId, CountedHold>();
  readonly violations: string[] = [];
  position = 0;
  visiblePosition = 0;

  addRow(position: number, facts: readonly Fact[]): void {
    if (position !== this.position) this.#complain(`a row follows fact ${position}`);
    for (const fact of facts) {
      this.position += 1;
      this.#add(fact);
    }
  }

  #add(fact: Fact): void {
    switch (fact.type) {
      case 'owned':
      case 'show_created':
      case 'extended':
        return;
      case 'sale_scheduled':
      case 'sale_opened':
      case 'sale_paused':
        this.visiblePosition = this.position;
        return;
      case 'lot_opened':
        this.visiblePosition = this.position;
        this.lots.set(fact.id, { quantity: fact.quantity, taken: 0 });
        return;
      case 'reserved':
        return this.#reserve(fact.id, fact.subject, fact.items);
      case 'released':
      case 'expired':
        return this.#giveBack(fact.hold, fact.type);
      case 'paid':
        this.#end(fact.hold, 'paid');
        return;
    }
  }

  #reserve(id: HoldId, subject: SubjectId, items: readonly Item[]): void {
    this.visiblePosition = this.position;
    if (this.holds.has(id)) this.#complain(`hold ${id} is made twice`);
    this.holds.set(id, { subject, items, status: 'held' });
    this.#move(items, +1);
  }

  #giveBack(id: HoldId, status: 'released' | 'expired'): void {
    this.visiblePosition = this.position;
    const hold = this.#end(id, status);
    if (hold !== undefined) this.#move(hold.items, -1);
  }

  #end(id: HoldId, status: 'released' | 'expired' | 'paid'): CountedHold | undefined {
    const hold = this.holds.get(id);
    if (hold?.status !== 'held') {
      this.#complain(`hold ${id} is ${status} but was ${hold?.status ?? 'never made'}`);
      return undefined;
    }
    hold.status = status;
    return hold;
  }

  #move(items: readonly Item[], sign: 1 | -1): void {
    for (const { lot: id, quantity } of items) {
      const lot = this.lots.get(id);
      if (lot === undefined) {
        this.#complain(`lot ${id} is unknown`);
        continue;
      }
      lot.taken += sign * quantity;
      const isPossible = lot.taken >= 0 && lot.taken <= lot.quantity;
      if (!isPossible) this.#complain(`lot ${id} has ${lot.taken} of ${lot.quantity} taken`);
    }
  }

  #complain(what: string): void {
    this.violations.push(`At fact ${this.position}: ${what}.`);
  }
}
