import { grown, rowsMin } from './columns.ts';

/**
 * Which row falls due next: a binary heap over (time, order of arrival), in arrays of numbers. Entries
 * are never removed early; whoever takes one asks whether it still means something. That keeps an
 * extended or released hold free of any search, at the price of an entry that lives until its time.
 */
export class DueQueue {
  #at = new Float64Array(rowsMin);
  #order = new Float64Array(rowsMin);
  #row = new Uint32Array(rowsMin);
  #size = 0;
  #arrivals = 0;

  get size(): number {
    return this.#size;
  }

  push(at: number, row: number): void {
    if (this.#size === this.#at.length) this.#grow();
    const order = this.#arrivals;
    let index = this.#size;
    this.#arrivals += 1;
    this.#size += 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      // What came later is behind what is due at the same time.
      if (this.#at[parent]! <= at) break;
      this.#move(parent, index);
      index = parent;
    }
    this.#put(index, at, order, row);
  }

  /** The first entry, which stays. */
  peek(): { readonly at: number; readonly row: number } | undefined {
    return this.#size === 0 ? undefined : { at: this.#at[0]!, row: this.#row[0]! };
  }

  /** Removes the first entry. */
  pop(): void {
    if (this.#size === 0) return;
    this.#size -= 1;
    const last = this.#size;
    let index = 0;
    for (;;) {
      const child = this.#smallerChild(index);
      if (child === undefined || !this.#isBefore(child, last)) break;
      this.#move(child, index);
      index = child;
    }
    this.#move(last, index);
  }

  #smallerChild(index: number): number | undefined {
    const left = 2 * index + 1;
    const right = left + 1;
    if (left >= this.#size) return undefined;
    if (right >= this.#size) return left;
    return this.#isBefore(left, right) ? left : right;
  }

  #isBefore(a: number, b: number): boolean {
    const first = this.#at[a]!;
    const second = this.#at[b]!;
    return first < second || (first === second && this.#order[a]! < this.#order[b]!);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#at[from]!, this.#order[from]!, this.#row[from]!);
  }

  #put(index: number, at: number, order: number, row: number): void {
    this.#at[index] = at;
    this.#order[index] = order;
    this.#row[index] = row;
  }

  #grow(): void {
    const room = 2 * this.#at.length;
    this.#at = grown(this.#at, new Float64Array(room));
    this.#order = grown(this.#order, new Float64Array(room));
    this.#row = grown(this.#row, new Uint32Array(room));
  }
}
