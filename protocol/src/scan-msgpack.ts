import type { Bounds } from './bounds.ts';
import { ProtocolError } from './errors.ts';

/**
 * Walks one MessagePack value (spec of 2017) without building it. Refuses what no message of ours
 * contains: extension types, binary, keys that are not text, keys twice, anything over the bounds
 * or beyond the end. A length is checked against the bytes that are there before it is believed.
 *
 * @throws {ProtocolError}
 */
export function scanMsgpack(bytes: Uint8Array, bounds: Bounds): void {
  const end = new Scanner(bytes, bounds).value(0, 0);
  if (end !== bytes.length) throw new ProtocolError('trailing_bytes');
}

/** Every method takes the offset of a value and returns the offset after it. */
class Scanner {
  readonly #bytes: Uint8Array;
  readonly #bounds: Bounds;

  constructor(bytes: Uint8Array, bounds: Bounds) {
    this.#bytes = bytes;
    this.#bounds = bounds;
  }

  value(at: number, depth: number): number {
    const head = this.#byte(at);
    if (head <= 0x7f || head >= 0xe0) return at + 1; // fixint
    if (head <= 0x8f) return this.#map(at + 1, head & 0x0f, depth);
    if (head <= 0x9f) return this.#array(at + 1, head & 0x0f, depth);
    if (head <= 0xbf) return this.#text(at + 1, head & 0x1f);
    return this.#tagged(head, at + 1, depth);
  }

  #tagged(head: number, at: number, depth: number): number {
    switch (head) {
      case 0xc0: // nil
      case 0xc2: // false
      case 0xc3: // true
        return at;
      case 0xcc: // uint8
      case 0xd0: // int8
        return this.#skip(at, 1);
      case 0xcd: // uint16
      case 0xd1: // int16
        return this.#skip(at, 2);
      case 0xca: // float32
      case 0xce: // uint32
      case 0xd2: // int32
        return this.#skip(at, 4);
      case 0xcb: // float64
      case 0xcf: // uint64
      case 0xd3: // int64
        return this.#skip(at, 8);
      case 0xd9: // str8
        return this.#text(at + 1, this.#length(at, 1));
      case 0xda: // str16
        return this.#text(at + 2, this.#length(at, 2));
      case 0xdb: // str32
        return this.#text(at + 4, this.#length(at, 4));
      case 0xdc: // array16
        return this.#array(at + 2, this.#length(at, 2), depth);
      case 0xdd: // array32
        return this.#array(at + 4, this.#length(at, 4), depth);
      case 0xde: // map16
        return this.#map(at + 2, this.#length(at, 2), depth);
      case 0xdf: // map32
        return this.#map(at + 4, this.#length(at, 4), depth);
      default: // bin, ext, and 0xc1, which the specification never uses
        throw new ProtocolError('forbidden_type');
    }
  }

  #map(at: number, size: number, depth: number): number {
    this.#checkContainer(size, depth);
    const keys: number[] = []; // begin and end of each key seen
    let next = at;
    for (let entry = 0; entry < size; entry += 1) {
      const [begin, end] = this.#key(next);
      if (this.#isSeen(keys, begin, end)) throw new ProtocolError('duplicate_key');
      keys.push(begin, end);
      next = this.value(end, depth + 1);
    }
    return next;
  }

  #array(at: number, size: number, depth: number): number {
    this.#checkContainer(size, depth);
    let next = at;
    for (let entry = 0; entry < size; entry += 1) next = this.value(next, depth + 1);
    return next;
  }

  /** A key is short text: no key of ours needs more than the 31 bytes of a fixstr. */
  #key(at: number): [begin: number, end: number] {
    const head = this.#byte(at);
    if (head < 0xa0 || head > 0xbf) throw new ProtocolError('forbidden_key');
    const end = this.#text(at + 1, head & 0x1f);
    if (this.#byteAt(at + 1) === 0x5f && this.#byteAt(at + 2) === 0x5f) {
      throw new ProtocolError('forbidden_key'); // __proto__ and its kin
    }
    return [at + 1, end];
  }

  #isSeen(keys: readonly number[], begin: number, end: number): boolean {
    for (let index = 0; index < keys.length; index += 2) {
      if (this.#isSame(keys[index]!, keys[index + 1]!, begin, end)) return true;
    }
    return false;
  }

  #isSame(aBegin: number, aEnd: number, bBegin: number, bEnd: number): boolean {
    if (aEnd - aBegin !== bEnd - bBegin) return false;
    for (let offset = 0; offset < aEnd - aBegin; offset += 1) {
      if (this.#bytes[aBegin + offset] !== this.#bytes[bBegin + offset]) return false;
    }
    return true;
  }

  #text(at: number, length: number): number {
    if (length > this.#bounds.stringBytesMax) throw new ProtocolError('string_too_long');
    const end = this.#skip(at, length);
    for (let index = at; index < end; index += 1) {
      if (this.#bytes[index]! >= 0x80) return this.#checkUtf8(at, end);
    }
    return end;
  }

  #checkUtf8(begin: number, end: number): number {
    try {
      utf8.decode(this.#bytes.subarray(begin, end));
      return end;
    } catch (cause) {
      throw new ProtocolError('invalid_text', { cause });
    }
  }

  #checkContainer(size: number, depth: number): void {
    if (depth >= this.#bounds.depthMax) throw new ProtocolError('too_deep');
    if (size > this.#bounds.entriesMax) throw new ProtocolError('too_many_entries');
  }

  #length(at: number, width: 1 | 2 | 4): number {
    let length = 0;
    for (let index = at; index < at + width; index += 1) length = length * 256 + this.#byte(index);
    return length;
  }

  #skip(at: number, length: number): number {
    if (at + length > this.#bytes.length) throw new ProtocolError('truncated');
    return at + length;
  }

  #byte(at: number): number {
    const byte = this.#bytes[at];
    if (byte === undefined) throw new ProtocolError('truncated');
    return byte;
  }

  #byteAt(at: number): number | undefined {
    return this.#bytes[at];
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
