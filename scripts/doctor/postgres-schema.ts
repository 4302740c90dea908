import path from 'node:path';
import { readMigrations } from '../../src/store/migration-files.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { PostgresReader } from './postgres-reader.ts';
import { projectRoot } from './project-root.ts';

/** Whether these programs and this database belong together. */
export async function schema(reader: PostgresReader): Promise<Finding> {
  const name = 'PostgreSQL schema';
  const files = await readMigrations(path.join(projectRoot(), 'migrations'));
  const applied = await appliedTo(reader);
  const newer = applied[files.length];
  if (newer !== undefined) {
    const seen = `${newer.name} was applied by a later version than this one`;
    return fail(name, seen, 'start the version that applied it, or a later one');
  }
  const changed = applied.find(({ checksum }, index) => checksum !== files[index]?.checksum);
  if (changed !== undefined) {
    const seen = `${changed.name} is not the file that was applied`;
    return fail(name, seen, 'restore the file; put changes into a new migration');
  }
  if (applied.length === files.length) return ok(name, `at ${files.length} of ${files.length}`);
  return await pending(reader, applied.length, files.length);
}

async function pending(reader: PostgresReader, done: number, all: number): Promise<Finding> {
  const name = 'PostgreSQL schema';
  const mayCreate = await reader.truth(
    `select has_schema_privilege(current_schema(), 'create') as answer`,
  );
  if (!mayCreate) {
    const seen = `at ${done} of ${all}, and this user may not create tables`;
    return fail(name, seen, 'grant create on schema public, or migrate as its owner');
  }
  const seen = done === 0 ? 'the database is empty' : `at ${done} of ${all}`;
  return warn(name, seen, 'npm start migrates it; CHANGELOG.md says whether older nodes may go on');
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
}

async function appliedTo(reader: PostgresReader): Promise<readonly Applied[]> {
  if (!(await reader.truth(`select to_regclass('migration') is not null as answer`))) return [];
  const lines = await reader.texts(
    `select checksum || ' ' || name as answer from migration order by version`,
  );
  return lines.map((line) => {
    const [checksum = '', name = ''] = line.split(' ');
    return { checksum, name };
  });
}
