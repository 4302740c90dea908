import { inject } from 'vitest';
import { createDatabase } from '../../scripts/test-postgres.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { describeMigrate } from './migrate.ts';

describeMigrate('PGlite', () => openPglite());

const url = inject('postgresUrl');
if (url !== undefined) describeMigrate('pg', () => openOwn(url));
else skipBecause('Migrations on pg', inject('postgresMissing') ?? 'no PostgreSQL');

/** These tests empty their database, so they cannot share the one of the run. */
async function openOwn(serverUrl: string): Promise<OpenDatabase> {
  const own = await createDatabase(serverUrl, 'the server of this run');
  const open = openPg(own.url);
  const close = async (): Promise<void> => {
    await open.close();
    await own.close();
  };
  return { ...open, close };
}
