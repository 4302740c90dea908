import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { mutants } from './mutants.ts';

const build = path.join(import.meta.dirname, '../../dist/src');

describe('Every mutant', () => {
  test.each(mutants)('$name finds what it changes', ({ edits }) => {
    for (const { file, find } of edits) {
      expect(readFileSync(path.join(build, file), 'utf8')).toContain(find);
    }
  });
});
