import { assert } from './assert.ts';
import { bytesOf, fill, grown, rowsFor, rowsMin } from './columns.ts';

/** The longest text, in characters. */
export const shortTextMax = 39;

/** Its length, its characters, and zeros. */
const rowBytes = shortTextMax + 1;
/** A row is compared, copied and hashed four bytes at a time. */
const rowWords = rowBytes / Uint32Array.BYTES_PER_ELEMENT;

/** A column of short printable ASCII texts, as bytes in a row: no object for each of them. */
export class ShortTexts {
  #words = new Uint32Array(rowWords * rowsMin);
  #bytes = new Uint8Array(this.#words.buffer);

  constructor(saved?: Uint8Array) {
    if (saved === undefined) return;
    this.makeRoom(saved.length / rowBytes);
    fill(this.#words, saved);
  }

  /** The text in a row, empty when nothing was written there. */
  at(row: number): string {
    const from = rowBytes * row;
    return String.fromCharCode(...this.#bytes.subarray(from + 1, from + 1 + this.#bytes[from]!));
  }

  isEmptyAt(row: number): boolean {
    return this.#bytes[rowBytes * row] === 0;
  }

  /** Whether this text is in a row, without making the row's. */
  is(row: number, text: string): boolean {
    if (!spell(text)) return false;
    const from = rowWords * row;
    for (let word = 0; word < rowWords; word += 1) {
      if (this.#words[from + word] !== spelt[word]) return false;
    }
    return true;
  }

  /** `hashOf` the text in a row. */
  hashAt(row: number): number {
    return hash(this.#words, rowWords * row);
  }

  set(row: number, text: string): void {
    assert(spell(text), 'a short text is short');
    const from = rowWords * row;
    for (let word = 0; word < rowWords; word += 1) this.#words[from + word] = spelt[word]!;
  }

  makeRoom(rows: number): void {
    const words = rowWords * rowsFor(rows);
    if (words <= this.#words.length) return;
    this.#words = grown(this.#words, new Uint32Array(words));
    this.#bytes = new Uint8Array(this.#words.buffer);
  }

  plain(rows: number): Uint8Array {
    return bytesOf(this.#words, rowWords * rows);
  }
}

/** Texts that no row can have are of any hash. */
export function hashOf(text: string): number {
  spell(text);
  return hash(spelt, 0);
}

/** Whether a text fits: what a provider names its charges by does. */
export function isShortText(text: string): boolean {
  return text.length > 0 && spell(text);
}

/** The row of the text that was spelt last. */
const spelt = new Uint32Array(rowWords);
const speltBytes = new Uint8Array(spelt.buffer);
const printableMin = 0x21;
const printableMax = 0x7e;

/** Writes a text as a row has it. False, and nothing to rely on, when none can have it. */
function spell(text: string): boolean {
  const { length } = text;
  if (length > shortTextMax) return false;
  spelt.fill(0);
  speltBytes[0] = length;
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < printableMin || unit > printableMax) return false;
    speltBytes[1 + index] = unit;
  }
  return true;
}

/** The multiply-xor steps of MurmurHash3, word by word. */
function hash(words: Uint32Array, from: number): number {
  let sum = 0;
  for (let at = from; at < from + rowWords; at += 1) {
    sum = Math.imul(sum ^ words[at]!, 0x85ebca6b);
    sum ^= sum >>> 15;
  }
  sum = Math.imul(sum, 0xc2b2ae35);
  return (sum ^ (sum >>> 16)) >>> 0;
}
