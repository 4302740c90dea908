import { describe, expect, it } from 'vitest';
import { countdown, longDate, money, secondsLeft, timeOfDay } from './format.ts';

const at = Date.UTC(2027, 0, 2, 0, 30); // Still the first of January in Brasília.

describe('a countdown', () => {
  it.each([
    [0, '0:00'],
    [9, '0:09'],
    [599, '9:59'],
    [3_600, '1:00:00'],
    [86_399, '23:59:59'],
    [86_400, '1 dia 0:00:00'],
    [266_645, '3 dias 2:04:05'],
  ])('of %i s reads %s', (seconds, expected) => {
    expect(countdown(seconds)).toBe(expected);
  });

  it.each([
    ['does not count a second that has begun', 1_999, 1],
    ['ends at its time', 0, 0],
    ['never goes below zero', -5_000, 0],
  ])('%s', (_, ms, seconds) => {
    expect(secondsLeft(at + ms, at)).toBe(seconds);
  });
});

describe('money and dates', () => {
  it('are written as in Brazil', () => {
    expect(money(123_450)).toBe('R$\u00a01.234,50');
    expect(longDate(at)).toBe('sexta-feira, 1 de janeiro de 2027 às 21:30');
    expect(timeOfDay(at)).toBe('21:30');
  });
});
