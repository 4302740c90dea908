import { describe, expect, it } from 'vitest';
import { expectSound, told } from '../../test/setup/told-gates.ts';
import { gatesView } from './gates-view.ts';

// Where each of three days counts for itself. A day begins twelve hours before a story does. Gates,
// scanners and tickets as in `gates.test.ts`.
const stories: readonly { readonly story: string; readonly rows: string }[] = [
  {
    story:
      'whoever goes out after the day has ended goes out of that day, and comes in on the next',
    rows: `checkpoints c1 daily
           scan d1 1 in 1        -> admitted
           wait 13h
           scan d1 2 out 1       -> exited
           wait 5h
           scan d2 1 in 1        -> admitted
           scan d2 2 in 1        -> already_used`,
  },
  {
    story: 'whoever is inside on two days goes out of the latest',
    rows: `checkpoints c1 daily reenter
           scan d1 1 in 1        -> admitted
           wait 13h
           scan d1 2 in 1        -> admitted
           scan d1 3 out 1       -> exited
           scan d1 4 in 1        -> admitted
           scan d1 5 out 1       -> exited
           scan d1 6 out 1       -> exited
           scan d1 7 in 1        -> admitted
           scan d1 8 in 1        -> inside_already`,
  },
  {
    story: 'whoever nobody saw come in goes out of the day it is',
    rows: `checkpoints c1 daily
           alone d1 out 1 exited
           upload d1             -> new inferred_entry
           wait 13h
           scan d1 2 out 2       -> exited
           scan d1 3 in 2        -> already_used
           scan d1 4 in 1        -> admitted`,
  },
  {
    story:
      'a gate that was alone saw somebody of the day before go out, and tells it first or last',
    rows: `checkpoints c1 daily
           alone d1 in 1 admitted
           wait 13h
           alone d2 out 1 exited
           upload d2             -> new inferred_entry
           scan d1 2 in 1        -> already_used
           upload d1             -> new
           scan d1 3 in 1        -> admitted`,
  },
  {
    story: 'a clock that was set while a gate was alone uses the day on which somebody came in',
    rows: `checkpoints c1 daily
           clock d1 300
           alone d1 in 1 admitted
           wait 1d
           clock d1 0
           upload d1             -> new
           scan d2 1 in 1        -> admitted
           scan d2 2 in 1        -> already_used`,
  },
];

describe('a checkpoint where days count', () => {
  it.each(stories)('$story', ({ rows }) => expectSound(told(rows)));

  it('counts whoever goes out the day after out, also where days do not count', () => {
    const story = told(`checkpoints c1 reenter
      scan d1 1 in 1 -> admitted
      wait 13h
      scan d1 2 out 1 -> exited`);
    expect(story.last).toMatchObject({ isInferred: false, occupancy: 0 });
  });

  it('counts whoever came in without a ticket for the day it was', () => {
    const story = told(`checkpoints c1 daily
      scan d1 1 in junk ! -> not_a_ticket !
      wait 13h
      scan d1 2 in junk ! -> not_a_ticket !`);
    expect(story.last?.occupancy).toBe(1);
    expect([...(story.state.gates.checkpoints.get(0)?.people ?? [])]).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expectSound(story);
  });

  it('shows those inside of the day it is, as the verdicts do', () => {
    const story = told(`checkpoints c1 daily
      scan d1 1 in 1 -> admitted
      scan d1 2 in 2 -> admitted
      wait 13h
      scan d1 3 in 3 -> admitted`);
    const shown = gatesView(story.state, story.now).checkpoints.map(({ occupancy }) => occupancy);
    expect([shown, story.last?.occupancy]).toEqual([[1], 1]);
    story.tell('wait 1d');
    expect(gatesView(story.state, story.now).checkpoints[0]?.occupancy).toBe(0);
  });

  it('says that somebody who went out after midnight was seen coming in', () => {
    const story = told(`checkpoints c1 daily
      scan d1 1 in 1 -> admitted
      scan d1 2 in 2 -> admitted
      wait 13h
      scan d1 3 in 3 -> admitted
      scan d1 4 out 1 -> exited`);
    expect(story.last).toMatchObject({ isInferred: false, occupancy: 1 });
    expect([...story.state.gates.incidents.ids()]).toEqual([]);
    expect([...(story.state.gates.checkpoints.get(0)?.people ?? [])]).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });
});
