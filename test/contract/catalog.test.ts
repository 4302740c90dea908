import { inject } from 'vitest';
import { DatabaseCatalog } from '../../src/store/catalog.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { describeCatalog, type OpenCatalog } from './catalog.ts';
import { journalIn } from './stores.ts';

describeCatalog('DatabaseCatalog on PGlite', async () => catalogIn(await openPglite()));

const url = inject('postgresUrl');
if (url !== undefined) describeCatalog('DatabaseCatalog on pg', () => catalogIn(openPg(url)));
else skipBecause('DatabaseCatalog on pg', inject('postgresMissing') ?? 'no PostgreSQL');

async function catalogIn(open: OpenDatabase): Promise<OpenCatalog> {
  const { journal, close } = await journalIn(open);
  return { catalog: new DatabaseCatalog(open.database), journal, close };
}
