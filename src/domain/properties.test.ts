import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Story } from '../../test/setup/story.ts';
import { evolve } from './evolve.ts';
import { violations } from './invariants.ts';
import { fromPlain, toPlain } from './snapshot.ts';
import { emptyShow } from './state.ts';

const who = fc.constantFrom('ana', 'bia', 'caio');
const hold = fc.constantFrom('h1', 'h2', 'h3', 'h4', 'h5', 'h6');
const order = fc.constantFrom('o1', 'o2', 'o3', 'o4', 'o5');
const charge = fc.constantFrom('k1', 'k2', 'k3', 'k4');
const own = fc.constantFrom('x1', 'x2', 'x3', 'x4');
const lot = fc.constantFrom('A', 'B', 'Z');
const quantity = fc.integer({ min: -1, max: 5 });

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
    weight: 4,
    arbitrary: fc.tuple(order, who, hold).map(([o, w, h]) => `checkout ${o} ${w} ${h}`),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(charge, order, fc.constantFrom('', ' 1', ' 99999', ' 10000'))
      .map(([k, o, cents]) => `pay ${k} ${o}${cents}`),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(own, fc.constantFrom('ana', 'bia', 'caio', '-'), order, fc.nat(3))
      .map(([x, w, o, serial]) => `refund ${x} ${w} ${o}${serial === 0 ? '' : ` ${serial}`}`),
  },
  { weight: 2, arbitrary: fc.tuple(own, who, order).map(([x, w, o]) => `cancel ${x} ${w} ${o}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('begin', 'fail', 'chargeback'), charge, order)
      .map(([verb, k, o]) => `${verb} ${k} ${o}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('x1', 'x2', 'stray:k1', 'stray:k2', 'excess:k1'), order)
      .map(([refund, o]) => `back ${refund} ${o}`),
  },
  { weight: 1, arbitrary: order.map((o) => `sign ${o}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'pause p1',
      'pause p2',
      'open q1',
      'open q2 2m',
      'open q3',
      'undo u1',
    ),
  },
  { weight: 3, arbitrary: fc.constantFrom('wait 1m', 'wait 6m', 'wait 10m', 'wait 25h') },
);

it('whatever is asked in whatever order, the sums add up and the history tells the same', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
      const story = new Story();
      for (const each of ['create c 4 1000', 'lot A 5', 'lot B 3', 'open q', ...rows]) {
        story.tell(each);
        expect(violations(story.state)).toEqual([]);
      }
      const replayed = emptyShow(story.state.event);
      for (const { fact, at } of story.facts) evolve(replayed, fact, at);
      expect(toPlain(replayed)).toEqual(toPlain(story.state));
      expect(toPlain(fromPlain(toPlain(story.state)))).toEqual(toPlain(story.state));
    }),
    { numRuns: 1_000 },
  );
});

it('a state that was saved and loaded goes on as if it had not been', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), fc.nat(60), (rows, half) => {
      const story = new Story();
      for (const each of ['create c 4 1000', 'lot A 5', 'lot B 3', 'open q', ...rows])
        story.tell(each);
      let state = emptyShow(story.state.event);
      for (const [index, { fact, at }] of story.facts.entries()) {
        if (index === half) state = fromPlain(toPlain(state));
        evolve(state, fact, at);
      }
      expect(violations(state)).toEqual([]);
      expect(toPlain(state)).toEqual(toPlain(story.state));
    }),
    { numRuns: 500 },
  );
});

it('the same question twice has the same answer, and asking changes nothing', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), row, (rows, question) => {
      const story = new Story();
      for (const each of ['create c 4 1000', 'lot A 5', 'lot B 3', 'open q', ...rows])
        story.tell(each);
      const [verb = '', ...words] = question.split(' ');
      if (verb === 'wait') return;
      const before = toPlain(story.state);
      const command = story.command(verb, words);
      const first = story.decide(command);
      expect(story.decide(command)).toEqual(first);
      expect(toPlain(story.state)).toEqual(before);
    }),
    { numRuns: 500 },
  );
});
