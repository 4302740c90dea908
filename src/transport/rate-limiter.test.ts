import { expect, it } from 'vitest';
import { RateLimiter } from './rate-limiter.ts';

it('lets a burst through, then one at a time, and each key alone', () => {
  const limiter = new RateLimiter({ perSecond: 1, burst: 2 });
  expect([limiter.take('a', 0), limiter.take('a', 0)]).toEqual([0, 0]);
  expect(limiter.take('a', 0)).toBe(1_000);
  expect(limiter.take('b', 0)).toBe(0);
  expect(limiter.take('a', 1_000)).toBe(0);
  expect(limiter.take('a', 1_000)).toBe(1_000);
});

it('remembers a bounded number of keys, those of late', () => {
  const limiter = new RateLimiter({ perSecond: 1, burst: 1 });
  limiter.take('often', 0);
  for (let key = 0; key < 60_000; key += 1) {
    limiter.take(`key ${key}`, 0);
    if (key % 10_000 === 0) limiter.take('often', 0);
  }
  expect(limiter.take('often', 0)).toBe(1_000);
  expect(limiter.take('key 0', 0)).toBe(0);
});
