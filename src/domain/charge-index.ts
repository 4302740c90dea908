import { rowsFor } from './columns.ts';
import { nowhere, RowIndex } from './row-index.ts';
import { hashOf, type ShortTexts } from './short-texts.ts';

/** What pays for an order that costs nothing: many orders share it, and none is found by it. */
export const freeCharge = 'free';

/**
 * Finds the row in which a charge is written. The texts stay where they are, as bytes: half a million
 * of them as keys of a `Map` would be objects, which the garbage collector visits. Charges are named
 * by the provider: nobody can make many of one hash.
 *
 * It is made when it is first asked, so that a show that wakes answers its buyers before: whoever
 * brings the first payment waits 60 ms for 180 000 orders.
 */
export class ChargeIndex {
  readonly #charges: Pick<ShortTexts, 'is' | 'isEmptyAt' | 'hashAt'>;
  /** Undefined until it is asked. */
  #index: RowIndex | undefined;
  #room = 0;
  /** Rows that may have a charge. */
  #rows: number;

  constructor(charges: Pick<ShortTexts, 'is' | 'isEmptyAt' | 'hashAt'>, rows = 0) {
    this.#charges = charges;
    this.#rows = rows;
  }

  /** The row of a charge, or `nowhere`. */
  rowOf(charge: string): number {
    const index = this.#index ?? this.#build();
    let row = index.first(hashOf(charge));
    while (row !== nowhere && !this.#charges.is(row, charge)) row = index.next();
    return row;
  }

  /** From now on finds the charge that was written in this row. */
  add(row: number): void {
    if (this.#index !== undefined) this.#addTo(this.#index, row);
  }

  /** Before there is one row more. */
  makeRoom(rows: number): void {
    this.#rows = Math.max(this.#rows, rows);
    if (this.#index !== undefined && rows > this.#room) this.#build();
  }

  #build(): RowIndex {
    this.#room = rowsFor(this.#rows);
    const index = new RowIndex(this.#room);
    for (let row = 0; row < this.#rows; row += 1) this.#addTo(index, row);
    this.#index = index;
    return index;
  }

  #addTo(index: RowIndex, row: number): void {
    if (this.#charges.isEmptyAt(row) || this.#charges.is(row, freeCharge)) return;
    index.add(this.#charges.hashAt(row), row);
  }
}
