import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openServices } from '../../scripts/services.ts';
import { openPg } from '../../src/store/pg.ts';
import type { JournalPlace } from './recount.ts';

/** What the servers of a run stand on: a database and a directory of their own. */
export interface Ground extends JournalPlace {
  /** Which database it is, in words. */
  readonly database: string;
  /** Drops and removes all of it. */
  close(): Promise<void>;
}

/**
 * PostgreSQL when one answers or can be started, with a new database in it; else, or when asked
 * for, the embedded database in a new directory.
 */
export async function openGround(isEmbedded: boolean): Promise<Ground> {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'ingressou-bench-'));
  const removeDirectory = () => rm(dataDirectory, { recursive: true, force: true });
  const services = isEmbedded ? undefined : await openServices();
  const url = services?.postgres?.url;
  return {
    dataDirectory,
    databaseUrl: url,
    database: url === undefined ? 'embedded PGlite (never calls fsync)' : await versionOf(url),
    async close() {
      await services?.close();
      await removeDirectory();
    },
  };
}

async function versionOf(url: string): Promise<string> {
  const { database, close } = openPg(url);
  try {
    const statement = { name: 'version', text: 'show server_version' };
    const [row] = await database.query(statement, []);
    return `PostgreSQL ${row?.server_version}`;
  } finally {
    await close();
  }
}
