import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Story } from '../../test/setup/story.ts';
import { anyRow, anyRows } from '../../test/setup/story-rows.ts';
import { type Effect, forFollowers } from './effects.ts';
import { evolve } from './evolve.ts';
import type { Fact } from './facts.ts';
import { violations } from './invariants.ts';
import { fromPlain, toPlain } from './snapshot.ts';
import { emptyShow } from './state.ts';

const opening = ['create c 4 1000 30d rotating', 'lot A 5', 'lot B 3', 'open q'];

function storyOf(rows: readonly string[]): Story {
  const story = new Story();
  for (const each of [...opening, ...rows]) story.tell(each);
  return story;
}

/** What a replay reads of a fact. */
function effectOf(fact: Fact): Effect {
  const unread: readonly string[] = { ...forFollowers }[fact.type as string] ?? [];
  const read = Object.entries(fact).filter(([key]) => !unread.includes(key));
  return Object.fromEntries(read) as unknown as Effect;
}

it('whatever is asked in whatever order, the sums add up and the history tells the same', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const story = new Story();
      for (const each of [...opening, ...rows]) {
        story.tell(each);
        expect(violations(story.state)).toEqual([]);
      }
      const replayed = emptyShow(story.state.event);
      for (const { fact, at } of story.facts) evolve(replayed, fact, at);
      expect(toPlain(replayed)).toEqual(toPlain(story.state));
      const retold = emptyShow(story.state.event);
      for (const { fact, at } of story.facts) evolve(retold, effectOf(fact), at);
      expect(toPlain(retold)).toEqual(toPlain(story.state));
      expect(toPlain(fromPlain(toPlain(story.state)))).toEqual(toPlain(story.state));
    }),
    { numRuns: 1_000 },
  );
});

it('a state that was saved and loaded goes on as if it had not been', () => {
  fc.assert(
    fc.property(anyRows, fc.nat(60), (rows, half) => {
      const story = storyOf(rows);
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

it('what is plain of a state stays as it was while the state goes on', () => {
  fc.assert(
    fc.property(anyRows, anyRows, (before, after) => {
      const story = new Story();
      for (const each of [
        'create c 4 1000 30d rotating',
        'lot A 5',
        'lot B 3',
        'open q',
        ...before,
      ])
        story.tell(each);
      const plain = toPlain(story.state);
      const asItWas = structuredClone(plain);
      for (const each of after) story.tell(each);
      expect(plain).toEqual(asItWas);
    }),
    { numRuns: 500 },
  );
});

it('the same question twice has the same answer, and asking changes nothing', () => {
  fc.assert(
    fc.property(anyRows, anyRow, (rows, question) => {
      const story = storyOf(rows);
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
