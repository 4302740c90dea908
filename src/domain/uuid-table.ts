import { assert } from './assert.ts';
import { bytesOf, fill, grown, rowsFor, rowsMin } from './columns.ts';
import { nowhere, RowIndex } from './row-index.ts';
import { uuidWords, wordsOf, writeUuid } from './uuid-text.ts';

/** A table as plain data: four 32-bit words per row, and which rows are free. */
export interface PlainUuids {
  readonly words: Uint8Array;
  readonly free: Uint8Array;
}

/**
 * Gives each UUID a row, a small number under which others keep what they know of it. A `Map`
 * could do that, but it and its texts are objects, which the garbage collector visits for as long
 * as they live. Here a million UUIDs are two arrays of numbers; one of them is saved as it is.
 *
 * The row of a removed UUID is given to the next one. Which row that is depends on nothing but
 * what was added and removed before, so every replay of a history has the same rows.
 */
export class UuidTable<Id extends string> {
  /** Four for each row; those of a free row are of the UUID that was there last. */
  #words = new Uint32Array(uuidWords * rowsMin);
  /** Whether an id may be any text. */
  readonly #takesNames: boolean;
  #index = new RowIndex(rowsMin);
  #salt = 0;
  #rows = 0;
  #free: number[] = [];

  constructor(saved?: PlainUuids, { takesNames = false } = {}) {
    this.#takesNames = takesNames;
    if (saved === undefined) return;
    this.#rows = saved.words.length / (uuidWords * Uint32Array.BYTES_PER_ELEMENT);
    this.#words = new Uint32Array(uuidWords * rowsFor(this.#rows));
    fill(this.#words, saved.words);
    this.#free = freeIn(saved);
    this.#buildIndex();
  }

  /** Rows that were ever needed at a time; some of them may be free. */
  get rows(): number {
    return this.#rows;
  }

  get size(): number {
    return this.#rows - this.#free.length;
  }

  /** The row of a UUID, or `nowhere`. */
  rowOf(id: Id): number {
    return this.#find(this.#wordsOf(id));
  }

  /** The row of a UUID, which gets one if it has none: then `size` has grown. */
  rowFor(id: Id): number {
    const words = this.#wordsOf(id);
    const known = this.#find(words);
    return known === nowhere ? this.#add(words) : known;
  }

  delete(row: number): void {
    this.#index.delete(this.#hashAt(row), row);
    this.#free.push(row);
  }

  idAt(row: number): Id {
    return writeUuid(this.#words, uuidWords * row);
  }

  plain(): PlainUuids {
    return {
      words: bytesOf(this.#words, uuidWords * this.#rows),
      free: bytesOf(Uint32Array.from(this.#free), this.#free.length),
    };
  }

  #wordsOf(id: Id): Uint32Array {
    const { words, isUuid } = wordsOf(id);
    assert(isUuid || this.#takesNames, 'an id is a UUID');
    return words;
  }

  #find(wanted: Uint32Array): number {
    let row = this.#index.first(this.#hash(wanted, 0));
    while (row !== nowhere && !this.#isAt(row, wanted)) row = this.#index.next();
    return row;
  }

  #add(wanted: Uint32Array): number {
    const row = this.#free.pop() ?? this.#newRow();
    for (let word = 0; word < uuidWords; word += 1) {
      this.#words[uuidWords * row + word] = wanted[word]!;
    }
    this.#index.add(this.#hashAt(row), row);
    return row;
  }

  #newRow(): number {
    if (uuidWords * this.#rows === this.#words.length) {
      this.#words = grown(this.#words, new Uint32Array(2 * this.#words.length));
      this.#buildIndex();
    }
    this.#rows += 1;
    return this.#rows - 1;
  }

  #buildIndex(): void {
    this.#index = new RowIndex(this.#words.length / uuidWords);
    this.#salt = this.#newSalt();
    const isFree = new Uint8Array(this.#rows);
    for (const row of this.#free) isFree[row] = 1;
    for (let row = 0; row < this.#rows; row += 1) {
      if (isFree[row] === 0) this.#index.add(this.#hashAt(row), row);
    }
  }

  /**
   * Whoever could choose ids of one hash would make every search long. So hashes depend on all ids
   * that were there when the table grew last, and nobody but us knows those of everybody.
   */
  #newSalt(): number {
    const words = this.#words;
    let salt = 0;
    // The last word of each, by number: all four took 16 ms of a recovery instead of 6, and an
    // iterator 40 more.
    for (let at = uuidWords - 1; at < words.length; at += uuidWords) {
      salt = Math.imul(salt ^ words[at]!, 0x9e3779b1);
    }
    return salt;
  }

  #hashAt(row: number): number {
    return this.#hash(this.#words, uuidWords * row);
  }

  /** The multiply-xor steps of MurmurHash3. */
  #hash(words: Uint32Array, at: number): number {
    let hash = Math.imul(this.#salt ^ words[at]!, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15) ^ words[at + 1]!, 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 13) ^ words[at + 2]!, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15) ^ words[at + 3]!, 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #isAt(row: number, wanted: Uint32Array): boolean {
    const words = this.#words;
    const at = uuidWords * row;
    return (
      words[at] === wanted[0] &&
      words[at + 1] === wanted[1] &&
      words[at + 2] === wanted[2] &&
      words[at + 3] === wanted[3]
    );
  }
}

function freeIn({ free }: PlainUuids): number[] {
  const rows = new Uint32Array(free.length / Uint32Array.BYTES_PER_ELEMENT);
  fill(rows, free);
  return [...rows];
}
