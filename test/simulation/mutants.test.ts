import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { mutants } from './mutants.ts';
import { sampleOf } from './mutation.ts';

const build = path.join(import.meta.dirname, '../../dist/src');

describe('Every mutant', () => {
  test.each(mutants)('$name finds what it changes', ({ edits }) => {
    for (const { file, find } of edits) {
      expect(readFileSync(path.join(build, file), 'utf8')).toContain(find);
    }
  });
});

describe('A sample of mutants', () => {
  const all = Array.from({ length: 90 }, (_, index) => index);

  test.each([1, 7, 24, 89, 90, 1_000])('of %i has none of them twice', (sample) => {
    const drawn = sampleOf(all, { from: 13, sample });
    expect(drawn).toHaveLength(Math.min(sample, all.length));
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  test('leaves none out for ever', () => {
    const drawn = all.flatMap((from) => sampleOf(all, { from, sample: 5 }));
    expect(new Set(drawn).size).toBe(all.length);
  });
});
