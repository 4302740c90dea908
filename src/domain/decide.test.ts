import { describe, expect, it } from 'vitest';
import { holdMinutes, Story } from '../../test/setup/story.ts';
import { evolve } from './evolve.ts';
import { violations } from './invariants.ts';
import { fromPlain, toPlain } from './snapshot.ts';
import { emptyShow } from './state.ts';
import { evolveView, type Touched, viewOf } from './view.ts';

// A tiny house: lot A has 5 places, lot B has 2, a buyer may have 4. Each row is one command and
// its answer; rows of one story share the state, and time only moves on `wait`.
const house = ['create c 4', 'lot A 5', 'lot B 2', 'open o'];

const stories: readonly { readonly story: string; readonly rows: string }[] = [
  {
    story: 'a hold takes places and a full lot says what is left',
    rows: `reserve h1 ana A 3 -> reserved
           reserve h2 bia A 3 -> sold_out
           reserve h3 bia A 2 -> reserved
           reserve h4 caio A 1 -> sold_out`,
  },
  {
    story: 'several lots in one hold are taken together or not at all',
    rows: `reserve h1 ana A 2 B 2 -> reserved
           reserve h2 bia A 1 B 1 -> sold_out
           reserve h3 bia A 3     -> reserved`,
  },
  {
    story: 'what expires goes back on sale',
    rows: `reserve h1 ana A 4 -> reserved
           wait ${holdMinutes}m
           extend x1 ana h1   -> hold_expired
           release r1 ana h1  -> hold_expired
           reserve h2 bia A 4 -> reserved`,
  },
  {
    story: 'the same id with the same wish is the same hold, whatever became of it',
    rows: `reserve h1 ana A 2 -> reserved
           reserve h1 ana A 2 -> again
           release r1 ana h1  -> released
           reserve h1 ana A 2 -> again
           release r1 ana h1  -> again
           wait 20m
           reserve h1 ana A 2 -> again`,
  },
  {
    story: 'the same id with another wish is refused, whoever asks and for what',
    rows: `reserve h1 ana A 2 -> reserved
           reserve h1 ana A 1 -> id_reused
           reserve h1 bia A 2 -> id_reused
           extend h1 ana h1   -> id_reused
           extend x1 ana h1   -> extended
           reserve x1 ana A 1 -> id_reused
           release x1 ana h1  -> id_reused
           checkout h1 ana h1 -> id_reused
           checkout x1 ana h1 -> id_reused
           checkout o1 ana h1 -> checked_out
           reserve o1 ana A 1 -> id_reused
           extend o1 ana h1   -> id_reused
           checkout o1 ana h1 card -> id_reused
           checkout o1 ana h1 -> again`,
  },
  {
    story: 'a hold is extended once, from its end',
    rows: `reserve h1 ana A 1 -> reserved
           wait 9m
           extend x1 ana h1   -> extended
           extend x1 ana h1   -> again
           extend x2 ana h1   -> already_extended
           wait 5m
           release r1 ana h1  -> released
           extend x3 ana h1   -> hold_released`,
  },
  {
    story: 'an extended hold still ends',
    rows: `reserve h1 ana A 1 -> reserved
           extend x1 ana h1   -> extended
           wait 15m
           release r1 ana h1  -> hold_expired`,
  },
  {
    story: 'a foreign hold is as good as none',
    rows: `reserve h1 ana A 1 -> reserved
           extend x1 bia h1   -> hold_not_found
           release r1 bia h1  -> hold_not_found
           release r2 ana h9  -> hold_not_found
           checkout o1 bia h1 -> hold_not_found
           checkout o1 ana h9 -> hold_not_found`,
  },
  {
    story: 'a buyer has holds and tickets up to the limit, and gets room back with what ends',
    rows: `reserve h1 ana A 3 -> reserved
           reserve h2 ana A 2 -> purchase_limit
           checkout o1 ana h1 -> checked_out
           pay k1 o1          -> paid+tickets_issued
           reserve h3 ana B 2 -> purchase_limit
           reserve h4 ana A 1 -> reserved
           release r1 ana h4  -> released
           reserve h5 ana B 1 -> reserved
           wait ${holdMinutes}m
           reserve h6 ana B 1 -> reserved`,
  },
  {
    story: 'a paid hold is sold for good',
    rows: `reserve h1 ana A 4 -> reserved
           checkout o1 ana h1 -> checked_out
           pay k1 o1          -> paid+tickets_issued
           pay k1 o1          -> again
           release r1 ana h1  -> hold_paid
           extend x1 ana h1   -> hold_paid
           wait 20m
           reserve h2 bia A 2 -> sold_out
           reserve h3 bia A 1 -> reserved`,
  },
  {
    story: 'quantities that are no quantities',
    rows: `reserve h1 ana A 0           -> invalid_quantity
           reserve h2 ana A -1          -> invalid_quantity
           reserve h3 ana A 1.5         -> invalid_quantity
           reserve h4 ana A 1000000000  -> invalid_quantity
           reserve h5 ana A 21          -> invalid_quantity
           reserve h6 ana A 1 A 1       -> invalid_items
           reserve h7 ana               -> invalid_items
           reserve h8 ana Z 1           -> lot_not_found`,
  },
  {
    story: 'ids too old or too new to be remembered are refused',
    rows: `reserve old@-25h ana A 1  -> id_out_of_time
           reserve new@6m ana A 1    -> id_out_of_time
           reserve late@-23h ana A 1 -> reserved
           reserve soon@4m ana A 1   -> reserved
           release rel@-25h ana soon -> id_out_of_time`,
  },
  {
    story: 'what ended is remembered as long as its id could run again',
    rows: `reserve h1 ana A 2  -> reserved
           release r1 ana h1   -> released
           wait 23h
           reserve t1 bia A 1  -> reserved
           reserve h1 ana A 2  -> again
           release r1 ana h1   -> again
           wait 2h
           reserve t2 bia A 1  -> reserved
           reserve h1 ana A 2  -> id_out_of_time
           release r1 ana h1   -> id_out_of_time`,
  },
  {
    story: 'a paused sale sells nothing, but what is held stays held',
    rows: `reserve h1 ana A 1 -> reserved
           pause p1           -> sale_paused
           pause p1           -> again
           reserve h2 ana A 1 -> sale_not_open
           reserve h1 ana A 1 -> again
           extend x1 ana h1   -> extended
           checkout o1 ana h1 -> checked_out
           pay k1 o1          -> paid+tickets_issued
           open o2            -> sale_opened
           reserve h3 ana A 1 -> reserved`,
  },
  {
    story: 'a scheduled sale opens by itself',
    rows: `pause p1           -> sale_paused
           open o2 30m        -> sale_scheduled
           open o2 30m        -> again
           open o2 31m        -> id_reused
           reserve h1 ana A 1 -> sale_not_open
           wait 29m
           reserve h2 ana A 1 -> sale_not_open
           wait 1m
           reserve h3 ana A 1 -> reserved`,
  },
  {
    story: 'a show and its lots are made once',
    rows: `create c 4       -> again
           create c 5       -> show_exists
           create d 4       -> show_exists
           lot A 5          -> again
           lot A 6          -> lot_exists
           lot C 0          -> invalid_parameter
           lot D 1.5        -> invalid_parameter
           lot E 10 -1      -> invalid_parameter
           lot F 10 0.5     -> invalid_parameter`,
  },
];

