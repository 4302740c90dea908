import fc from 'fast-check';
import { expect, it } from 'vitest';
import { minute, Story } from '../../../test/setup/story.ts';
import { evolve } from '../../domain/evolve.ts';
import { emptyShow } from '../../domain/state.ts';
import { ReferenceModel } from './reference-model.ts';

const who = fc.constantFrom('ana', 'bia', 'caio');
const hold = fc.constantFrom('h1', 'h2', 'h3', 'h4', 'h5', 'h6');
const order = fc.constantFrom('o1', 'o2', 'o3', 'o4', 'o5');
const own = fc.constantFrom('x1', 'x2', 'x3', 'x4', 'x5', 'x6');
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
  {
    weight: 5,
    arbitrary: fc.tuple(order, who, hold).map(([o, w, h]) => `checkout ${o} ${w} ${h}`),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(order, fc.constantFrom('', '', '', ' 1', ' 99999'))
      .map(([o, cents]) => `pay k ${o}${cents}`),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(own, fc.constantFrom('ana', 'bia', 'caio', '-'), order, fc.nat(3))
      .map(([x, w, o, serial]) => `refund ${x} ${w} ${o}${serial === 0 ? '' : ` ${serial}`}`),
  },
  { weight: 1, arbitrary: fc.tuple(own, who, order).map(([x, w, o]) => `cancel ${x} ${w} ${o}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('begin', 'fail'), fc.constantFrom('t1', 't2', 't3'), order)
      .map(([verb, t, o]) => `${verb} ${t} ${o}`),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(60), order).map(([k, o]) => `chargeback k${k} ${o}`),
  },
  { weight: 1, arbitrary: fc.tuple(own, order).map(([x, o]) => `back ${x} ${o}`) },
  { weight: 1, arbitrary: order.map((o) => `sign ${o}`) },
  { weight: 1, arbitrary: fc.constantFrom('undo u1', 'pause p1') },
  { weight: 2, arbitrary: fc.constantFrom('pause p1', 'pause p2', 'open q1', 'open q2 2m') },
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
        for (const { id, status, items, expiresAt, isExtended } of evolved.holds.values()) {
          const isLive = status === 'held';
          const known = { status, items, ...(isLive && { expiresAt, isExtended }) };
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
    ...['pay k o2', 'wait 1h'],
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

/** A story in which no charge comes twice: what a provider has taken it does not take again. */
function told(rows: readonly string[]): Story {
  const story = new Story();
  let last = '';
  for (const [index, each] of [
    'create c 4 1000',
    'lot A 5',
    'lot B 3',
    'open q',
    ...rows,
  ].entries()) {
    if (each !== again) last = each.replace('pay k', `pay k${index}`);
    story.tell(last);
  }
  return story;
}

function sumsOf(lots: ReadonlyMap<string, { readonly held: number; readonly sold: number }>) {
  return [...lots].map(([id, { held, sold }]) => ({ id, held, sold }));
}
