import type { HoldId, HoldStatus, Item, SubjectId } from '@ingressou/protocol';
import { Ages, type PlainAges } from './ages.ts';
import { assert } from './assert.ts';
import { Buyers } from './buyers.ts';
import { ItemLists, type PlainItemLists } from './item-lists.ts';
import { NumberColumns } from './number-columns.ts';
import type { PlainColumn } from './plain-column.ts';
import { nowhere } from './row-index.ts';
import { type PlainUuids, UuidTable } from './uuid-table.ts';

/** One hold as it is at this moment. */
export interface Hold {
  readonly id: HoldId;
  readonly wish: number;
  readonly subject: SubjectId;
  readonly items: readonly Item[];
  readonly status: HoldStatus;
  /** As `reserve` was answered; a retry gets the same answer. */
  readonly reservedUntil: number;
  /** When it ends; for one that was given back, when that was. */
  readonly expiresAt: number;
  readonly isExtended: boolean;
  /** Orders that were made of it. */
  readonly checkouts: number;
}

/** What a new hold is made of. */
export type NewHold = Pick<Hold, 'id' | 'wish' | 'subject' | 'items' | 'expiresAt'>;

/** Columns by row. What can be derived (who has what, how often a list is used) is not here. */
export interface PlainHolds {
  readonly ids: PlainUuids;
  readonly subjects: PlainUuids;
  readonly itemLists: PlainItemLists;
  /** In the order of their places. */
  readonly columns: readonly PlainColumn[];
  /** Holds that were given back. */
  readonly ages: PlainAges;
}

/** Which column is what. */
const place = {
  status: 0,
  expiresAt: 1,
  buyer: 2,
  items: 3,
  wish: 4,
  reservedUntil: 5,
  checkouts: 6,
} as const;
const places = Object.keys(place).length;

/**
 * The holds of a show, each in a row from `add` until it is forgotten; then the row is given to
 * another one. Nearly all memory of a show is here, so it is numbers in arrays: half a million holds
 * are 60 MB. As objects they were 400 MB, for which the garbage collector paused a recovery again
 * and again, for two seconds in all.
 */
export class HoldTable {
  readonly #ids: UuidTable<HoldId>;
  readonly #buyers: Buyers;
  readonly #lists: ItemLists;
  /** Holds that were given back, which are forgotten one day. */
  readonly #ages: Ages;
  readonly #columns: NumberColumns;

  constructor(saved?: PlainHolds) {
    this.#ids = new UuidTable(saved?.ids);
    this.#buyers = new Buyers(saved?.subjects);
    this.#lists = new ItemLists(saved?.itemLists);
    this.#ages = new Ages(saved?.ages);
    this.#columns = new NumberColumns(places, saved?.columns);
    this.#buyers.makeRoom(this.rows);
    for (let row = 0; row < this.rows; row += 1) if (this.isAt(row)) this.#count(row);
  }

  get size(): number {
    return this.#ids.size;
  }

  /** How many subjects the holds name. */
  get buyers(): number {
    return this.#buyers.size;
  }

  has(id: HoldId): boolean {
    return this.#ids.rowOf(id) !== nowhere;
  }

  get(id: HoldId): Hold | undefined {
    const row = this.#ids.rowOf(id);
    return row === nowhere ? undefined : this.at(row);
  }

  /** The row of a hold, or `nowhere`. */
  rowOf(id: HoldId): number {
    return this.#ids.rowOf(id);
  }

  /** Rows that were ever needed at a time; some of them may be free. */
  get rows(): number {
    return this.#ids.rows;
  }

  *values(): Iterable<Hold> {
    for (let row = 0; row < this.rows; row += 1) if (this.isAt(row)) yield this.at(row);
  }

  /** Whether a hold is in this row. */
  isAt(row: number): boolean {
    return this.#get(row, place.status) !== statusOfNone;
  }

