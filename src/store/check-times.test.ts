import { expect, it } from 'vitest';
import { nextCheckAt } from './check-times.ts';

const seconds = 1_000;
const minutes = 60 * seconds;
const days = 24 * 60 * minutes;
const madeAt = 1_767_225_600_000;
const payBy = madeAt + 15 * minutes;

it.each([
  ['at once', 0, 5 * seconds],
  ['while the buyer waits', 119 * seconds, 5 * seconds],
  ['after two minutes', 120 * seconds, 15 * seconds],
  ['just before it is due', 15 * minutes - 1, 15 * seconds],
  ['when it is due', 15 * minutes, 15 * seconds],
  ['two minutes later', 17 * minutes, 30 * seconds],
  ['half an hour later', 45 * minutes, 450 * seconds],
  ['an hour later', 75 * minutes, 10 * minutes],
  ['days later', 6 * days, 10 * minutes],
  ['just before a week has passed', 7 * days + 15 * minutes - 1, 10 * minutes],
  ['after a week', 7 * days + 15 * minutes, undefined],
])('%s it is asked again soon enough', (_when, age, pause) => {
  const next = nextCheckAt({ madeAt, payBy }, madeAt + age);
  expect(next === undefined ? undefined : next - madeAt - age).toBe(pause);
});

it('is asked a bounded number of times', () => {
  let count = 0;
  let at: number | undefined = madeAt;
  while (at !== undefined && count < 10_000) {
    at = nextCheckAt({ madeAt, payBy }, at);
    count += 1;
  }
  expect(count).toBeLessThan(1_200);
});
