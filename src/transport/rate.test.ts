import { expect, it } from 'vitest';
import { takeOne, waitMs } from './rate.ts';

const rate = { perSecond: 5, burst: 3 };

// At 5 a second and 3 at once: three pass, the fourth waits for its rhythm.
it('lets a burst through, then one per interval', () => {
  let rhythm = 0;
  const passed: number[] = [];
  for (let now = 1_000; now < 2_000; now += 10) {
    if (waitMs(rate, rhythm, now) > 0) continue;
    rhythm = takeOne(rate, rhythm, now);
    passed.push(now);
  }
  expect(passed).toEqual([1_000, 1_010, 1_020, 1_200, 1_400, 1_600, 1_800]);
});

it('says how long to wait, and a wait of that long is enough', () => {
  let rhythm = 0;
  for (let count = 0; count < 3; count += 1) rhythm = takeOne(rate, rhythm, 0);
  expect(waitMs(rate, rhythm, 0)).toBe(200);
  expect(waitMs(rate, rhythm, 200)).toBe(0);
});
