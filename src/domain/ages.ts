import { grown, rowsFor, rowsMin } from './columns.ts';
import { fillColumn, type PlainColumn, plainColumn } from './plain-column.ts';

/** Rows and times, the oldest first. */
export interface PlainAges {
  readonly rows: PlainColumn;
  readonly at: PlainColumn;
}

/** Since when rows are only remembered: a queue from the oldest to the newest. */
export class Ages {
  #rows = new Uint32Array(rowsMin);
  #at = new Float64Array(rowsMin);
  /** From the first to before the end. */
  #first = 0;
  #end = 0;

  constructor(saved?: PlainAges) {
    if (saved === undefined) return;
    this.#end = saved.at.rows;
    this.#rows = new Uint32Array(rowsFor(this.#end));
    this.#at = new Float64Array(this.#rows.length);
    fillColumn(this.#rows, saved.rows);
    fillColumn(this.#at, saved.at);
  }

  /** `at` is never less than the time before. */
  push(row: number, at: number): void {
    if (this.#end === this.#rows.length) this.#makeRoom();
    this.#rows[this.#end] = row;
    this.#at[this.#end] = at;
    this.#end += 1;
  }

  /** Takes out the oldest row if it is of `until` or before. */
  takeUntil(until: number): number | undefined {
    if (this.#first === this.#end || this.#at[this.#first]! > until) return undefined;
    this.#first += 1;
    return this.#rows[this.#first - 1];
  }

  plain(): PlainAges {
    const count = this.#end - this.#first;
    return {
      rows: plainColumn(this.#rows.subarray(this.#first), count),
      at: plainColumn(this.#at.subarray(this.#first), count),
    };
  }

  /** Room is where the oldest were, too. */
  #makeRoom(): void {
    const count = this.#end - this.#first;
    const room = rowsFor(2 * count);
    this.#rows = grown(this.#rows.subarray(this.#first), new Uint32Array(room));
    this.#at = grown(this.#at.subarray(this.#first), new Float64Array(room));
    this.#first = 0;
    this.#end = count;
  }
}
