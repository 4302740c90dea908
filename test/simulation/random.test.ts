import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';

describe('The dice', () => {
  it('fall the same way for the same seed and name, for ever', () => {
    const dice = new Random(1, 'a name');
    const throws = Array.from({ length: 5 }, () => dice.between(0, 999_999));
    // What the generator's C code gives from the same state.
    expect(throws).toEqual([606_446, 760_144, 168_257, 235_343, 184_724]);
  });

  it('fall another way for another seed or another name', () => {
    const first = (dice: Random) => Array.from({ length: 4 }, () => dice.fraction()).join();
    const all = [new Random(1), new Random(2), new Random(2 ** 40), new Random(1, 'other')];
    expect(new Set(all.map(first)).size).toBe(4);
  });

  it('are not changed by whoever forks from them', () => {
    const alone = new Random(7);
    const together = new Random(7);
    together.fork('somebody').fraction();
    expect(together.fraction()).toBe(alone.fraction());
    const late = new Random(7);
    late.fraction();
    expect(late.fork('somebody').fraction()).toBe(together.fork('somebody').fraction());
  });

  it('are fair', () => {
    const dice = new Random(3);
    const counts = [0, 0, 0, 0, 0, 0];
    for (let count = 0; count < 60_000; count += 1) counts[dice.between(1, 6) - 1]! += 1;
    // Six standard deviations of a fair die.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(550);
  });
});
