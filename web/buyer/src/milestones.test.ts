import { describe, expect, it } from 'vitest';
import { milestonePassed } from './milestones.ts';

describe('a countdown is told aloud', () => {
  it.each([
    ['at five minutes', 301, 300, 300],
    ['at one minute', 61, 60, 60],
    ['at fifteen seconds', 16, 15, 15],
    ['once: not again a second later', 300, 299, undefined],
    ['not at the beginning', 600, 600, undefined],
    ['by the last of several milestones that a sleeping tab missed', 400, 10, 15],
  ])('%s', (_, before, now, expected) => {
    expect(milestonePassed(before, now)).toBe(expected);
  });
});
