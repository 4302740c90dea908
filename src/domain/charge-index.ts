import { rowsFor, rowsMin } from './columns.ts';
import { nowhere, RowIndex } from './row-index.ts';
import { hashOf, type ShortTexts } from './short-texts.ts';

/** What pays for an order that costs nothing: many orders share it, and none is found by it. */
export const freeCharge = 'free';

/**
 * Finds the row in which a charge is written. The texts stay where they are, as bytes: half a million
 * of them as keys of a `Map` would be objects, which the garbage collector visits. Charges are named
 * by the provider: nobody can make many of one hash.
 */
export class ChargeIndex {
  readonly #charges: Pick<ShortTexts, 'is' | 'isEmptyAt' | 'hashAt'>;
  #index = new RowIndex(rowsMin);
  #room = rowsMin;
  /** Rows that may have a charge. */
  #rows = 0;

  constructor(charges: Pick<ShortTexts, 'is' | 'isEmptyAt' | 'hashAt'>) {
    this.#charges = charges;
  }

  /** The row of a charge, or `nowhere`. */
  rowOf(charge: string): number {
    let row = this.#index.first(hashOf(charge));
    while (row !== nowhere && !this.#charges.is(row, charge)) row = this.#index.next();
    return row;
  }

  /** From now on finds the charge that was written in this row. */
  add(row: number): void {
    if (this.#charges.isEmptyAt(row) || this.#charges.is(row, freeCharge)) return;
    this.#index.add(this.#charges.hashAt(row), row);
  }

  /** Before there is one row more. */
  makeRoom(rows: number): void {
    if (rows > this.#room) this.#build(rowsFor(rows));
    this.#rows = Math.max(this.#rows, rows);
  }

  /** Takes in all of these rows, which were written before. */
  fill(rows: number): void {
    this.#rows = rows;
    this.#build(rowsFor(rows));
  }

  #build(room: number): void {
    this.#room = room;
    this.#index = new RowIndex(room);
    for (let row = 0; row < this.#rows; row += 1) this.add(row);
  }
}
