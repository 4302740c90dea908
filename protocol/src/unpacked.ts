import { readUuidText, uuidBytes } from './ascii.ts';

/** Bytes are not one MessagePack value such as `pack` writes. */
export class PackedBytesError extends Error {
  override readonly name = 'PackedBytesError';
}

/** By the text under `type`, which comes first in a map: keys whose values are not wanted. */
export type Unwanted = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Reads what `pack` wrote, as long as a checksum, a chain of hashes or the word of a node of ours
 * vouches for it. Never bytes from a client: nothing here bounds what they cost. Binary values are
 * views of `bytes`; everything else is new. Of what is unwanted only the length is looked at.
 *
 * @throws {PackedBytesError}
 */
export function unpack(bytes: Uint8Array, unwanted: Unwanted = nothing): unknown {
  return reader.read(bytes, unwanted);
}

const nothing: Unwanted = new Map();

/** How many texts are remembered, as a power of two. */
const slotBits = 10;
/** Keys, types and states are short and come again and again; what is longer rarely does. */
const shortBytesMax = 16;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Every method reads at `#at` and leaves it behind what it read. */
class Reader {
  #bytes: Uint8Array = new Uint8Array();
  #view: DataView = new DataView(this.#bytes.buffer);
  #at = 0;
  #unwanted = nothing;
  readonly #texts = new Array<string>(1 << slotBits).fill('');

  read(bytes: Uint8Array, unwanted: Unwanted): unknown {
    this.#unwanted = unwanted;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = 0;
    const value = this.#value();
    if (this.#at < bytes.length) throw new PackedBytesError('Bytes follow the value.');
    return value;
  }

  #value(): unknown {
    const head = this.#byte();
    if (head <= 0x7f) return head; // positive fixint
    if (head >= 0xe0) return head - 0x100; // negative fixint
    if (head <= 0x8f) return this.#map(head & 0x0f);
    if (head <= 0x9f) return this.#array(head & 0x0f);
    if (head <= 0xbf) return this.#text(head & 0x1f);
    return this.#tagged(head);
  }

