import { Ages, type PlainAges } from './ages.ts';
import { assert } from './assert.ts';
import { grown, rowsFor, rowsMin } from './columns.ts';
import { fillColumn, type PlainColumn, plainColumn } from './plain-column.ts';
import { nowhere } from './row-index.ts';
import { type PlainUuids, UuidTable } from './uuid-table.ts';

/** What a command has done, to answer its retry. */
export interface Done {
  readonly wish: number;
  /** What `extend` answered. */
  readonly expiresAt?: number;
}

/** Columns by row. */
export interface PlainDone {
  readonly ids: PlainUuids;
  readonly ages: PlainAges;
  readonly wish: PlainColumn;
  /** Not a number where there is none. */
  readonly expiresAt: PlainColumn;
}

/** What commands have done, by their ids: UUIDs, or any text. Columns, as the holds. */
export class DoneTable {
  readonly #ids: UuidTable<string>;
  readonly #ages: Ages;
  #wish = new Float64Array(rowsMin);
  #expiresAt = new Float64Array(rowsMin);

  constructor(saved?: PlainDone) {
    this.#ids = new UuidTable(saved?.ids, { takesNames: true });
    this.#ages = new Ages(saved?.ages);
    if (saved === undefined) return;
    this.#makeRoom();
    fillColumn(this.#wish, saved.wish);
    fillColumn(this.#expiresAt, saved.expiresAt);
  }

  get size(): number {
    return this.#ids.size;
  }

  has(id: string): boolean {
    return this.#ids.rowOf(id) !== nowhere;
  }

  get(id: string): Done | undefined {
    const row = this.#ids.rowOf(id);
    if (row === nowhere) return undefined;
    const wish = this.#wish[row]!;
    const expiresAt = this.#expiresAt[row]!;
    return Number.isNaN(expiresAt) ? { wish } : { wish, expiresAt };
  }

  /** Nothing was done later than `at`. */
  add(id: string, at: number, { wish, expiresAt = Number.NaN }: Done): void {
    const { size } = this.#ids;
    const row = this.#ids.rowFor(id);
    assert(this.#ids.size > size, 'a command is done once');
    this.#makeRoom();
    this.#wish[row] = wish;
    this.#expiresAt[row] = expiresAt;
    this.#ages.push(row, at);
  }

  /** Forgets what was done at `until` or before. */
  forget(until: number): void {
    for (;;) {
      const row = this.#ages.takeUntil(until);
      if (row === undefined) return;
      this.#ids.delete(row);
    }
  }

  plain(): PlainDone {
    const { rows } = this.#ids;
    return {
      ids: this.#ids.plain(),
      ages: this.#ages.plain(),
      wish: plainColumn(this.#wish, rows),
      expiresAt: plainColumn(this.#expiresAt, rows),
    };
  }

  #makeRoom(): void {
    const { rows } = this.#ids;
    if (rows <= this.#wish.length) return;
    this.#wish = grown(this.#wish, new Float64Array(rowsFor(rows)));
    this.#expiresAt = grown(this.#expiresAt, new Float64Array(rowsFor(rows)));
  }
}
