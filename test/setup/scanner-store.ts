import type { ScannerData, ScannerDatabase } from '../../web/scanner/src/store/database.ts';

type StoreName = 'enrolment' | 'place' | 'state' | 'log' | 'packages' | 'cards';
type Rows = Map<unknown, unknown>;

interface Range {
  has(key: number): boolean;
}

/**
 * A browser's disk, as far as a scanner uses it. It can be full, and it can be taken away; what is
 * written in one transaction is there together or not at all.
 */
export class ScannerStore {
  /** Nothing can be written. */
  isFull = false;
  /** The browser threw all of it away while it was open. */
  isGone = false;
  /** What happens elsewhere while something is written. */
  onWrite: () => void = () => {};
  /** Writes that are let through before it is full. */
  writesLeft = Number.POSITIVE_INFINITY;
  readonly rows: Record<StoreName, Rows> = {
    enrolment: new Map(),
    place: new Map(),
    state: new Map(),
    log: new Map(),
    packages: new Map(),
    cards: new Map(),
  };

  /** As the browser gives it. */
  get database(): ScannerDatabase {
    return this as unknown as ScannerDatabase;
  }

  async get(store: StoreName, key: unknown): Promise<unknown> {
    this.#check();
    return structuredClone(this.rows[store].get(key));
  }

  async getAll(store: StoreName, range?: Range, count = Number.POSITIVE_INFINITY) {
    this.#check();
    const kept = [...this.rows[store]].filter(([key]) => range?.has(Number(key)) ?? true);
    const sorted = kept.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
    return structuredClone(sorted.slice(0, count));
  }

  async put(store: StoreName, value: unknown, key: unknown): Promise<void> {
    this.#spend();
    this.rows[store].set(key, structuredClone(value));
  }

  async delete(store: StoreName, range: Range): Promise<void> {
    this.#spend();
    for (const key of this.rows[store].keys()) {
      if (range.has(Number(key))) this.rows[store].delete(key);
    }
  }

  transaction(_stores: readonly StoreName[], _mode: string, _options: object) {
    const writes: (() => void)[] = [];
    const store = this;
    const put = (name: StoreName, value: object, key: unknown) => {
      store.#check();
      const copy = structuredClone(value);
      writes.push(() => void store.rows[name].set(key, copy));
      return Promise.resolve();
    };
    return {
      objectStore: (name: StoreName) => ({
        add: (row: ScannerData['log']['value']) => put(name, row, row.seq),
        put: (value: object, key: unknown) => put(name, value, key),
      }),
      get done() {
        return store.#commit(writes);
      },
    };
  }

  async #commit(writes: readonly (() => void)[]): Promise<void> {
    this.#spend();
    for (const write of writes) write();
  }

  #spend(): void {
    this.#check();
    this.onWrite();
    this.writesLeft -= 1;
    if (this.isFull || this.writesLeft < 0) throw new DOMException('full', 'QuotaExceededError');
  }

  #check(): void {
    if (this.isGone) throw new DOMException('closed', 'InvalidStateError');
  }
}

/** The ranges of keys that a browser knows. */
export const keyRanges = {
  lowerBound: (bound: number, isOpen = false): Range => ({
    has: (key) => (isOpen ? key > bound : key >= bound),
  }),
  upperBound: (bound: number): Range => ({ has: (key) => key <= bound }),
};
