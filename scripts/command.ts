import { badArgument } from '../src/bad-argument.ts';
import { ConfigError } from '../src/config.ts';
import { DataKeyError } from '../src/store/data-keys.ts';
import { DirectoryInUseError } from '../src/store/directory-lock.ts';
import { SigningKeyError } from '../src/transport/access-tokens.ts';

/** What a command says instead of a stack trace: its message names the next thing to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A command that cannot be understood: what is wrong stands last, below how it is meant. */
export function unclear(help: string, problem: string): UsageError {
  return new UsageError(`${help}\n\n${problem}`);
}

/** As `unclear`, where a verb is missing or not one of those there are. */
export function noSuchVerb(help: string, word: string | undefined, verbs: readonly string[]) {
  const problem = word === undefined ? 'What is to be done?' : `There is no "${word}".`;
  return unclear(help, `${problem} Give one of ${verbs.join(', ')}.`);
}

/**
 * Runs a command. What its user can act on is told in a sentence, anything else with its trace, and
 * it ends with `failureCode`.
 */
export async function runCommand(main: () => Promise<void>, failureCode = 1): Promise<void> {
  try {
    await main();
  } catch (failure) {
    console.error(isPlain(failure) ? sentenceOf(failure) : failure);
    // Timers and sockets of what failed would keep the process alive.
    process.exit(failureCode);
  }
}

function isPlain(failure: unknown): failure is Error {
  const kinds = [UsageError, ConfigError, DirectoryInUseError, DataKeyError, SigningKeyError];
  return kinds.some((kind) => failure instanceof kind) || badArgument(failure) !== undefined;
}

function sentenceOf(failure: Error): string {
  const problem = badArgument(failure);
  return problem === undefined
    ? failure.message
    : `${problem} ${helpCommand()} lists what there is.`;
}

/** To be typed as it stands, when npm says under which name it has started us. */
function helpCommand(): string {
  const { npm_lifecycle_event: name } = process.env;
  return name === undefined ? '--help' : `"npm run ${name} -- --help"`;
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
