import { describe, expect, it } from 'vitest';
import { median, percentile, Samples, spreadOf } from './samples.ts';

describe('percentile', () => {
  const cases: readonly [values: number[], fraction: number, expected: number][] = [
    [[], 0.5, 0],
    [[7], 0.99, 7],
    [[1, 2, 3, 4], 0.5, 2],
    [[1, 2, 3, 4], 0.51, 3],
    [[1, 2, 3, 4], 1, 4],
    [Array.from({ length: 100 }, (_, index) => index + 1), 0.99, 99],
    [Array.from({ length: 101 }, (_, index) => index + 1), 0.99, 100],
  ];
  it.each(cases)('of %j at %d is %d', (values, fraction, expected) => {
    expect(percentile(Float64Array.from(values), fraction)).toBe(expected);
  });
});

describe('median', () => {
  const cases: readonly [values: number[], expected: number][] = [
    [[], 0],
    [[3], 3],
    [[9, 1], 5],
    [[9, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
  ];
  it.each(cases)('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

it('keeps every round of a figure beside its middle and its ends', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3, rounds: [3, 1, 2] });
});

describe('Samples', () => {
  it('keeps every value, in any order and beyond its first capacity', () => {
    const samples = new Samples();
    const count = 200_000;
    for (let value = count; value > 0; value -= 1) samples.add(value);
    expect(samples.summary()).toEqual({
      count,
      p50: count * 0.5,
      p95: count * 0.95,
      p99: count * 0.99,
      max: count,
    });
  });
});
