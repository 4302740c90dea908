import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nowhere } from './row-index.ts';
import { UuidTable } from './uuid-table.ts';

const id = fc.uuid();
const few = fc.constantFrom(
  '01890000-0000-7000-8000-000000000001',
  '01890000-0000-7000-8000-000000000002',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '00000000-0000-0000-0000-000000000000',
);
const step = fc.oneof(
  fc.record({ type: fc.constant('add' as const), id: fc.oneof(id, few) }),
  fc.record({ type: fc.constant('delete' as const), index: fc.nat(40) }),
  fc.record({ type: fc.constant('save' as const) }),
);

describe('UuidTable', () => {
  it('has what a Map has, whatever is added and removed, saved or not', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let table = new UuidTable<string>();
        const rows = new Map<string, number>();
        for (const each of steps) {
          if (each.type === 'add') {
            rows.set(each.id, table.rowFor(each.id));
          } else if (each.type === 'delete') {
            const [gone, row] = [...rows][each.index] ?? [];
            if (gone === undefined || row === undefined) continue;
            table.delete(row);
            rows.delete(gone);
            expect(table.rowOf(gone)).toBe(nowhere);
          } else {
            table = new UuidTable(table.plain());
          }
          expect(table.size).toBe(rows.size);
          expect(new Set(rows.values()).size).toBe(rows.size);
          for (const [known, row] of rows) {
            expect(table.rowOf(known)).toBe(row);
            expect(table.idAt(row)).toBe(known);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same rows after it was saved as it would have given', () => {
    const ids = Array.from(
      { length: 100 },
      (_, index) => `01890000-0000-7000-8000-0000000000${`${index}`.padStart(2, '0')}`,
    );
    const table = new UuidTable<string>();
    for (const each of ids.slice(0, 50)) table.rowFor(each);
    for (const row of [7, 3, 40, 11]) table.delete(row);
    const saved = new UuidTable<string>(table.plain());
    const rowsOf = (each: UuidTable<string>) => ids.slice(50).map((word) => each.rowFor(word));
    expect(rowsOf(saved)).toEqual(rowsOf(table));
  });

  const strangers = [
    '',
    'h1',
    '01890000-0000-7000-8000-00000000000',
    '01890000-0000-7000-8000-00000000000A',
    '01890000-0000-7000-8000-00000000000g',
    '01890000-0000-7000-8000-0000000000001',
    '01890000+0000-7000-8000-000000000001',
    '018900000000-7000-8000-000000000001-',
    '01890000-0000-7000-8000-00000000000ı',
  ];
  it.each(strangers)('stops at %j, which is no UUID', (text) => {
    expect(() => new UuidTable<string>().rowFor(text)).toThrow('an id is a UUID');
  });
});

describe('a table of names', () => {
  it('tells texts of any kind apart', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(fc.string(), id), { minLength: 3 }), (texts) => {
        const table = new UuidTable<string>(undefined, { takesNames: true });
        const rows = texts.map((text) => table.rowFor(text));
        expect(new Set(rows).size).toBe(texts.length);
        expect(texts.map((text) => table.rowOf(text))).toEqual(rows);
      }),
    );
  });

  it('tells a hundred thousand charges apart', () => {
    const table = new UuidTable<string>(undefined, { takesNames: true });
    for (let charge = 0; charge < 100_000; charge += 1) table.rowFor(`paid:ch_${charge}`);
    expect(table.size).toBe(100_000);
  });

  it('makes no UUID of a text that a client could choose as an id', () => {
    const table = new UuidTable<string>(undefined, { takesNames: true });
    expect(table.idAt(table.rowFor('paid:ch_1'))).toMatch(/^.{14}8/);
  });
});
