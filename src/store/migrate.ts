import { numberIn, textIn } from './columns.ts';
import {
  type Columns,
  type Database,
  type Session,
  type Statement,
  StatementError,
} from './database.ts';
import { type Migration, readMigrations, SchemaError } from './migration-files.ts';

/**
 * Brings the database up to the newest migration in `directory` and returns the names of those it
 * applied. Each is applied whole or not at all, and once, however many processes start together.
 *
 * @throws {SchemaError} the database is not what these files make; nothing was changed
 */
export async function migrate(database: Database, directory: string): Promise<string[]> {
  const migrations = await readMigrations(directory);
  const applied: string[] = [];
  for (;;) {
    const name = await database.transaction((session) => applyNext(session, migrations));
    if (name === undefined) return applied;
    applied.push(name);
  }
}

async function applyNext(session: Session, migrations: readonly Migration[]) {
  await session.query(lock);
  await session.query(createTable);
  const applied = await session.query(selectApplied, []);
  for (const [index, columns] of applied.entries()) {
    checkApplied(columns, index + 1, migrations[index]);
  }
  const next = migrations[applied.length];
  if (next !== undefined) await apply(session, next);
  return next?.name;
}

async function apply(session: Session, { version, name, text, checksum }: Migration) {
  try {
    await session.query({ name, text });
  } catch (cause) {
    if (!(cause instanceof StatementError)) throw cause;
    throw new SchemaError(`${name} does not run (${cause.code}): correct it and start again.`, {
      cause,
    });
  }
  await session.query(insertApplied, [version, name, checksum]);
}

function checkApplied(columns: Columns, position: number, migration: Migration | undefined): void {
  const version = numberIn(columns, 'version');
  const name = textIn(columns, 'name');
  if (version !== position) {
    throw new SchemaError(
      `The database has ${name} but not migration ${position} before it: restore it from a backup.`,
    );
  }
  if (migration === undefined) {
    throw new SchemaError(
      `The database has ${name}, which this version does not know: start the version that applied it, or a later one.`,
    );
  }
  if (textIn(columns, 'checksum') !== migration.checksum) {
    throw new SchemaError(
      `${migration.name} is not the file that was applied (${name}): restore it, and put the change into a new migration.`,
    );
  }
}

/**
 * Scripts have no deadline, and these no end to their patience for locks: another process may need
 * minutes for the migration it is at.
 */
const lock: Statement = {
  name: 'migration_lock',
  text: 'set local lock_timeout = 0; select pg_advisory_xact_lock(7305103620012853611)',
};

const createTable: Statement = {
  name: 'migration_create',
  text: `create table if not exists migration (
    version integer primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now()
  )`,
};

const selectApplied: Statement = {
  name: 'migration_select',
  text: 'select version, name, checksum from migration order by version',
};

const insertApplied: Statement = {
  name: 'migration_insert',
  text: 'insert into migration (version, name, checksum) values ($1, $2, $3)',
};
