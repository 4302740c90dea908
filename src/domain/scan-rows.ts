import { grown, rowsFor, rowsMin } from './columns.ts';
import { nowhere } from './row-index.ts';

/** The rows of a device's scans by which somebody went through, by their numbers in its log. */
export class ScanRows {
  /** Plus one. Numbers have no gaps that are worth more than four bytes each. */
  #rows = new Int32Array(rowsMin);

  /** The newest row of that number, or `nowhere`. */
  rowOf(seq: number): number {
    return (this.#rows[seq] ?? 0) - 1;
  }

  has(seq: number): boolean {
    return this.rowOf(seq) !== nowhere;
  }

  add(seq: number, row: number): void {
    if (seq >= this.#rows.length) this.#rows = grown(this.#rows, new Int32Array(rowsFor(seq + 1)));
    this.#rows[seq] = row + 1;
  }
}
