import type { Item, LotId } from '@ingressou/protocol';
import { assert } from './assert.ts';

/** As plain data: null where a number is free, and the free ones in the order of their return. */
export interface PlainItemLists {
  readonly lists: readonly (readonly Item[] | null)[];
  readonly free: readonly number[];
}

/**
 * Thousands of holds are of the same few lists of items: each different list is kept once, under a
 * number, for as long as somebody uses it.
 */
export class ItemLists {
  readonly #lists: (readonly Item[] | undefined)[] = [];
  readonly #uses: number[] = [];
  readonly #free: number[] = [];
  /** Most lists are of one lot: by lot and quantity, without making a text of them. */
  readonly #singles = new Map<LotId, (number | undefined)[]>();
  readonly #others = new Map<string, number>();

  /** As they were saved; nobody uses them yet. */
  constructor(saved?: PlainItemLists) {
    for (const [number, list] of saved?.lists.entries() ?? []) this.#put(number, list ?? undefined);
    this.#free.push(...(saved?.free ?? []));
  }

  at(number: number): readonly Item[] {
    const list = this.#lists[number];
    assert(list !== undefined, 'a hold has items');
    return list;
  }

  /** Those that are used. */
  *all(): Iterable<readonly [number: number, items: readonly Item[]]> {
    for (const [number, list] of this.#lists.entries())
      if (list !== undefined) yield [number, list];
  }

  /** The number of a list, for one more who uses it. */
  use(items: readonly Item[]): number {
    const number = this.#numberOf(items) ?? this.#add(items);
    this.useAgain(number);
    return number;
  }

  useAgain(number: number): void {
    this.#uses[number] = (this.#uses[number] ?? 0) + 1;
  }

  /** One user fewer; after the last one the number is free. */
  leave(number: number): void {
    const uses = (this.#uses[number] ?? 0) - 1;
    this.#uses[number] = uses;
    if (uses > 0) return;
    this.#forget(this.at(number));
    this.#put(number, undefined);
    this.#free.push(number);
  }

  plain(): PlainItemLists {
    return { lists: this.#lists.map((list) => list ?? null), free: [...this.#free] };
  }

  #add(items: readonly Item[]): number {
    const number = this.#free.pop() ?? this.#lists.length;
    this.#put(number, items);
    return number;
  }

  #put(number: number, items: readonly Item[] | undefined): void {
    this.#lists[number] = items;
    this.#uses[number] = 0;
    if (items !== undefined) this.#know(items, number);
  }

  #numberOf(items: readonly Item[]): number | undefined {
    const single = singleOf(items);
    if (single === undefined) return this.#others.get(textOf(items));
    return this.#singles.get(single.lot)?.[single.quantity];
  }

  #know(items: readonly Item[], number: number): void {
    const single = singleOf(items);
    if (single === undefined) this.#others.set(textOf(items), number);
    else this.#numbersOf(single.lot)[single.quantity] = number;
  }

  #forget(items: readonly Item[]): void {
    const single = singleOf(items);
    if (single === undefined) this.#others.delete(textOf(items));
    else this.#numbersOf(single.lot)[single.quantity] = undefined;
  }

  #numbersOf(lot: LotId): (number | undefined)[] {
    const known = this.#singles.get(lot);
    if (known !== undefined) return known;
    const numbers: (number | undefined)[] = [];
    this.#singles.set(lot, numbers);
    return numbers;
  }
}

/** The only item of a list; undefined when it has none or several. */
function singleOf(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/** Other items or another order, another text: no lot's id has a blank. */
function textOf(items: readonly Item[]): string {
  return items.map(({ lot, quantity }) => `${lot} ${quantity}`).join(' ');
}
