import { assert } from './assert.ts';
import { bytesOf, fill, grown, rowsFor, rowsMin } from './columns.ts';

/** The longest text, in characters. */
export const shortTextMax = 39;

const rowBytes = shortTextMax + 1;

/** A column of short printable ASCII texts, as bytes in a row: no object for each of them. */
export class ShortTexts {
  /** Its length, then its characters. */
  #bytes = new Uint8Array(rowBytes * rowsMin);

  constructor(saved?: Uint8Array) {
    if (saved === undefined) return;
    this.makeRoom(saved.length / rowBytes);
    fill(this.#bytes, saved);
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
    const from = rowBytes * row;
    if (this.#bytes[from] !== text.length) return false;
    for (let index = 0; index < text.length; index += 1) {
      if (this.#bytes[from + 1 + index] !== text.charCodeAt(index)) return false;
    }
    return true;
  }

  /** `hashOf` the text in a row. */
  hashAt(row: number): number {
    const from = rowBytes * row + 1;
    const to = from + this.#bytes[from - 1]!;
    let hash = hashBegin;
    for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ this.#bytes[at]!, hashFactor);
    return hash >>> 0;
  }

  set(row: number, text: string): void {
    assert(isShortText(text) || text === '', 'a short text is short');
    const from = rowBytes * row;
    this.#bytes[from] = text.length;
    for (let index = 0; index < text.length; index += 1) {
      this.#bytes[from + 1 + index] = text.charCodeAt(index);
    }
    this.#bytes.fill(0, from + 1 + text.length, from + rowBytes);
  }

  makeRoom(rows: number): void {
    const bytes = rowBytes * rowsFor(rows);
    if (bytes > this.#bytes.length) this.#bytes = grown(this.#bytes, new Uint8Array(bytes));
  }

  plain(rows: number): Uint8Array {
    return bytesOf(this.#bytes, rowBytes * rows);
  }
}

/** FNV-1a. */
const hashBegin = 0x811c9dc5;
const hashFactor = 0x01000193;

export function hashOf(text: string): number {
  let hash = hashBegin;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), hashFactor);
  }
  return hash >>> 0;
}

/** Whether a text fits: what a provider names its charges by does. */
export function isShortText(text: string): boolean {
  return text.length > 0 && text.length <= shortTextMax && /^[\x21-\x7e]+$/.test(text);
}
