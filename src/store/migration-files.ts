import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface Migration {
  readonly version: number;
  /** Its file name. */
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

/** The database and the migration files do not belong together. The message says what to do. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

const FILE_PATTERN = /^(\d{4})_[a-z0-9_]+\.sql$/;

/**
 * The migrations in a directory, `NNNN_name.sql`, numbered from 0001 without a gap.
 *
 * @throws {SchemaError}
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(names.map((name, index) => readMigration(directory, name, index + 1)));
}

async function readMigration(directory: string, name: string, version: number): Promise<Migration> {
  const number = FILE_PATTERN.exec(name)?.[1];
  if (number === undefined || Number(number) !== version) {
    throw new SchemaError(
      `${name} is out of order: name it ${String(version).padStart(4, '0')}_what_it_does.sql.`,
    );
  }
  // A checkout may have changed the ends of lines; that is not another migration.
  const text = (await readFile(path.join(directory, name), 'utf8')).replaceAll('\r\n', '\n');
  return { version, name, text, checksum: createHash('sha256').update(text).digest('hex') };
}