  /** Units in live and paid holds of a buyer. */
  unitsOf(subject: SubjectId): number {
    return this.#buyers.unitsOf(subject);
  }

  /** The rows of the live and paid holds of a buyer, the newest first. */
  rowsOf(subject: SubjectId): Iterable<number> {
    return this.#buyers.holdsOf(subject);
  }

  /** The live and paid holds of a buyer, those first that were made first. */
  of(subject: SubjectId): Hold[] {
    const holds = Array.from(this.#buyers.holdsOf(subject), (row) => this.at(row));
    return holds.sort((a, b) => a.reservedUntil - b.reservedUntil);
  }

  at(row: number): Hold {
    return {
      id: this.idAt(row),
      wish: this.#get(row, place.wish),
      subject: this.#buyers.subjectAt(this.#get(row, place.buyer)),
      items: this.itemsAt(row),
      status: this.statusAt(row),
      reservedUntil: this.#get(row, place.reservedUntil),
      expiresAt: this.expiresAtOf(row),
      isExtended: this.isExtendedAt(row),
      checkouts: this.#get(row, place.checkouts),
    };
  }

  idAt(row: number): HoldId {
    return this.#ids.idAt(row);
  }

  itemsAt(row: number): readonly Item[] {
    return this.#lists.at(this.listAt(row));
  }

  /** The number of the list of its items. */
  listAt(row: number): number {
    return this.#get(row, place.items);
  }

  /** Every list of items that a hold has, with its number. */
  lists(): Iterable<readonly [number: number, items: readonly Item[]]> {
    return this.#lists.all();
  }

  subjectAt(row: number): SubjectId {
    return this.#buyers.subjectAt(this.#get(row, place.buyer));
  }

  statusAt(row: number): HoldStatus {
    const status = statuses[this.#get(row, place.status) & ~extendedBit];
    assert(status !== undefined, 'a hold has a status');
    return status;
  }

  expiresAtOf(row: number): number {
    return this.#get(row, place.expiresAt);
  }

  isExtendedAt(row: number): boolean {
    return (this.#get(row, place.status) & extendedBit) !== 0;
  }

  /** Whether a live hold is in this row and expires at this time. */
  isHeldUntil(row: number, at: number): boolean {
    return (
      this.#get(row, place.expiresAt) === at &&
      (this.#get(row, place.status) & ~extendedBit) === statusOfHeld
    );
  }

  /** The row of a new hold, which is live. */
  add({ id, wish, subject, items, expiresAt }: NewHold): number {
    const { size } = this.#ids;
    const row = this.#ids.rowFor(id);
    assert(this.#ids.size > size, 'a hold is made once');
    this.#columns.clear(row);
    const buyer = this.#buyers.mention(subject);
    this.#buyers.take(buyer, row, unitsOf(items));
    this.#set(row, place.buyer, buyer);
    this.#set(row, place.items, this.#lists.use(items));
    this.#set(row, place.wish, wish);
    this.#set(row, place.reservedUntil, expiresAt);
    this.#set(row, place.expiresAt, expiresAt);
    this.#set(row, place.status, statusOfHeld);
    return row;
  }

  extend(row: number, expiresAt: number): void {
    this.#set(row, place.expiresAt, expiresAt);
    this.#set(row, place.status, this.#get(row, place.status) | extendedBit);
  }

  /** An order was made of it; that is its extension, too. */
  checkOut(row: number, expiresAt: number): void {
    this.#set(row, place.checkouts, this.#get(row, place.checkouts) + 1);
    this.extend(row, expiresAt);
  }

  /** It stays its buyer's, until it is refunded. */
  sell(row: number): void {
    this.#setStatus(row, 'paid');
  }

  /** One that had expired becomes its buyer's after all. */
  revive(row: number): void {
    assert(this.statusAt(row) === 'expired', 'only an expired hold is revived');
    this.#setStatus(row, 'paid');
    this.#buyers.take(this.#get(row, place.buyer), row, unitsOf(this.itemsAt(row)));
  }

  /** It is nobody's any more, and is forgotten some time after `at`. */
  end(row: number, status: 'released' | 'expired', at: number): void {
    this.#giveBack(row, status, at);
    this.#ages.push(row, at);
  }

  /** Some items of a paid hold are given back. With the last of them it ends, but is remembered. */
  refund(row: number, items: readonly Item[], at: number): void {
    const left = without(this.itemsAt(row), items);
    if (left.length === 0) return this.#giveBack(row, 'refunded', at);
    this.#buyers.reduce(this.#get(row, place.buyer), unitsOf(items));
    const list = this.#lists.use(left);
    this.#lists.leave(this.#get(row, place.items));
    this.#set(row, place.items, list);
  }

  /** Forgets the holds that were given back at `until` or before, and were not revived since. */
  forget(until: number): void {
    for (;;) {
      const row = this.#ages.takeUntil(until);
      if (row === undefined) return;
      if (!forgotten.has(this.#get(row, place.status) & ~extendedBit)) continue;
      this.#ids.delete(row);
      this.#buyers.unmention(this.#get(row, place.buyer));
      this.#lists.leave(this.#get(row, place.items));
      this.#set(row, place.status, statusOfNone);
    }
  }

  plain(): PlainHolds {
    const { rows } = this.#ids;
    return {
      ids: this.#ids.plain(),
      subjects: this.#buyers.plain(),
      itemLists: this.#lists.plain(),
      ages: this.#ages.plain(),
      columns: this.#columns.plain(rows),
    };
  }

  /** What is not saved because it follows from the rest. */
  #count(row: number): void {
    const buyer = this.#get(row, place.buyer);
    const list = this.#get(row, place.items);
    this.#buyers.mentionAgain(buyer);
    this.#lists.useAgain(list);
    const status = this.statusAt(row);
    const isTaking = status === 'held' || status === 'paid';
    if (isTaking) this.#buyers.take(buyer, row, unitsOf(this.#lists.at(list)));
  }

  #giveBack(row: number, status: 'released' | 'expired' | 'refunded', at: number): void {
    this.#setStatus(row, status);
    this.#set(row, place.expiresAt, at);
    this.#buyers.giveBack(this.#get(row, place.buyer), row, unitsOf(this.itemsAt(row)));
  }

  #get(row: number, at: number): number {
    return this.#columns.get(row, at);
  }

  #set(row: number, at: number, value: number): void {
    this.#columns.set(row, at, value);
  }

  #setStatus(row: number, status: HoldStatus): void {
    const isExtended = this.#get(row, place.status) & extendedBit;
    this.#set(row, place.status, isExtended | statuses.indexOf(status));
  }
}

/** By the number that stands for them; a row of which nobody has is 0. */
const statuses = [undefined, 'held', 'released', 'expired', 'paid', 'refunded'] as const;
const statusOfNone = 0;
const statusOfHeld = statuses.indexOf('held');
const extendedBit = 0x80;
/** A revived hold is given back a second time only as `refunded`, which is never forgotten. */
const forgotten: ReadonlySet<number> = new Set([
  statuses.indexOf('released'),
  statuses.indexOf('expired'),
]);

/** What is left of some items after others are taken out of them. */
function without(items: readonly Item[], taken: readonly Item[]): Item[] {
  const left = items.map(({ lot, quantity }) => {
    const out = taken.find((item) => item.lot === lot)?.quantity ?? 0;
    return { lot, quantity: quantity - out };
  });
  assert(unitsOf(left) === unitsOf(items) - unitsOf(taken), 'what is given back was there');
  return left.filter(({ quantity }) => quantity > 0);
}

/** Units of all items together. */
export function unitsOf(items: readonly Item[]): number {
  let units = 0;
  for (const item of items) units += item.quantity;
  return units;
}
