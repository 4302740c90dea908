/**
 * Which entry falls due next: a binary heap over (time, order of arrival). Entries are never
 * removed early; whoever takes one asks whether it still means something. That keeps an extended
 * or released hold free of any search, at the price of an entry that lives until its time.
 */
export class DueQueue<T> {
  readonly #heap: Entry<T>[] = [];
  #arrivals = 0;

  get size(): number {
    return this.#heap.length;
  }

  push(at: number, item: T): void {
    const entry = { at, order: this.#arrivals, item };
    this.#arrivals += 1;
    let index = this.#heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(entry, this.#heap[parent]!)) break;
      this.#heap[index] = this.#heap[parent]!;
      index = parent;
    }
    this.#heap[index] = entry;
  }

  /** The first entry, which stays. */
  peek(): { readonly at: number; readonly item: T } | undefined {
    return this.#heap[0];
  }

  /** Removes the first entry. */
  pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    let index = 0;
    for (;;) {
      const child = this.#smallerChild(index);
      if (child === undefined || !isBefore(this.#heap[child]!, last)) break;
      this.#heap[index] = this.#heap[child]!;
      index = child;
    }
    this.#heap[index] = last;
  }

  #smallerChild(index: number): number | undefined {
    const left = 2 * index + 1;
    const right = left + 1;
    if (left >= this.#heap.length) return undefined;
    if (right >= this.#heap.length) return left;
    return isBefore(this.#heap[right]!, this.#heap[left]!) ? right : left;
  }
}

interface Entry<T> {
  readonly at: number;
  readonly order: number;
  readonly item: T;
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
