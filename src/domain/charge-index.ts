import { rowsFor, rowsMin } from './columns.ts';
import { nowhere, RowIndex } from './row-index.ts';

/**
 * Finds the row in which a charge is written. The texts stay where they are: half a million of
 * them as keys of a `Map` would be objects, which the garbage collector visits.
 */
export class ChargeIndex {
  readonly #chargeAt: (row: number) => string;
  #index = new RowIndex(rowsMin);
  #room = rowsMin;
  /** Rows that may have a charge. */
  #rows = 0;

  /** `chargeAt` says what is written in a row; nothing is `''`. */
  constructor(chargeAt: (row: number) => string) {
    this.#chargeAt = chargeAt;
  }

  /** The row of a charge, or `nowhere`. */
  rowOf(charge: string): number {
    let row = this.#index.first(hashOf(charge));
    while (row !== nowhere && this.#chargeAt(row) !== charge) row = this.#index.next();
    return row;
  }

  /** From now on finds the charge that was written in this row. */
  add(row: number): void {
    const charge = this.#chargeAt(row);
    if (charge !== '') this.#index.add(hashOf(charge), row);
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

/** FNV-1a. Charges are named by the provider: nobody can make many of one hash. */
function hashOf(charge: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < charge.length; index += 1) {
    hash = Math.imul(hash ^ charge.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
