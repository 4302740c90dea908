import { beforeEach, describe, expect, it } from 'vitest';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import { Alarm } from './alarm.ts';

const begin = Date.UTC(2026, 10, 27);
const hour = 60 * 60_000;

let clock: SteppedClock;
/** By how much the time of day was stepped, which no timer notices. */
let steppedMs: number;
let rings: number[];
let alarm: Alarm;

beforeEach(() => {
  clock = new SteppedClock(begin);
  [steppedMs, rings] = [0, []];
  const now = () => clock.now() + steppedMs;
  const stepped = {
    now,
    monotonic: () => clock.monotonic(),
    after: (delayMs: number, run: () => void) => clock.after(delayMs, run),
    soon: (task: () => void) => clock.soon(task),
  };
  alarm = new Alarm(stepped, () => rings.push(now() - begin));
});

describe('an alarm', () => {
  it('rings once, when its time has come and not before, however far ahead that is', async () => {
    alarm.set(begin + 3 * hour + 7);
    await clock.advance(4 * hour);
    expect(rings).toEqual([3 * hour + 7]);
  });

  it('rings at once for what is past, and not for what was replaced or taken back', async () => {
    alarm.set(begin - 1);
    await clock.advance(0);
    expect(rings).toEqual([0]);
    alarm.set(begin + 1_000);
    alarm.set(begin + 2_000);
    await clock.advance(1_500);
    alarm.set(undefined);
    await clock.advance(hour);
    expect(rings).toEqual([0]);
  });

  it('rings within a minute when the time of day was stepped past its time', async () => {
    alarm.set(begin + hour);
    await clock.advance(30_000);
    steppedMs = 2 * hour;
    // The same time is told again at each rest of the actor.
    alarm.set(begin + hour);
    await clock.advance(30_000);
    expect(rings).toEqual([2 * hour + 60_000]);
  });
});
