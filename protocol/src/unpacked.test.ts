import fc from 'fast-check';
import { Unpackr } from 'msgpackr/unpack';
import { describe, expect, it } from 'vitest';
import { pack } from './packed.ts';
import { PackedBytesError, unpack } from './unpacked.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
  fc.uuid(),
  fc.uuid().map((id) => id.replace(/./, 'ç')),
  fc.constantFrom('type', 'reserved', 'released', 'é'),
);

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }).filter((value) => !Object.is(value, -0)),
    text,
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('value'),
      { noNullPrototype: true },
    ),
  ),
})).value;

describe('unpack', () => {
  it('gives what was packed, and what an implementation that is not ours gives', () => {
    const library = new Unpackr({ useRecords: false, mapsAsObjects: true });
    fc.assert(
      fc.property(plain, (value) => {
        const bytes = pack(value);
        expect(unpack(bytes)).toEqual(value);
        expect(unpack(bytes)).toEqual(library.unpack(bytes));
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives bytes as views of where they lie', () => {
    const packed = Buffer.concat([Buffer.from('before'), pack([Uint8Array.of(1, 2, 3)])]);
    const [bytes] = unpack(packed.subarray(6)) as [Uint8Array];
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3));
    expect(bytes.buffer).toBe(packed.buffer);
  });

  it('stops at bytes that are not one value', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          unpack(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(PackedBytesError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('stops at a value that is cut off or goes on', () => {
    fc.assert(
      fc.property(plain, fc.nat(), (value, cut) => {
        const bytes = pack(value);
        expect(() => unpack(bytes.subarray(0, cut % bytes.length))).toThrow(PackedBytesError);
        expect(() => unpack(Uint8Array.of(...bytes, 0))).toThrow(PackedBytesError);
      }),
    );
  });

  const bad: readonly (readonly [string, readonly number[]])[] = [
    ['a key that is no text', [0x81, 0x01, 0x01]],
    ['a key of the prototype', [0x81, 0xa9, ...Buffer.from('__proto__'), 0x80]],
    ['more entries than bytes', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['an extension', [0xd4, 0x01, 0x01]],
    ['nothing', []],
  ];
  it.each(bad)('stops at %s', (_, bytes) => {
    expect(() => unpack(Uint8Array.from(bytes))).toThrow(PackedBytesError);
  });
});
