import { expect, it } from 'vitest';
import { p99Ratios, spreadText } from './slow-workers-figures.ts';
import type { SlowRun } from './slow-workers-run.ts';

/** A run, as far as ratios are made of it. */
function run(side: SlowRun['side'], pair: number, p99: number): SlowRun {
  return { side, pair, result: { latency: { p99 } } } as SlowRun;
}

it('divides the p99 of the two runs of each pair, whichever came first', () => {
  const alone = [run('alone', 0, 2), run('alone', 1, 10), run('alone', 2, 4)];
  const slow = [run('slow', 2, 4), run('slow', 0, 3), run('slow', 1, 9)];
  expect(p99Ratios([...alone, ...slow])).toEqual({
    median: 1,
    min: 0.9,
    max: 1.5,
    rounds: [1.5, 0.9, 1],
  });
});

it('says a ratio in words', () => {
  const spread = { median: 1.234, min: 0.9, max: 2, rounds: [] };
  expect(spreadText(spread)).toBe('1.23 from 0.90 to 2.00');
});
