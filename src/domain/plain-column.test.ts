import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column } from './columns.ts';
import { columnsIn, fillColumn, plainColumn, shorten } from './plain-column.ts';

type Saved = Exclude<Column, Int32Array>;

function short(column: Saved, rows: number) {
  const plain = plainColumn(column, rows);
  shorten(plain);
  return plain;
}

function loaded<T extends Column>(saved: Saved, into: T): T {
  const plain = short(saved, saved.length);
  // Where it begins in a snapshot is anywhere.
  const bytes = Uint8Array.of(0, ...plain.bytes).subarray(1);
  fillColumn(into, { ...plain, bytes });
  return into;
}

describe('a column of a snapshot', () => {
  it('has the numbers it was made of', () => {
    const number = fc.oneof(
      fc.integer({ min: 0, max: 3 }),
      fc.nat(70_000),
      fc.maxSafeInteger(),
      fc.double().filter((value) => !Object.is(value, -0)),
    );
    fc.assert(
      fc.property(fc.array(number), fc.maxSafeInteger(), (numbers, base) => {
        for (const each of [numbers, numbers.map((value) => base + value)]) {
          const column = Float64Array.from(each);
          expect(loaded(column, new Float64Array(each.length))).toEqual(column);
        }
      }),
    );
    const small = fc.uint32Array();
    fc.assert(
      fc.property(small, (column) => {
        expect(loaded(column, new Uint32Array(column.length))).toEqual(column);
      }),
    );
  });

  it('leaves what is behind it as it was', () => {
    const column = Uint32Array.of(9, 9, 9, 9);
    fillColumn(column, short(Uint32Array.of(5, 700), 2));
    expect(column).toEqual(Uint32Array.of(5, 700, 9, 9));
  });

  const time = 1_780_000_000_000;
  it.each([
    ['none where all are the same', [time, time, time], 0],
    ['none where there are none', [], 0],
    ['one up to 255 apart', [time, time + 255], 1],
    ['two up to 65 535 apart', [time, time + 256, time + 65_535], 2],
    ['four up to 4 294 967 295 apart', [time, time + 65_536, time + 0xffff_ffff], 4],
    ['eight further apart', [time, time + 0x1_0000_0000], 8],
    ['eight where one is not whole', [1, 1.5], 8],
    ['eight where one is no number', [1, Number.NaN], 8],
    ['eight where one has no end', [1, Number.POSITIVE_INFINITY], 8],
  ])('has bytes of a number: %s', (_, numbers, width) => {
    const plain = short(Float64Array.from(numbers), numbers.length);
    expect(plain).toMatchObject({ width, rows: numbers.length });
    expect(plain.bytes.length).toBe(width * numbers.length);
  });

  it.each([
    Uint8Array.of(7, 255),
    Uint16Array.of(7, 65_535),
    Uint32Array.of(7, 0xffff_ffff),
    Float64Array.of(7, 1.5, Number.NaN),
  ])('is whole before it is short, and stays so when it is shortened twice', (column) => {
    const plain = plainColumn(column, column.length);
    for (const make of [() => {}, shorten, shorten]) {
      make(plain);
      const copy = Float64Array.from(column).fill(0);
      fillColumn(copy, plain);
      expect(copy).toEqual(Float64Array.from(column));
    }
  });

  it('is a copy', () => {
    const column = Float64Array.of(1, 2);
    const plain = plainColumn(column, 2);
    column[0] = 9;
    const copy = new Float64Array(2);
    fillColumn(copy, plain);
    expect(copy).toEqual(Float64Array.of(1, 2));
  });

  it('is found wherever it is, and nothing else is', () => {
    const [one, two] = [plainColumn(Uint8Array.of(1), 1), plainColumn(Uint8Array.of(2), 1)];
    const plain = { name: 'x', none: null, bytes: new Uint8Array(3), one, deeper: [{ two }] };
    expect([...columnsIn(plain)]).toEqual([one, two]);
  });
});
