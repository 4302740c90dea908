import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NumberColumns } from './number-columns.ts';

it('has what was written, before it grew and after, saved and loaded', () => {
  const write = fc.record({ row: fc.nat(99), value: fc.maxSafeNat(), isNew: fc.boolean() });
  fc.assert(
    fc.property(fc.array(write), (writes) => {
      const columns = new NumberColumns(2);
      const rows: [number, number][] = [];
      for (const { row: old, value, isNew } of writes) {
        const row = isNew ? rows.length : old % (rows.length + 1);
        if (isNew || row === rows.length) {
          columns.clear(row);
          rows[row] = [0, 0];
        }
        const place = value % 2;
        columns.set(row, place, value);
        rows[row]![place as 0 | 1] = value;
      }
      const loaded = new NumberColumns(2, columns.plain(rows.length));
      for (const each of [columns, loaded]) {
        expect(rows.map((_, row) => [each.get(row, 0), each.get(row, 1)])).toEqual(rows);
      }
    }),
  );
});