describe('a show decides', () => {
  it.each(stories)('$story', ({ rows }) => {
    const story = told([...house, ...rows.split('\n')]);
    expect(violations(story.state)).toEqual([]);
    expectSameAfterReplay(story);
    expectSameAfterSnapshot(story);
    expectSameView(story);
  });

  it('answers a retry of reserve with the time of the first answer, even after an extension', () => {
    const story = told([...house, 'reserve h1 ana A 1', 'extend x1 ana h1']);
    const until = story.now + holdMinutes * 60_000;
    const again = story.command('reserve', ['h1', 'ana', 'A', '1']);
    expect(story.decide(again)).toMatchObject({ accepted: true, facts: [], expiresAt: until });
  });

  it('says with a no what the buyer needs to decide', () => {
    const story = told([...house, 'reserve h1 ana A 3']);
    expect(story.refusal('reserve h2 bia A 3')).toMatchObject({ available: 2 });
    expect(story.refusal('reserve h2 ana A 2')).toMatchObject({ limit: 4, taken: 3 });
    expect(story.refusal('reserve h2 ana A 0')).toMatchObject({ max: 20 });
    story.tell('pause p1');
    story.tell('open o9 1h');
    expect(story.refusal('reserve h2 bia A 1')).toMatchObject({ opensAt: story.now + 3_600_000 });
  });

  it('refuses everything about a show that was never created', () => {
    const story = new Story();
    for (const row of ['lot A 5', 'open o', 'pause p', 'reserve h1 ana A 1']) {
      expect(story.tell(row)).toBe('show_not_found');
    }
    expect(story.tell('release r1 ana h1')).toBe('hold_not_found');
  });

  it('stops when a fact does not fit the state', () => {
    const story = told([...house, 'reserve h1 ana A 1']);
    const reserved = story.facts.at(-1)!.fact;
    expect(() => evolve(story.state, reserved, story.now)).toThrow('a hold is made once');
  });
});

/** Tells the rows and expects each answer that a row names. */
function told(rows: readonly string[]): Story {
  const story = new Story();
  for (const row of rows) {
    const expected = row.split('->')[1]?.trim();
    const answer = story.tell(row);
    if (expected !== undefined) expect(answer, row.trim()).toBe(expected);
  }
  return story;
}

function expectSameAfterReplay({ facts, state }: Story): void {
  const replayed = emptyShow(state.event);
  for (const { fact, at } of facts) evolve(replayed, fact, at);
  expect(toPlain(replayed)).toEqual(toPlain(state));
}

function expectSameAfterSnapshot({ state }: Story): void {
  const restored = fromPlain(structuredClone(toPlain(state)));
  expect(toPlain(restored)).toEqual(toPlain(state));
  expect(violations(restored)).toEqual([]);
  expect([...restored.holds.values()]).toEqual([...state.holds.values()]);
  expect(viewOf(restored)).toEqual(viewOf(state));
  expect(restored.expiries.peek()?.at).toBe(state.expiries.peek()?.at);
}

/** Whoever follows the facts sees what the actor sees. */
function expectSameView({ facts, state }: Story): void {
  const view = viewOf(emptyShow(state.event));
  const touched: Touched = { sale: false, isNewLot: false, lots: new Set() };
  for (const { fact } of facts) evolveView(view, fact, touched);
  expect(view).toEqual(viewOf(state));
}
