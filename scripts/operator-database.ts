import { existsSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from '../src/config.ts';
import {
  type Database,
  DatabaseUnavailableError,
  type OpenDatabase,
  StatementError,
} from '../src/store/database.ts';
import { findShow, type NamedShow } from '../src/store/operators.ts';
import { openPg } from '../src/store/pg.ts';
import { openPglite } from '../src/store/pglite.ts';
import { UsageError } from './command.ts';

const UNDEFINED_TABLE = '42P01';

/** What the help of every such tool says about where it works. */
export const databaseHelp = `  DATABASE_URL      PostgreSQL; without it, the embedded database in DATA_DIRECTORY, which no
                    other process may have open at the same time`;

/**
 * Does something with the database that the environment names, and closes it.
 *
 * @throws {UsageError} there is none
 */
export async function withDatabase(work: (open: OpenDatabase) => Promise<void>): Promise<void> {
  const open = await openDatabase();
  try {
    await work(open);
  } catch (cause) {
    const sentence = sentenceOf(cause);
    throw sentence === undefined ? cause : new UsageError(sentence, { cause });
  } finally {
    await open.close();
  }
}

/** What its user can act on. */
function sentenceOf(failure: unknown): string | undefined {
  if (failure instanceof DatabaseUnavailableError) return failure.message;
  const isBare = failure instanceof StatementError && failure.code === UNDEFINED_TABLE;
  return isBare
    ? 'This database is empty or older: start a node of this version first.'
    : undefined;
}

async function openDatabase(): Promise<OpenDatabase> {
  const { databaseUrl, dataDirectory } = readConfig();
  if (databaseUrl !== undefined) return openPg(databaseUrl, { journals: 1, connections: 1 });
  const directory = path.join(dataDirectory, 'pglite');
  // Opening it would make an empty one.
  if (existsSync(directory)) return openPglite(directory);
  throw new UsageError(`There is no database in ${directory}: set DATABASE_URL or DATA_DIRECTORY.`);
}

/**
 * The show that the command line names.
 *
 * @throws {UsageError} there is none
 */
export async function showNamed(database: Database, name: string): Promise<NamedShow> {
  const show = await findShow(database, name);
  if (show !== undefined) return show;
  throw new UsageError(
    `There is no show ${name}: give its id or its slug, as /v1/shows lists them.`,
  );
}
