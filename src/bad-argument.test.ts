import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { badArgument } from './bad-argument.ts';

describe('a command line that is not understood', () => {
  it.each([
    [['--foo'], "Unknown option '--foo'."],
    [['foo'], "Unexpected argument 'foo'. This command does not take positional arguments."],
    [['--help=x'], "Option '--help' does not take an argument."],
  ])('says of %s what is wrong, and nothing else', (args, sentence) => {
    expect(failureOf(args)).toBe(sentence);
  });

  it('is told from everything else that may fail', () => {
    expect(badArgument(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))).toBeUndefined();
    expect(badArgument(new Error('Unknown option'))).toBeUndefined();
    expect(badArgument(undefined)).toBeUndefined();
  });
});

function failureOf(args: string[]): string | undefined {
  try {
    parseArgs({ args, options: { help: { type: 'boolean' } } });
    return undefined;
  } catch (failure) {
    return badArgument(failure);
  }
}
