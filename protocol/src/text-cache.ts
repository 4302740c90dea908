import { readUuidText, uuidBytes } from './ascii.ts';
import { ProtocolError } from './errors.ts';

/** A power of two: where a text belongs is the low bits of its hash. */
const slots = 4_096;
/** A UUID has 36; longer texts are rarely the same again. */
const lengthMax = 40;

/**
 * Text from bytes. Keys, types and the ids of shows and lots come again in every frame: a short
 * ASCII text that was read lately is given back instead of made again, which costs a third and
 * leaves nothing to collect. Holds at most `slots` texts.
 */
export class TextCache {
  readonly #texts: (string | undefined)[] = new Array(slots).fill(undefined);

  /** @throws {ProtocolError} `invalid_text`: not UTF-8 */
  read(bytes: Uint8Array, begin: number, end: number): string {
    if (end - begin > lengthMax) return decode(bytes, begin, end);
    const slot = hashOf(bytes, begin, end) & (slots - 1);
    const known = this.#texts[slot];
    if (known !== undefined && isSame(known, bytes, begin, end)) return known;
    const text = newText(bytes, begin, end);
    if (text.length === end - begin) this.#texts[slot] = text;
    return text;
  }
}

/** FNV-1a, 32 bits. */
function hashOf(bytes: Uint8Array, begin: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = begin; index < end; index += 1) {
    hash = Math.imul(hash ^ bytes[index]!, 0x01000193);
  }
  return hash ^ (hash >>> 15);
}

/** Byte for unit: a text beyond ASCII has other units than bytes, and is never the same. */
function isSame(text: string, bytes: Uint8Array, begin: number, end: number): boolean {
  if (text.length !== end - begin) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) !== bytes[begin + index]) return false;
  }
  return true;
}

/** Ids of commands are new in every frame. */
function newText(bytes: Uint8Array, begin: number, end: number): string {
  if (end - begin !== uuidBytes) return decode(bytes, begin, end);
  const view = new DataView(bytes.buffer, bytes.byteOffset + begin, uuidBytes);
  return readUuidText(view, 0) ?? decode(bytes, begin, end);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array, begin: number, end: number): string {
  try {
    return utf8.decode(bytes.subarray(begin, end));
  } catch (cause) {
    throw new ProtocolError('invalid_text', { cause });
  }
}
