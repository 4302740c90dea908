import { ConfigError } from '../src/config.ts';
import { DirectoryInUseError } from '../src/store/directory-lock.ts';

/** What a command says instead of a stack trace: its message names the next thing to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs a command. What its user can act on is told in a sentence, anything else with its trace, and
 * it ends with `failureCode`.
 */
export async function runCommand(main: () => Promise<void>, failureCode = 1): Promise<void> {
  try {
    await main();
  } catch (failure) {
    console.error(isPlain(failure) ? failure.message : failure);
    // Timers and sockets of what failed would keep the process alive.
    process.exit(failureCode);
  }
}

function isPlain(failure: unknown): failure is Error {
  const kinds = [UsageError, ConfigError, DirectoryInUseError];
  return kinds.some((kind) => failure instanceof kind) || isBadArgument(failure);
}

function isBadArgument(failure: unknown): failure is Error {
  const hasCode = failure instanceof Error && 'code' in failure;
  return hasCode && String(failure.code).startsWith('ERR_PARSE_ARGS');
}

/**
 * A whole number of the command line.
 *
 * @throws {UsageError} it is none, or out of bounds
 */
export function numberOf(text: string, name: string, min: number, max: number): number {
  const value = Number(text);
  if (text !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UsageError(`--${name} ${text}: give a whole number from ${min} to ${max}.`);
}
