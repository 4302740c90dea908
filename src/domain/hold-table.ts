import type { HoldId, HoldStatus, Item, SubjectId } from '@ingressou/protocol';
import { Ages, type PlainAges } from './ages.ts';
import { assert } from './assert.ts';
import { Buyers } from './buyers.ts';
import { bytesOf, fill, grown, rowsFor, rowsMin } from './columns.ts';
import { ItemLists, type PlainItemLists } from './item-lists.ts';
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
  readonly buyer: Uint8Array;
  readonly items: Uint8Array;
  readonly wish: Uint8Array;
  readonly reservedUntil: Uint8Array;
  readonly expiresAt: Uint8Array;
  readonly status: Uint8Array;
  readonly checkouts: Uint8Array;
  /** Holds that were given back. */
  readonly ages: PlainAges;
}

/**
 * The holds of a show, each in a row from `add` until it is forgotten; then the row is given to
 * another one. Nearly all memory of a show is here, so it is columns of numbers: half a million
 * holds are 50 MB that are saved by copying them. As objects they were 400 MB, for which the
 * garbage collector paused a recovery again and again, for two seconds in all.
 */
export class HoldTable {
  readonly #ids: UuidTable<HoldId>;
  readonly #buyers: Buyers;
  readonly #lists: ItemLists;
  /** Holds that were given back, which are forgotten one day. */
  readonly #ages: Ages;
  #buyer = new Uint32Array(rowsMin);
  #items = new Uint32Array(rowsMin);
  #wish = new Float64Array(rowsMin);
  #reservedUntil = new Float64Array(rowsMin);
  #expiresAt = new Float64Array(rowsMin);
  #status = new Uint8Array(rowsMin);
  #checkouts = new Uint8Array(rowsMin);

