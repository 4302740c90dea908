import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmap } from './bitmap.ts';
import { BitsError } from './bits.ts';
import { decodeSet, encodeSet } from './number-set.ts';

const sets = fc
  .integer({ min: 0, max: 3_000 })
  .chain((universe) =>
    fc.tuple(
      fc.constant(universe),
      universe === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(universe - 1), { maxLength: 400 }),
    ),
  );

describe('A set of numbers in few bytes', () => {
  it('is read as it was written, and only that much', () => {
    fc.assert(
      fc.property(sets, ([universe, numbers]) => {
        const bytes = encodeSet(Bitmap.of(numbers), universe);
        const [set, length] = decodeSet(Uint8Array.from([...bytes, 7, 7]), universe);
        expect([...set.numbers()]).toEqual([...numbers].sort((a, b) => a - b));
        expect(length).toBe(bytes.length);
      }),
    );
  });

  it('has one way to be written: what is read writes the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(200), (bytes, universe) => {
        try {
          const [set, length] = decodeSet(bytes, universe);
          expect(encodeSet(set, universe)).toEqual(bytes.subarray(0, length));
        } catch (error) {
          expect(error).toBeInstanceOf(BitsError);
        }
      }),
    );
  });

  it.each([
    [0.5, 12_501],
    [0.2, 9_300],
    [0.05, 3_750],
    [0.01, 1_100],
    [0.0001, 25],
    [0.95, 3_750],
    [0, 5],
    [1, 5],
  ])('of %d of 100 000 takes at most %i bytes', (share, bytesMax) => {
    const numbers = Array.from({ length: 100_000 }, (_, number) => number).filter(
      (number) => hashOf(number) < share,
    );
    expect(encodeSet(Bitmap.of(numbers), 100_000).length).toBeLessThanOrEqual(bytesMax);
  });

  it('is refused when it ends early, at every byte', () => {
    const bytes = encodeSet(Bitmap.of([1, 5, 700, 2_999]), 3_000);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeSet(bytes.subarray(0, length), 3_000)).toThrow(BitsError);
    }
  });
});

/** Evenly spread below 1, the same each time. */
function hashOf(number: number): number {
  let hash = Math.imul(number + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
