import { describe, expect, it } from 'vitest';
import { Story } from '../../test/setup/story.ts';
import { ReferenceModel } from '../workers/audit/reference-model.ts';
import { evolve } from './evolve.ts';
import { orderView } from './order-view.ts';
import { fromPlain, toPlain } from './snapshot.ts';
import { emptyShow } from './state.ts';

// A house whose codes rotate, with doors in 30 days. Ana has the tickets 1 and 2, Bia has 3.
const house = [
  'create c 4 1000 30d rotating',
  'lot A 9',
  'open o',
  'reserve h1 ana A 2',
  'checkout o1 ana h1',
  'pay k1 o1',
  'reserve h2 bia A 1',
  'checkout o2 bia h2',
  'pay k2 o2',
];

const stories: readonly { readonly story: string; readonly rows: string }[] = [
  {
    story: 'a phone that has a ticket has it, however often it asks',
    rows: `bind x1 ana o1 1 red       -> ticket_bound
           bind x1 ana o1 1 red       -> again
           bind x2 ana o1 1 red       -> ticket_bound
           bind x2 ana o1 1 red       -> again
           bind x3 ana o1 2 red       -> ticket_bound
           bind x3 ana o1 2 blue      -> id_reused`,
  },
  {
    story: 'another phone takes it only when it says so, and the first does not take it back',
    rows: `bind x1 ana o1 1 red       -> ticket_bound
           bind x2 ana o1 1 blue      -> ticket_bound!
           bind x3 ana o1 1 blue move -> ticket_bound
           bind x1 ana o1 1 red       -> again
           bind x4 ana o1 1 red       -> ticket_bound!
           bind x3 ana o1 1 blue move -> again`,
  },
  {
    story: 'a ticket moves three times, and again once the producer has freed it',
    rows: `bind x1 ana o1 1 red       -> ticket_bound
           bind x2 ana o1 1 blue move -> ticket_bound
           bind x3 ana o1 1 red move  -> ticket_bound
           bind x4 ana o1 1 blue move -> ticket_bound
           bind x5 ana o1 1 red move  -> too_many_moves
           free f1 1                  -> ticket_freed
           free f1 1                  -> again
           free f2 1                  -> ticket_freed
           bind x4 ana o1 1 blue move -> again
           bind x6 ana o1 1 red       -> ticket_bound
           bind x7 ana o1 1 blue move -> ticket_bound`,
  },
  {
    story: 'close to the doors a ticket stays where it is, and a first phone still gets it',
    rows: `bind x1 ana o1 1 red       -> ticket_bound
           wait 717h
           bind x2 ana o1 1 blue move -> ticket_bound
           wait 1h
           bind x3 ana o1 1 red move  -> move_too_late
           bind x4 ana o1 2 red       -> ticket_bound
           free f1 1                  -> ticket_freed
           bind x5 ana o1 1 red       -> ticket_bound`,
  },
  {
    story: 'a ticket is only for the phones of its buyer, and only while it admits',
    rows: `bind x1 bia o1 1 red       -> order_not_found
           bind x1 ana o1 3 red       -> invalid_serials
           bind x1 ana o1 0 red       -> invalid_serials
           bind x1 ana o1 1 nobody    -> invalid_parameter
           refund r1 ana o1 1         -> refund_due
           bind x1 ana o1 1 red       -> invalid_serials
           free f1 1                  -> ticket_not_found
           bind z1@-25h ana o1 2 red  -> id_out_of_time`,
  },
];

describe('a ticket whose code rotates', () => {
  it.each(stories)('$story', ({ rows }) => {
    const story = storyOf(house);
    for (const row of rows.split('\n').map((each) => each.trim())) {
      const [told = '', expected] = row.split('->').map((each) => each.trim());
      const facts = story.facts.length;
      const answer = story.tell(told);
      // A no for this reason is marked, because the fact has the same name.
      const isNo = answer === 'ticket_bound' && story.facts.length === facts;
      if (expected !== undefined) expect(isNo ? `${answer}!` : answer, row).toBe(expected);
    }
    const replayed = emptyShow(story.state.event);
    for (const { fact, at } of story.facts) evolve(replayed, fact, at);
    expect(toPlain(replayed)).toEqual(toPlain(story.state));
    expect(toPlain(fromPlain(toPlain(replayed)))).toEqual(toPlain(story.state));
    expect(complaints(story)).toEqual([]);
  });

  it('is of a new revision whenever it leaves a phone, and of the same one otherwise', () => {
    const story = storyOf([...house, 'bind x1 ana o1 1 red']);
    expect(revisions(story)).toEqual([0, 0]);
    story.tell('bind x2 ana o1 1 blue move');
    expect(revisions(story)).toEqual([1, 0]);
    for (const row of ['free f1 1', 'bind x3 ana o1 1 red']) story.tell(row);
    expect(revisions(story)).toEqual([2, 0]);
  });

  it('is not told of as its phone’s when a retry comes after it was lost', () => {
    const story = storyOf([...house, 'bind x1 ana o1 1 red']);
    const retry = () => story.decide(story.command('bind', ['x1', 'ana', 'o1', '1', 'red']));
    expect(retry()).toMatchObject({ told: { revision: 0 }, facts: [] });
    story.tell('bind x2 ana o1 1 blue move');
    expect(retry()).toMatchObject({ told: { revision: null }, facts: [] });
  });

  it('says how often it may still move, to a phone that does not have it', () => {
    const story = storyOf([...house, 'bind x1 ana o1 1 red', 'bind x2 ana o1 1 blue move']);
    expect(story.refusal('bind x3 ana o1 1 red')).toEqual({ reason: 'ticket_bound', movesLeft: 2 });
  });
});

it('where codes stay as they are, no phone needs to have a ticket', () => {
  const story = storyOf(['create c 4 1000 30d', ...house.slice(1)]);
  expect(story.tell('bind x1 ana o1 1 red')).toBe('ticket_not_rotating');
  expect(story.tell('free f1 1')).toBe('ticket_not_rotating');
});

it('the auditor says when one revision is of two phones, or a phone gets what is not its buyer’s', () => {
  const story = storyOf([...house, 'bind x1 ana o1 1 red', 'bind x2 ana o1 1 blue move']);
  const last = story.facts.pop()!;
  if (last.fact.type !== 'ticket_bound') throw new Error('The ticket did not move.');
  story.facts.push({ ...last, fact: { ...last.fact, revision: 0 } });
  expect(complaints(story)).toEqual(['ticket 1 is at revision 0 after 0']);
  story.facts[story.facts.length - 1] = {
    ...last,
    fact: { ...last.fact, subject: story.id('bia') },
  };
  expect(complaints(story)[0]).toContain('ticket 1 is not one of order');
});

function storyOf(rows: readonly string[]): Story {
  const story = new Story();
  for (const row of rows) story.tell(row);
  return story;
}

function revisions(story: Story): number[] {
  const order = story.state.orders.get(story.id('o1'))!;
  return orderView(story.state, order).tickets.map(({ revision }) => revision);
}

/** What the auditor, who shares no rule with the show, says to its facts. */
function complaints({ facts }: Story): string[] {
  const found: string[] = [];
  const model = new ReferenceModel((_, sentence) => found.push(sentence));
  for (const { fact, at } of facts) model.count(fact, at);
  return found;
}
