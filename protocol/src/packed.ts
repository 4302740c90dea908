/**
 * MessagePack (spec of 2017) of a value of ours: messages, facts and snapshots. Maps, arrays, text,
 * bytes, numbers, booleans and null; a property that is `undefined` is left out, as JSON does.
 *
 * The bytes are a view into a larger piece of memory. Nobody writes there again, but the whole
 * piece stays as long as the view.
 */
export function pack(value: unknown): Uint8Array {
  return writer.write(value);
}

/** Memory for some hundred messages. */
const pieceBytes = 64 * 1024;
/** Above this a value, a snapshot in practice, gets a piece of its own that is large enough. */
const sharedBytesMax = 1024 * 1024;
/** Longer texts are left to the platform's encoder, which takes longer to begin. */
const shortTextMax = 128;
/** A head with a 32-bit length, or a number of 64 bits. */
const headBytesMax = 9;

const utf8 = new TextEncoder();

class Writer {
  #bytes = new Uint8Array(pieceBytes);
  #view = new DataView(this.#bytes.buffer);
  /** Where the value begins that is being written, and where it goes on. */
  #begin = 0;
  #at = 0;
  #whole: unknown;

  write(value: unknown): Uint8Array {
    this.#begin = this.#at;
    this.#whole = value;
    this.#value(value);
    const bytes = this.#bytes.subarray(this.#begin, this.#at);
    if (this.#bytes.length > sharedBytesMax) this.#takePiece(pieceBytes);
    return bytes;
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        return this.#number(value);
      case 'boolean':
        return this.#head(value ? 0xc3 : 0xc2);
      case 'object':
        if (value === null) return this.#head(0xc0);
        if (Array.isArray(value)) return this.#array(value);
        if (value instanceof Uint8Array) return this.#binary(value);
        return this.#map(value as Readonly<Record<string, unknown>>);
      default:
        return this.#head(0xc0);
    }
  }

  #map(map: Readonly<Record<string, unknown>>): void {
    let size = 0;
    for (const key in map) if (map[key] !== undefined) size += 1;
    this.#reserve(headBytesMax);
    // The long head even for a small map: journals and golden vectors have it.
    this.#size(size, 0xde);
    for (const key in map) {
      const value = map[key];
      if (value === undefined) continue;
      this.#text(key);
      this.#value(value);
    }
  }

  #array(array: readonly unknown[]): void {
    this.#reserve(headBytesMax);
    if (array.length <= 0x0f) this.#byte(0x90 | array.length);
    else this.#size(array.length, 0xdc);
    for (const value of array) this.#value(value);
  }

  #binary(bytes: Uint8Array): void {
    this.#reserve(headBytesMax + bytes.length);
    this.#length(bytes.length, 0xc4);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Ids, types and keys are short and ASCII: written unit by unit unless one turns out not to be. */
  #text(text: string): void {
    const { length } = text;
    if (length > shortTextMax) return this.#longText(text);
    this.#reserve(headBytesMax + length);
    const begin = this.#at;
    this.#textHead(length);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) {
        this.#at = begin;
        return this.#longText(text);
      }
      bytes[at] = unit;
      at += 1;
    }
    this.#at = at;
  }

  #longText(text: string): void {
    const encoded = utf8.encode(text);
    this.#reserve(headBytesMax + encoded.length);
    this.#textHead(encoded.length);
    this.#bytes.set(encoded, this.#at);
    this.#at += encoded.length;
  }

  #textHead(length: number): void {
    if (length < 32) this.#byte(0xa0 | length);
    else this.#length(length, 0xd9);
  }

  /** A length of 8, 16 or 32 bits behind its head; the three heads follow each other. */
  #length(length: number, head: number): void {
    if (length <= 0xff) {
      this.#byte(head);
      this.#byte(length);
    } else if (length <= 0xffff) {
      this.#byte(head + 1);
      this.#view.setUint16(this.#at, length);
      this.#at += 2;
    } else {
      this.#byte(head + 2);
      this.#view.setUint32(this.#at, length);
      this.#at += 4;
    }
  }

  /** A size of 16 or 32 bits behind its head. */
  #size(size: number, head: number): void {
    if (size <= 0xffff) {
      this.#byte(head);
      this.#view.setUint16(this.#at, size);
      this.#at += 2;
    } else {
      this.#byte(head + 1);
      this.#view.setUint32(this.#at, size);
      this.#at += 4;
    }
  }

  #number(value: number): void {
    this.#reserve(headBytesMax);
    // Times and fingerprints are the numbers that are sent most, and longer than 32 bits.
    if (value > 0xffffffff || value < -0x80000000 || !Number.isInteger(value)) {
      this.#byte(0xcb);
      this.#view.setFloat64(this.#at, value);
      this.#at += 8;
    } else if (value >= 0) this.#unsigned(value);
    else this.#negative(value);
  }

  #unsigned(value: number): void {
    if (value <= 0x7f) this.#byte(value);
    else this.#length(value, 0xcc);
  }

  #negative(value: number): void {
    if (value >= -0x20) return this.#byte(value & 0xff);
    if (value >= -0x80) {
      this.#byte(0xd0);
      this.#byte(value & 0xff);
    } else if (value >= -0x8000) {
      this.#byte(0xd1);
      this.#view.setInt16(this.#at, value);
      this.#at += 2;
    } else {
      this.#byte(0xd2);
      this.#view.setInt32(this.#at, value);
      this.#at += 4;
    }
  }

  #head(byte: number): void {
    this.#reserve(1);
    this.#byte(byte);
  }

  #byte(byte: number): void {
    this.#bytes[this.#at] = byte;
    this.#at += 1;
  }

  /** Makes sure that `count` bytes fit; what was handed out before stays where it is. */
  #reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const begun = this.#bytes.subarray(this.#begin, this.#at);
    const needed = begun.length + count;
    // Doubling would copy a snapshot again and again, and zero twice its size.
    const isLarge = needed > sharedBytesMax;
    this.#takePiece(isLarge ? bytesMaxOf(this.#whole) : Math.max(pieceBytes, 2 * needed));
    this.#bytes.set(begun);
    this.#at = begun.length;
  }

  #takePiece(length: number): void {
    this.#bytes = new Uint8Array(length);
    this.#view = new DataView(this.#bytes.buffer);
    this.#begin = 0;
    this.#at = 0;
  }
}

/** How long a value can become. A UTF-16 unit takes three bytes at most. */
function bytesMaxOf(value: unknown): number {
  if (typeof value === 'string') return headBytesMax + 3 * value.length;
  if (typeof value !== 'object' || value === null) return headBytesMax;
  if (value instanceof Uint8Array) return headBytesMax + value.length;
  let bytes = headBytesMax;
  for (const [key, each] of Object.entries(value)) bytes += bytesMaxOf(key) + bytesMaxOf(each);
  return bytes;
}

const writer = new Writer();
