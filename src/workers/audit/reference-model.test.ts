import fc from 'fast-check';
import { expect, it } from 'vitest';
import { minute, Story } from '../../../test/setup/story.ts';
import { anyRows } from '../../../test/setup/story-rows.ts';
import { evolve } from '../../domain/evolve.ts';
import { emptyShow } from '../../domain/state.ts';
import { ReferenceModel } from './reference-model.ts';

const hour = 60 * minute;

it('finds nothing wrong with what the domain does, and counts the same after every fact', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const { facts, state } = told(rows);
      const evolved = emptyShow(state.event);
      const found: string[] = [];
      const model = new ReferenceModel((invariant, sentence) => {
        found.push(`${invariant}: ${sentence}`);
      });
      for (const { fact, at } of facts) {
        evolve(evolved, fact, at);
        model.count(fact, at);
        expect(found).toEqual([]);
        expect(sumsOf(model.lots)).toEqual(sumsOf(evolved.lots));
        const holds = new Map(model.holds());
        for (const { id, status, items, expiresAt, isExtended } of evolved.holds.values()) {
          const isLive = status === 'held';
          // What a hold was of is no matter once all of it went back.
          const left = status === 'refunded' ? [] : items;
          const known = { status, items: left, ...(isLive && { expiresAt, isExtended }) };
          expect(holds.get(id)).toMatchObject(known);
        }
      }
      model.endTurn();
      expect(found).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

it('forgets what can never come again, and nothing that counts', () => {
  const { facts, now } = told([
    ...['reserve h1 ana A 1', 'reserve h2 bia A 1', 'checkout o2 bia h2'],
    ...['pay k2 o2', 'wait 1h'],
  ]);
  const model = new ReferenceModel(() => {});
  for (const { fact, at } of facts) model.count(fact, at);
  expect([...model.holds()].map(([, { status }]) => status)).toEqual(['expired', 'paid']);
  model.count({ type: 'sale_opened' }, now + 25 * hour);
  expect([...model.holds()].map(([, { status }]) => status)).toEqual(['paid']);
});

it('lets an id be used again when nobody can know it any more', () => {
  const { facts, now } = told(['pause p']);
  const found: string[] = [];
  const model = new ReferenceModel((invariant) => found.push(invariant));
  for (const { fact, at } of facts) model.count(fact, at);
  const pause = facts.at(-1)!.fact;
  model.count({ type: 'owned' } as never, now + 23 * hour);
  model.count(pause, now + 24 * hour + 5 * minute);
  expect(found).toEqual([]);
  model.count(pause, now + 48 * hour);
  expect(found).toEqual(['id_once']);
});

it('misses the show that a lot is of', () => {
  const found: string[] = [];
  const model = new ReferenceModel((invariant) => found.push(invariant));
  const [lotOpened] = told([]).facts.filter(({ fact }) => fact.type === 'lot_opened');
  model.count(lotOpened!.fact, lotOpened!.at);
  expect(found).toEqual(['sale_order']);
});

function told(rows: readonly string[]): Story {
  const story = new Story();
  for (const row of ['create c 4 1000', 'lot A 5', 'lot B 3', 'open q', ...rows]) story.tell(row);
  return story;
}

function sumsOf(lots: ReadonlyMap<string, { readonly held: number; readonly sold: number }>) {
  return [...lots].map(([id, { held, sold }]) => ({ id, held, sold }));
}
