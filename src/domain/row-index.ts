/** The row of what is not there. */
export const nowhere = -1;

/**
 * Finds rows by the hash of what is in them: open addressing, at most half of it taken. Things of
 * one hash are told apart by whoever owns the rows:
 *
 *     let row = index.first(hash);
 *     while (row !== nowhere && !isWanted(row)) row = index.next();
 */
export class RowIndex {
  /** A hash and a row plus one side by side, so that a look costs one line of the cache. */
  readonly #slots: Uint32Array;
  readonly #mask: number;
  /** Of the search that is going on. */
  #hash = 0;
  #slot = 0;

  /** For at most so many rows, a power of two. */
  constructor(rowsMax: number) {
    this.#slots = new Uint32Array(slotWords * 2 * rowsMax);
    this.#mask = this.#slots.length - 1;
  }

  /** A row of this hash, or `nowhere`. */
  first(hash: number): number {
    this.#hash = hash;
    this.#slot = this.#home(hash);
    return this.#found();
  }

  /** Another row of the same hash, or `nowhere`. */
  next(): number {
    this.#slot = this.#after(this.#slot);
    return this.#found();
  }

  add(hash: number, row: number): void {
    let slot = this.#home(hash);
    while (this.#slots[slot + 1] !== 0) slot = this.#after(slot);
    this.#slots[slot] = hash;
    this.#slots[slot + 1] = row + 1;
  }

  /** Moves those into the hole that were only put behind it because it was taken. */
  delete(hash: number, row: number): void {
    const slots = this.#slots;
    let hole = this.#home(hash);
    while (slots[hole + 1] !== row + 1) hole = this.#after(hole);
    for (let slot = this.#after(hole); slots[slot + 1] !== 0; slot = this.#after(slot)) {
      const wayFromHome = (slot - this.#home(slots[slot]!)) & this.#mask;
      const wayFromHole = (slot - hole) & this.#mask;
      if (wayFromHome < wayFromHole) continue;
      slots[hole] = slots[slot]!;
      slots[hole + 1] = slots[slot + 1]!;
      hole = slot;
    }
    slots[hole + 1] = 0;
  }

  #found(): number {
    const slots = this.#slots;
    let slot = this.#slot;
    while (slots[slot + 1] !== 0 && slots[slot] !== this.#hash) slot = this.#after(slot);
    this.#slot = slot;
    return slots[slot + 1]! - 1;
  }

  #home(hash: number): number {
    return (slotWords * hash) & this.#mask;
  }

  #after(slot: number): number {
    return (slot + slotWords) & this.#mask;
  }
}

const slotWords = 2;
