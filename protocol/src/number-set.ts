import { Bitmap } from './bitmap.ts';
import { BitReader, BitsError, BitWriter } from './bits.ts';

/**
 * A set of numbers below `universe` in about as few bytes as there can be. Of a random set that has
 * the share p of them nothing can be left out below H(p) bits for each number of the universe:
 *
 *     half of 100 000    12 500 bytes      a bit for each, which is what is written then
 *     5 % of 100 000      3 580 bytes      gaps as Rice codes take 3 730
 *     95 % of 100 000     3 580 bytes      the same, of those that are missing
 *
 * A Rice code of k bits is the gap divided by 2ᵏ in unary and the rest in k bits; the best k is
 * about log₂ of the middle gap. A byte in front says which form it is: bits, or k, with 64 added when
 * the codes are of those that are missing. A set is written in one way only, and nothing else is
 * read.
 */
const plain = 255;
const missing = 64;
const riceBitsMax = 24;

export function encodeSet(set: Bitmap, universe: number): Uint8Array {
  const form = formOf(set, universe);
  const writer = new BitWriter();
  writer.bits(form, 8);
  if (form === plain) {
    for (let number = 0; number < universe; number += 1) writer.bit(set.has(number) ? 1 : 0);
  } else {
    const numbers = listed(set, universe, form >= missing);
    writer.bits(numbers.length, 32);
    writeRice(writer, numbers, form % missing);
  }
  return writer.bytes();
}

/**
 * A set that begins `bytes`, and how many of them it takes.
 *
 * @throws {BitsError} it is no set below `universe`, or not as `encodeSet` writes it
 */
export function decodeSet(bytes: Uint8Array, universe: number): readonly [Bitmap, number] {
  const reader = new BitReader(bytes);
  const form = reader.bits(8);
  const set = form === plain ? readPlain(reader, universe) : readCoded(reader, universe, form);
  const length = reader.end();
  if (form !== formOf(set, universe)) throw new BitsError('a set is written in another way');
  return [set, length];
}

function formOf(set: Bitmap, universe: number): number {
  const isMissing = set.size * 2 > universe;
  const numbers = listed(set, universe, isMissing);
  const k = riceBits(numbers.length, universe);
  if (riceLength(numbers, k) >= universe) return plain;
  return isMissing ? missing + k : k;
}

/** The numbers that are in it, or those that are not. */
function listed(set: Bitmap, universe: number, isMissing: boolean): number[] {
  if (!isMissing) return [...set.numbers()];
  const numbers: number[] = [];
  for (let number = 0; number < universe; number += 1) if (!set.has(number)) numbers.push(number);
  return numbers;
}

function readPlain(reader: BitReader, universe: number): Bitmap {
  const set = new Bitmap(universe);
  for (let number = 0; number < universe; number += 1) if (reader.bit() === 1) set.add(number);
  return set;
}

function readCoded(reader: BitReader, universe: number, form: number): Bitmap {
  const size = reader.bits(32);
  const k = form % missing;
  if (form >= 2 * missing || k > riceBitsMax || size > universe) {
    throw new BitsError('a set is larger than it can be');
  }
  const numbers = readRice(reader, universe, k, size);
  return form < missing ? numbers : Bitmap.of(listed(numbers, universe, true));
}

function writeRice(writer: BitWriter, numbers: readonly number[], k: number): void {
  for (const gap of gapsOf(numbers)) {
    writer.unary(Math.floor(gap / 2 ** k));
    writer.bits(gap % 2 ** k, k);
  }
}

function readRice(reader: BitReader, universe: number, k: number, size: number): Bitmap {
  const set = new Bitmap(universe);
  let next = 0;
  for (let left = size; left > 0; left -= 1) {
    const number = next + reader.unary(universe / 2 ** k) * 2 ** k + reader.bits(k);
    if (number >= universe) throw new BitsError('a number is beyond the universe');
    set.add(number);
    next = number + 1;
  }
  return set;
}

function riceBits(size: number, universe: number): number {
  const middleGap = size === 0 ? 0 : ((universe - size) / size) * Math.LN2;
  return Math.min(riceBitsMax, Math.max(0, Math.ceil(Math.log2(Math.max(1, middleGap)))));
}

/** In bits, without the form. */
function riceLength(numbers: readonly number[], k: number): number {
  let bits = 32;
  for (const gap of gapsOf(numbers)) bits += Math.floor(gap / 2 ** k) + 1 + k;
  return bits;
}

/** How many numbers are missing before each. */
function* gapsOf(numbers: readonly number[]): Generator<number> {
  let next = 0;
  for (const number of numbers) {
    yield number - next;
    next = number + 1;
  }
}
