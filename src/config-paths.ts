import path from 'node:path';
import { type Config, ConfigError } from './config.ts';

type Paths = Pick<Config, 'dataDirectory' | 'tokenKeyFile' | 'dataKeyFile'>;

/** What another attempt does not change: the path leads to the wrong thing, or may not be taken. */
const lasting: ReadonlySet<string> = new Set([
  'EACCES',
  'EEXIST',
  'EISDIR',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'EPERM',
  'EROFS',
]);

/**
 * The failure of a start, told by the variable behind it when a file or a directory that an operator
 * has set is in the way; any other failure as it is.
 */
export function withVariable(failure: unknown, paths: Paths): unknown {
  if (!(failure instanceof Error)) return failure;
  const { code = '', path: file = '' } = failure as NodeJS.ErrnoException;
  const name = lasting.has(code) ? variableOf(file, paths) : undefined;
  if (name === undefined) return failure;
  return new ConfigError(`These variables are wrong:\n  ${name}: ${failure.message}`, {
    cause: failure,
  });
}

/** The data directory first: unless something else is said, the keys are in it. */
function variableOf(file: string, { dataDirectory, tokenKeyFile, dataKeyFile }: Paths) {
  if (isWithin(file, dataDirectory)) return 'DATA_DIRECTORY';
  if (leadsTo(file, tokenKeyFile)) return 'TOKEN_KEY_FILE';
  if (leadsTo(file, dataKeyFile)) return 'DATA_KEY_FILE';
  return undefined;
}

/** The key itself, its directory, or a draft beside it. */
function leadsTo(file: string, key: string): boolean {
  return isWithin(file, key) || isWithin(key, file) || file.startsWith(`${key}.`);
}

function isWithin(file: string, directory: string): boolean {
  if (file === '') return false;
  const way = path.relative(path.resolve(directory), path.resolve(file));
  return way === '' || !(way.startsWith('..') || path.isAbsolute(way));
}