  #tagged(head: number): unknown {
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4: // bin8 … bin32
      case 0xc5:
      case 0xc6:
        return this.#binary(this.#unsigned(1 << (head - 0xc4)));
      case 0xca: // float32
        return this.#view.getFloat32(this.#skip(4));
      case 0xcb: // float64
        return this.#view.getFloat64(this.#skip(8));
      case 0xcc: // uint8 … uint32
      case 0xcd:
      case 0xce:
        return this.#unsigned(1 << (head - 0xcc));
      case 0xd0: // int8 … int32
        return this.#view.getInt8(this.#skip(1));
      case 0xd1:
        return this.#view.getInt16(this.#skip(2));
      case 0xd2:
        return this.#view.getInt32(this.#skip(4));
      case 0xd9: // str8 … str32
      case 0xda:
      case 0xdb:
        return this.#text(this.#unsigned(1 << (head - 0xd9)));
      case 0xdc: // array16, array32
      case 0xdd:
        return this.#array(this.#unsigned(1 << (head - 0xdb)));
      case 0xde: // map16, map32
      case 0xdf:
        return this.#map(this.#unsigned(1 << (head - 0xdd)));
      default: // 64-bit integers and extensions, which `pack` never writes
        throw new PackedBytesError(`A value begins with ${head}.`);
    }
  }

  #map(size: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    let unwanted: ReadonlySet<string> | undefined;
    for (let entry = 0; entry < size; entry += 1) {
      const key = this.#value();
      if (typeof key !== 'string' || key === '__proto__')
        throw new PackedBytesError('A key is bad.');
      if (unwanted?.has(key) === true) this.#pass(1);
      else map[key] = this.#value();
      if (key === 'type') unwanted = this.#unwanted.get(map.type as string);
    }
    return map;
  }

  #array(size: number): unknown[] {
    // Before the memory for it is taken: each value has a byte at least.
    this.#checkLeft(size);
    const array = new Array<unknown>(size);
    for (let entry = 0; entry < size; entry += 1) array[entry] = this.#value();
    return array;
  }

  #binary(length: number): Uint8Array {
    const begin = this.#skip(length);
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + begin, length);
  }

  #text(length: number): string {
    const begin = this.#skip(length);
    if (length <= shortBytesMax) return this.#shortText(begin);
    const text = length === uuidBytes ? readUuidText(this.#view, begin) : undefined;
    return text ?? this.#decode(begin);
  }

  /** Up to here; one that was read lately is given back instead of made again. */
  #shortText(begin: number): string {
    const slot = this.#slotOf(begin);
    const known = this.#texts[slot]!;
    if (this.#isThere(known, begin)) return known;
    const text = asKey(this.#decode(begin));
    this.#texts[slot] = text;
    return text;
  }

  /** By the length and three of the bytes, in which no two of our keys and types are the same. */
  #slotOf(begin: number): number {
    const bytes = this.#bytes;
    const end = this.#at;
    const length = end - begin;
    const word = bytes[begin]! | (bytes[begin + (length >> 1)]! << 8) | (bytes[end - 1]! << 16);
    return Math.imul(word | (length << 24), 0x9e3779b1) >>> (32 - slotBits);
  }

  /** Byte for unit: a text beyond ASCII has other units than bytes, and is never the same. */
  #isThere(text: string, begin: number): boolean {
    const { length } = text;
    if (length !== this.#at - begin) return false;
    const bytes = this.#bytes;
    for (let index = 0; index < length; index += 1) {
      if (text.charCodeAt(index) !== bytes[begin + index]) return false;
    }
    return true;
  }

  #decode(begin: number): string {
    return utf8.decode(this.#bytes.subarray(begin, this.#at));
  }

  /** Leaves so many values behind unread. */
  #pass(values: number): void {
    for (let left = values; left > 0; left -= 1) {
      const head = this.#byte();
      if (head <= 0x7f || head >= 0xe0) continue;
      if (head <= 0x8f) this.#pass(2 * (head & 0x0f));
      else if (head <= 0x9f) this.#pass(head & 0x0f);
      else if (head <= 0xbf) this.#skip(head & 0x1f);
      else this.#passTagged(head);
    }
  }

  #passTagged(head: number): void {
    if (head === 0xc0 || head === 0xc2 || head === 0xc3) return;
    if (head >= 0xc4 && head <= 0xc6) this.#skip(this.#unsigned(1 << (head - 0xc4)));
    else if (head === 0xca || head === 0xcb) this.#skip(4 << (head - 0xca));
    else if (head >= 0xcc && head <= 0xce) this.#skip(1 << (head - 0xcc));
    else if (head >= 0xd0 && head <= 0xd2) this.#skip(1 << (head - 0xd0));
    else if (head >= 0xd9 && head <= 0xdb) this.#skip(this.#unsigned(1 << (head - 0xd9)));
    else if (head === 0xdc || head === 0xdd) this.#pass(this.#unsigned(1 << (head - 0xdb)));
    else if (head === 0xde || head === 0xdf) this.#pass(2 * this.#unsigned(1 << (head - 0xdd)));
    else throw new PackedBytesError(`A value begins with ${head}.`);
  }

  #unsigned(width: number): number {
    const begin = this.#skip(width);
    if (width === 1) return this.#view.getUint8(begin);
    return width === 2 ? this.#view.getUint16(begin) : this.#view.getUint32(begin);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new PackedBytesError('Bytes are missing.');
    this.#at += 1;
    return byte;
  }

  /** Where the bytes begin that are left behind. */
  #skip(length: number): number {
    this.#checkLeft(length);
    const begin = this.#at;
    this.#at += length;
    return begin;
  }

  #checkLeft(count: number): void {
    if (this.#at + count > this.#bytes.length) throw new PackedBytesError('Bytes are missing.');
  }
}

/** The same text as the engine keeps names of properties, which makes it quick as one. */
function asKey(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text;
}

const reader = new Reader();
