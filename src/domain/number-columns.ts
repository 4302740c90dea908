import { grown, rowsFor } from './columns.ts';
import { fillColumn, type PlainColumn, plainColumn } from './plain-column.ts';

/**
 * The columns of a table, by their number. All are of one type, so that the engine has one way to
 * them; that takes some more memory, and a snapshot has each in as few bytes as it needs.
 */
export class NumberColumns {
  readonly #columns: Float64Array[];
  #room: number;

  constructor(count: number, saved: readonly PlainColumn[] = []) {
    const room = rowsFor(saved[0]?.rows ?? 0);
    this.#room = room;
    this.#columns = Array.from({ length: count }, () => new Float64Array(room));
    for (const [place, column] of saved.entries()) fillColumn(this.#columns[place]!, column);
  }

  /** 0 where nothing was written; of rows that were cleared once. */
  get(row: number, place: number): number {
    return this.#columns[place]![row]!;
  }

  set(row: number, place: number, value: number): void {
    this.#columns[place]![row] = value;
  }

  /** A row of zeros, with room for it. */
  clear(row: number): void {
    if (row >= this.#room) this.#grow(row + 1);
    for (let place = 0; place < this.#columns.length; place += 1) this.#columns[place]![row] = 0;
  }

  plain(rows: number): PlainColumn[] {
    return this.#columns.map((column) => plainColumn(column, rows));
  }

  #grow(rows: number): void {
    this.#room = rowsFor(rows);
    for (const [place, column] of this.#columns.entries()) {
      this.#columns[place] = grown(column, new Float64Array(this.#room));
    }
  }
}
