import { type HoldId, type LotId, type SubjectId, uuid7 } from '@ingressou/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HoldTable, type NewHold } from './hold-table.ts';

const ana = idOf<SubjectId>('ana');
const bia = idOf<SubjectId>('bia');
const lotA = idOf<LotId>('A');
const lotB = idOf<LotId>('B');

function idOf<T extends HoldId | SubjectId | LotId>(name: string): T {
  return uuid7<HoldId>(0, new TextEncoder().encode(name.padStart(10, '.'))) as string as T;
}

function newHold(name: string, more: Partial<NewHold> = {}): NewHold {
  const items = [{ lot: lotA, quantity: 1 }];
  return { id: idOf(name), wish: 1, subject: ana, items, expiresAt: 1_000, ...more };
}

describe('HoldTable', () => {
  it('knows what each buyer has, whichever holds end in whatever order', () => {
    const step = fc.record({
      hold: fc.nat(9),
      subject: fc.constantFrom(ana, bia),
      quantity: fc.nat(3).map((more) => more + 1),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, isSaved) => {
        let table = new HoldTable();
        const live = new Map<number, NewHold & { readonly row: number }>();
        for (const [at, { hold, subject, quantity }] of steps.entries()) {
          const ending = live.get(hold);
          if (ending === undefined) {
            const items = [{ lot: lotA, quantity }];
            const made = newHold(`h${at}`, { subject, items, expiresAt: at });
            live.set(hold, { ...made, row: table.add(made) });
          } else {
            table.end(ending.row, 'released', at);
            live.delete(hold);
          }
          if (isSaved) table = new HoldTable(table.plain());
          for (const who of [ana, bia]) {
            const theirs = [...live.values()].filter((one) => one.subject === who);
            theirs.sort((one, other) => one.expiresAt - other.expiresAt);
            expect(table.of(who).map(({ id }) => id)).toEqual(theirs.map(({ id }) => id));
            const units = theirs.reduce((sum, one) => sum + (one.items[0]?.quantity ?? 0), 0);
            expect(table.unitsOf(who)).toBe(units);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('forgets what ended at that time or before, and nothing that lives', () => {
    const table = new HoldTable();
    const rows = ['early', 'exact', 'late', 'live'].map((name) => table.add(newHold(name)));
    table.end(rows[0]!, 'released', 9);
    table.end(rows[1]!, 'expired', 10);
    table.end(rows[2]!, 'released', 11);
    table.forget(10);
    expect([...table.values()].map(({ id }) => id)).toEqual([idOf('late'), idOf('live')]);
    table.forget(11);
    expect([...table.values()].map(({ id }) => id)).toEqual([idOf('live')]);
  });

  it('gives the memory of what it forgot to what comes', () => {
    const table = new HoldTable();
    const sizes = new Set<number>();
    for (let round = 0; round < 200; round += 1) {
      const lists = [
        [{ lot: lotA, quantity: 1 + (round % 20) }],
        [
          { lot: lotA, quantity: 1 + (round % 19) },
          { lot: lotB, quantity: 1 },
        ],
      ];
      for (const [index, items] of lists.entries()) {
        const subject = idOf<SubjectId>(`s${round}`);
        table.end(table.add(newHold(`${round}-${index}`, { items, subject })), 'released', round);
      }
      table.forget(round);
      const { ids, subjects, itemLists, ages } = table.plain();
      const words = ids.words.length + subjects.words.length;
      sizes.add(words + itemLists.lists.length + ages.at.rows);
    }
    expect(sizes.size).toBe(1);
    expect(table.size).toBe(0);
    expect(table.buyers).toBe(0);
  });

  it('keeps a hold as it was made and as it changed', () => {
    const table = new HoldTable();
    const row = table.add(newHold('h', { wish: 2 ** 53 - 1, expiresAt: 1_700_000_000_000 }));
    const made = { ...newHold('h'), wish: 2 ** 53 - 1, expiresAt: 1_700_000_000_000 };
    const until = { reservedUntil: 1_700_000_000_000 };
    expect(table.at(row)).toEqual({
      ...made,
      ...until,
      status: 'held',
      isExtended: false,
      checkouts: 0,
    });
    table.extend(row, 1_700_000_300_000);
    table.sell(row);
    expect(new HoldTable(table.plain()).get(made.id)).toEqual({
      ...made,
      ...until,
      expiresAt: 1_700_000_300_000,
      status: 'paid',
      isExtended: true,
      checkouts: 0,
    });
  });
});
