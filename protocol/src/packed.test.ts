import fc from 'fast-check';
import { Packr } from 'msgpackr/pack';
import { describe, expect, it } from 'vitest';
import { pack } from './packed.ts';
import { unpack } from './unpacked.ts';

/** Everything that messages, facts and snapshots are made of. */
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }).filter((value) => !Object.is(value, -0)),
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(
      fc.string({ minLength: 1 }).filter((key) => !key.startsWith('__')),
      tie('value'),
    ),
  ),
})).value;

describe('pack', () => {
  it('writes what an implementation that is not ours writes, byte for byte', () => {
    const library = new Packr({ useRecords: false });
    fc.assert(
      fc.property(plain, (value) => {
        expect(Buffer.compare(pack(value), library.pack(value))).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });

  const lengths = [0, 1, 31, 32, 127, 128, 129, 255, 256, 65_535, 65_536, 200_000];
  it.each(lengths)('keeps text, bytes and arrays of %d', (length) => {
    const values = [
      'a'.repeat(length),
      'ç'.repeat(length),
      new Uint8Array(length).fill(7),
      new Array<number>(length).fill(1),
      Object.fromEntries(Array.from({ length: Math.min(length, 70_000) }, (_, key) => [key, 1])),
    ];
    for (const value of values) expect(normal(unpack(pack(value)))).toEqual(value);
  });

  const edges = [0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000, 0xffff_ffff, 0x1_0000_0000];
  it.each(edges)('keeps numbers around %d', (edge) => {
    const numbers = [edge - 1, edge, edge + 1, -edge - 1, -edge, 1 - edge, edge + 0.5];
    expect(unpack(pack(numbers))).toEqual(numbers);
  });

  it('keeps what is too large for the memory that messages share', () => {
    const large = {
      text: 'ç'.repeat(700_000),
      bytes: new Uint8Array(900_000).fill(7),
      numbers: Array.from({ length: 100_000 }, (_, index) => index * 1.5),
    };
    const before = pack('before');
    const packed = pack(['small', large]);
    const after = pack('after');
    expect([before, packed, after].map((bytes) => normal(unpack(bytes)))).toEqual([
      'before',
      ['small', large],
      'after',
    ]);
    expect(after.buffer).not.toBe(packed.buffer);
  });

  it('leaves out what is undefined, as the other notation does', () => {
    expect(unpack(pack({ type: 'bye', retryAfterMs: undefined }))).toEqual({ type: 'bye' });
  });

  it('never writes again what it has handed out', () => {
    const values = Array.from({ length: 500 }, (_, index) => `${index}`.repeat(index));
    const packed = values.map((value) => pack(value));
    expect(packed.map((bytes) => unpack(bytes))).toEqual(values);
  });
});

/** Libraries give Buffers where we give plain views of bytes. */
function normal(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, normal(each)]));
}
