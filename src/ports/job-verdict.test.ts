import { describe, expect, it } from 'vitest';
import { verdictOn } from './job-verdict.ts';
import { RejectedJobError, RetryError } from './jobs.ts';

describe('A job that failed', () => {
  const away = new RetryError('the provider is away');
  const reason = 'RetryError: the provider is away';

  it.each([
    [1, 5_000],
    [2, 30_000],
    [3, 300_000],
    [4, 3_600_000],
  ])('the time %i is tried again after %i ms', (attempt, retryMs) => {
    expect(verdictOn(away, attempt)).toEqual({ reason, retryMs });
  });

  it('a fifth time is dead', () => {
    expect(verdictOn(away, 5)).toEqual({ reason });
  });

  it('for good is dead at once', () => {
    const never = new RejectedJobError('no such order');
    expect(verdictOn(never, 1)).toEqual({ reason: 'RejectedJobError: no such order' });
  });

  it('for a reason that nobody foresaw is tried again', () => {
    const verdict = verdictOn(new TypeError('x is not a function'), 1);
    expect(verdict).toEqual({ reason: 'TypeError: x is not a function', retryMs: 5_000 });
    expect(verdictOn('text', 1)).toEqual({ reason: 'text', retryMs: 5_000 });
  });

  it.each([
    ['550 <ana.souza@example.com> unknown', 'Error: 550 … unknown'],
    ['to +55 (11) 99999-1234: blocked', 'Error: to …: blocked'],
    ['CPF 529.982.247-25 refused', 'Error: CPF … refused'],
    ['status 503 after 2000 ms', 'Error: status 503 after 2000 ms'],
  ])('for "%s" names nobody', (message, told) => {
    expect(verdictOn(new Error(message), 1).reason).toBe(told);
  });

  it('for a very long reason tells its beginning', () => {
    expect(verdictOn(new Error('x'.repeat(10_000)), 1).reason).toHaveLength(300);
  });
});
