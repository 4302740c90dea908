import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/domain/facts.ts';
import { Counter } from './recount.ts';

/** Small names stand for ids: the counter never looks inside them. */
const id = (name: string) => name as never;
const lot = (quantity: number): Fact => {
  const texts = { sector: 'Pista', name: 'Lote', priceCents: 1 };
  return { type: 'lot_opened', id: id('lot'), wish: 1, ...texts, quantity };
};
const about = (quantity: number) => ({
  subject: id('ana'),
  items: [{ lot: id('lot'), quantity }],
});
const reserved = (hold: string, quantity: number): Fact => {
  return { type: 'reserved', id: id(hold), wish: 1, ...about(quantity), expiresAt: 9 };
};
const expired = (hold: string, quantity: number): Fact => {
  return { type: 'expired', hold: id(hold), ...about(quantity) };
};
const paid = (hold: string, quantity: number): Fact => {
  return { type: 'paid', id: 'paid:1', wish: 1, hold: id(hold), ...about(quantity) };
};

function count(facts: readonly Fact[]): Counter {
  const counter = new Counter();
  counter.addRow(0, facts);
  return counter;
}

describe('Counter', () => {
  it('counts what is taken and what became of each hold', () => {
    const facts = [lot(3), reserved('a', 2), expired('a', 2), reserved('b', 3), paid('b', 3)];
    const counter = count(facts);
    expect(counter.violations).toEqual([]);
    expect(counter.lots.get(id('lot'))).toEqual({ quantity: 3, taken: 3 });
    expect([...counter.holds.values()].map(({ status }) => status)).toEqual(['expired', 'paid']);
    expect(counter).toMatchObject({ position: 5, visiblePosition: 4 });
  });

  const broken: readonly [sentence: string, facts: readonly Fact[]][] = [
    ['4 of 3 taken', [lot(3), reserved('a', 2), reserved('b', 2)]],
    ['hold a is made twice', [lot(9), reserved('a', 1), reserved('a', 1)]],
    ['hold a is expired but was never made', [lot(9), expired('a', 1)]],
    ['hold a is paid but was expired', [lot(9), reserved('a', 1), expired('a', 1), paid('a', 1)]],
    ['lot lot is unknown', [reserved('a', 1)]],
  ];
  it.each(broken)('finds that %s', (sentence, facts) => {
    expect(count(facts).violations.join()).toContain(sentence);
  });

  it('finds oversold prefixes that a later fact hides', () => {
    const { violations } = count([lot(1), reserved('a', 1), reserved('b', 1), expired('a', 1)]);
    expect(violations).toHaveLength(1);
  });

  it('finds a row that is missing', () => {
    const counter = count([lot(1)]);
    counter.addRow(2, [reserved('a', 1)]);
    expect(counter.violations).toEqual(['At fact 1: a row follows fact 2.']);
  });
});