  constructor(saved?: PlainHolds) {
    this.#ids = new UuidTable(saved?.ids);
    this.#buyers = new Buyers(saved?.subjects);
    this.#lists = new ItemLists(saved?.itemLists);
    this.#ages = new Ages(saved?.ages);
    if (saved !== undefined) this.#load(saved);
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
    return this.#status[row] !== statusOfNone;
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
      wish: this.#wish[row]!,
      subject: this.#buyers.subjectAt(this.#buyer[row]!),
      items: this.itemsAt(row),
      status: this.statusAt(row),
      reservedUntil: this.#reservedUntil[row]!,
      expiresAt: this.expiresAtOf(row),
      isExtended: this.isExtendedAt(row),
      checkouts: this.#checkouts[row]!,
    };
  }

  idAt(row: number): HoldId {
    return this.#ids.idAt(row);
  }

  itemsAt(row: number): readonly Item[] {
    return this.#lists.at(this.#items[row]!);
  }

  subjectAt(row: number): SubjectId {
    return this.#buyers.subjectAt(this.#buyer[row]!);
  }

  statusAt(row: number): HoldStatus {
    const status = statuses[this.#status[row]! & ~extendedBit];
    assert(status !== undefined, 'a hold has a status');
    return status;
  }

  expiresAtOf(row: number): number {
    return this.#expiresAt[row]!;
  }

  isExtendedAt(row: number): boolean {
    return (this.#status[row]! & extendedBit) !== 0;
  }

  /** Whether a live hold is in this row and expires at this time. */
  isHeldUntil(row: number, at: number): boolean {
    return this.#expiresAt[row] === at && (this.#status[row]! & ~extendedBit) === statusOfHeld;
  }

  /** The row of a new hold, which is live. */
  add({ id, wish, subject, items, expiresAt }: NewHold): number {
    const { size } = this.#ids;
    const row = this.#ids.rowFor(id);
    assert(this.#ids.size > size, 'a hold is made once');
    this.#makeRoom(row + 1);
    const buyer = this.#buyers.mention(subject);
    this.#buyers.take(buyer, row, unitsOf(items));
    this.#buyer[row] = buyer;
    this.#items[row] = this.#lists.use(items);
    this.#wish[row] = wish;
    this.#reservedUntil[row] = expiresAt;
    this.#expiresAt[row] = expiresAt;
    this.#status[row] = statusOfHeld;
    this.#checkouts[row] = 0;
    return row;
  }

  extend(row: number, expiresAt: number): void {
    this.#expiresAt[row] = expiresAt;
    this.#status[row]! |= extendedBit;
  }

  /** An order was made of it; that is its extension, too. */
  checkOut(row: number, expiresAt: number): void {
    this.#checkouts[row]! += 1;
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
    this.#buyers.take(this.#buyer[row]!, row, unitsOf(this.itemsAt(row)));
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
    this.#buyers.reduce(this.#buyer[row]!, unitsOf(items));
    const list = this.#lists.use(left);
    this.#lists.leave(this.#items[row]!);
    this.#items[row] = list;
  }

  /** Forgets the holds that were given back at `until` or before, and were not revived since. */
  forget(until: number): void {
    for (;;) {
      const row = this.#ages.takeUntil(until);
      if (row === undefined) return;
      if (!forgotten.has(this.#status[row]! & ~extendedBit)) continue;
      this.#ids.delete(row);
      this.#buyers.unmention(this.#buyer[row]!);
      this.#lists.leave(this.#items[row]!);
      this.#status[row] = statusOfNone;
    }
  }

  plain(): PlainHolds {
    const { rows } = this.#ids;
    return {
      ids: this.#ids.plain(),
      subjects: this.#buyers.plain(),
      itemLists: this.#lists.plain(),
      ages: this.#ages.plain(),
      buyer: bytesOf(this.#buyer, rows),
      items: bytesOf(this.#items, rows),
      wish: bytesOf(this.#wish, rows),
      reservedUntil: bytesOf(this.#reservedUntil, rows),
      expiresAt: bytesOf(this.#expiresAt, rows),
      status: bytesOf(this.#status, rows),
      checkouts: bytesOf(this.#checkouts, rows),
    };
  }

  #load(saved: PlainHolds): void {
    const { rows } = this.#ids;
    this.#makeRoom(rows);
    fill(this.#buyer, saved.buyer);
    fill(this.#items, saved.items);
    fill(this.#wish, saved.wish);
    fill(this.#reservedUntil, saved.reservedUntil);
    fill(this.#expiresAt, saved.expiresAt);
    fill(this.#status, saved.status);
    fill(this.#checkouts, saved.checkouts);
    for (let row = 0; row < rows; row += 1) if (this.isAt(row)) this.#count(row);
  }

  /** What is not saved because it follows from the rest. */
  #count(row: number): void {
    const buyer = this.#buyer[row]!;
    const list = this.#items[row]!;
    this.#buyers.mentionAgain(buyer);
    this.#lists.useAgain(list);
    const status = this.statusAt(row);
    const isTaking = status === 'held' || status === 'paid';
    if (isTaking) this.#buyers.take(buyer, row, unitsOf(this.#lists.at(list)));
  }

  #giveBack(row: number, status: 'released' | 'expired' | 'refunded', at: number): void {
    this.#setStatus(row, status);
    this.#expiresAt[row] = at;
    this.#buyers.giveBack(this.#buyer[row]!, row, unitsOf(this.itemsAt(row)));
  }

  #setStatus(row: number, status: HoldStatus): void {
    this.#status[row] = (this.#status[row]! & extendedBit) | statuses.indexOf(status);
  }

  #makeRoom(holds: number): void {
    if (holds <= this.#status.length) return;
    const rows = rowsFor(holds);
    this.#buyer = grown(this.#buyer, new Uint32Array(rows));
    this.#items = grown(this.#items, new Uint32Array(rows));
    this.#wish = grown(this.#wish, new Float64Array(rows));
    this.#reservedUntil = grown(this.#reservedUntil, new Float64Array(rows));
    this.#expiresAt = grown(this.#expiresAt, new Float64Array(rows));
    this.#status = grown(this.#status, new Uint8Array(rows));
    this.#checkouts = grown(this.#checkouts, new Uint8Array(rows));
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
