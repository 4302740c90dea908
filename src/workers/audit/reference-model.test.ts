import fc from 'fast-check';
import { expect, it } from 'vitest';
import { minute, Story } from '../../../test/setup/story.ts';
import { evolve } from '../../domain/evolve.ts';
import { emptyShow } from '../../domain/state.ts';
import { ReferenceModel } from './reference-model.ts';

const who = fc.constantFrom('ana', 'bia', 'caio');
const hold = fc.constantFrom('h1', 'h2', 'h3', 'h4', 'h5', 'h6');
const own = fc.constantFrom('x1', 'x2', 'x3', 'x4');
const lot = fc.constantFrom('A', 'B');
const quantity = fc.integer({ min: 0, max: 5 });
const again = 'again';
const hour = 60 * minute;

/** Commands of every kind, many of them refused, and retries of the one before. */
const row = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(hold, who, lot, quantity)
      .map(([h, w, l, q]) => `reserve ${h} ${w} ${l} ${q}`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(hold, who, quantity, quantity)
      .map(([h, w, a, b]) => `reserve ${h} ${w} A ${a} B ${b}`),
  },
  { weight: 3, arbitrary: fc.tuple(own, who, hold).map(([x, w, h]) => `extend ${x} ${w} ${h}`) },
  { weight: 4, arbitrary: fc.tuple(own, who, hold).map(([x, w, h]) => `release ${x} ${w} ${h}`) },
  { weight: 3, arbitrary: hold.map((h) => `pay k ${h}`) },
  { weight: 2, arbitrary: fc.constantFrom('pause p1', 'pause p2', 'open o1', 'open o2 2m') },
  { weight: 3, arbitrary: fc.constantFrom('wait 1m', 'wait 6m', 'wait 10m', 'wait 25h') },
  { weight: 2, arbitrary: fc.constant(again) },
);

it('finds nothing wrong with what the domain does, and counts the same after every fact', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
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
        for (const { id, status, expiresAt, isExtended } of evolved.holds.values()) {
          expect(holds.get(id)).toMatchObject({ status, expiresAt, isExtended });
        }
      }
    }),
    { numRuns: 500 },
  );
});

it('forgets what can never come again, and nothing that counts', () => {
  const { facts, now } = told(['reserve h1 ana A 1', 'reserve h2 bia A 1', 'pay k h2', 'wait 1h']);
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

/** A story in which no charge comes twice: what a provider has taken it does not take again. */
function told(rows: readonly string[]): Story {
  const story = new Story();
  let last = '';
  for (const [index, each] of ['create c 4', 'lot A 5', 'lot B 3', 'open o', ...rows].entries()) {
    if (each !== again) last = each.replace('pay k', `pay k${index}`);
    story.tell(last);
  }
  return story;
}

function sumsOf(lots: ReadonlyMap<string, { readonly held: number; readonly sold: number }>) {
  return [...lots].map(([id, { held, sold }]) => ({ id, held, sold }));
}
