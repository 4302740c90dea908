import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nowhere, RowIndex } from './row-index.ts';

const rowsMax = 8;
/** Few hashes, so that nearly all of them meet in one slot; the high bits tell them apart. */
const hash = fc.tuple(fc.nat(3), fc.nat(2)).map(([low, high]) => low + 16 * high);
const step = fc.tuple(fc.boolean(), hash, fc.nat(rowsMax - 1));

it('finds every row by its hash, whatever was added and removed before', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const index = new RowIndex(rowsMax);
      const hashes = new Map<number, number>();
      for (const [isNew, hash, row] of steps) {
        const known = hashes.get(row);
        if (isNew && known === undefined) {
          index.add(hash, row);
          hashes.set(row, hash);
        } else if (known !== undefined) {
          index.delete(known, row);
          hashes.delete(row);
        }
        for (let each = 0; each < 64; each += 1) {
          const expected = [...hashes.keys()].filter((one) => hashes.get(one) === each);
          expect(rowsOf(index, each)).toEqual(expected.sort());
        }
      }
    }),
    { numRuns: 300 },
  );
});

function rowsOf(index: RowIndex, hash: number): number[] {
  const rows: number[] = [];
  for (let row = index.first(hash); row !== nowhere; row = index.next()) rows.push(row);
  return rows.sort();
}
