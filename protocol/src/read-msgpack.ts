import type { Bounds } from './bounds.ts';
import { ProtocolError } from './errors.ts';
import { TextCache } from './text-cache.ts';

/**
 * Reads one MessagePack value (spec of 2017) from untrusted bytes in one pass. Refuses what no
 * message of ours contains: extension types, binary, keys that are not text, keys twice, keys of
 * the prototype, anything over the bounds or beyond the end. A length is checked against the bytes
 * that are there before it is believed.
 *
 * @throws {ProtocolError} and nothing else
 */
export function readMsgpack(bytes: Uint8Array, bounds: Bounds): unknown {
  return new Reader(bytes, bounds).read();
}

type Container = { [key: string]: unknown };

/** Every method reads at `#at` and leaves it behind what it read. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #bounds: Bounds;
  #at = 0;

  constructor(bytes: Uint8Array, bounds: Bounds) {
    this.#bytes = bytes;
    this.#bounds = bounds;
  }

  read(): unknown {
    const value = this.#value(0);
    if (this.#at !== this.#bytes.length) throw new ProtocolError('trailing_bytes');
    return value;
  }

  #value(depth: number): unknown {
    const head = this.#byte();
    if (head <= 0x7f) return head; // positive fixint
    if (head >= 0xe0) return head - 0x100; // negative fixint
    if (head <= 0x8f) return this.#map(head & 0x0f, depth);
    if (head <= 0x9f) return this.#array(head & 0x0f, depth);
    if (head <= 0xbf) return this.#text(head & 0x1f);
    return this.#tagged(head, depth);
  }

  #tagged(head: number, depth: number): unknown {
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca: // float32
      case 0xcb: // float64
        return this.#float(head === 0xca ? 4 : 8);
      case 0xcc: // uint8 … uint64
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#unsigned(1 << (head - 0xcc));
      case 0xd0: // int8 … int64
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return this.#signed(1 << (head - 0xd0));
      case 0xd9: // str8 … str32
      case 0xda:
      case 0xdb:
        return this.#text(this.#unsigned(1 << (head - 0xd9)));
      case 0xdc: // array16, array32
      case 0xdd:
        return this.#array(this.#unsigned(1 << (head - 0xdb)), depth);
      case 0xde: // map16, map32
      case 0xdf:
        return this.#map(this.#unsigned(1 << (head - 0xdd)), depth);
      default: // bin, ext, and 0xc1, which the specification never uses
        throw new ProtocolError('forbidden_type');
    }
  }

  #map(size: number, depth: number): Container {
    this.#checkContainer(size, depth);
    const map: Container = {};
    for (let entry = 0; entry < size; entry += 1) {
      const key = this.#key();
      if (Object.hasOwn(map, key)) throw new ProtocolError('duplicate_key');
      map[key] = this.#value(depth + 1);
    }
    return map;
  }

  #array(size: number, depth: number): unknown[] {
    this.#checkContainer(size, depth);
    // Of its final size: an array that grows keeps room for 17, as long as the hold it is part of.
    const array = new Array<unknown>(size);
    for (let entry = 0; entry < size; entry += 1) array[entry] = this.#value(depth + 1);
    return array;
  }

  /** A key is short text: no key of ours needs more than the 31 bytes of a fixstr. */
  #key(): string {
    const head = this.#byte();
    if (head < 0xa0 || head > 0xbf) throw new ProtocolError('forbidden_key');
    const key = this.#text(head & 0x1f);
    if (key.startsWith('__')) throw new ProtocolError('forbidden_key'); // __proto__ and its kin
    return key;
  }

  #text(length: number): string {
    if (length > this.#bounds.stringBytesMax) throw new ProtocolError('string_too_long');
    const begin = this.#at;
    this.#skip(length);
    return texts.read(this.#bytes, begin, this.#at);
  }

  #unsigned(width: number): number {
    const begin = this.#at;
    this.#skip(width);
    let value = 0;
    for (let index = begin; index < this.#at; index += 1) value = value * 256 + this.#bytes[index]!;
    return value;
  }

  #signed(width: number): number {
    const value = this.#unsigned(width);
    return value >= 2 ** (8 * width - 1) ? value - 2 ** (8 * width) : value;
  }

  #float(width: 4 | 8): number {
    const begin = this.#at;
    this.#skip(width);
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + begin, width);
    return width === 4 ? view.getFloat32(0) : view.getFloat64(0);
  }

  #checkContainer(size: number, depth: number): void {
    if (depth >= this.#bounds.depthMax) throw new ProtocolError('too_deep');
    if (size > this.#bounds.entriesMax) throw new ProtocolError('too_many_entries');
  }

  #skip(length: number): void {
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new ProtocolError('truncated');
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new ProtocolError('truncated');
    this.#at += 1;
    return byte;
  }
}

const texts = new TextCache();
