import { inject } from 'vitest';
import type { OpenDatabase } from '../../src/store/database.ts';
import { DatabaseDeliveries } from '../../src/store/deliveries.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { describeDeliveries, type OpenDeliveries } from './deliveries.ts';

describeDeliveries('DatabaseDeliveries on PGlite', async () => deliveriesIn(await openPglite()));

const url = inject('postgresUrl');
if (url === undefined) {
  skipBecause('DatabaseDeliveries on pg', inject('postgresMissing') ?? 'no PostgreSQL');
} else {
  describeDeliveries('DatabaseDeliveries on pg', () => deliveriesIn(openPg(url)));
}

async function deliveriesIn(open: OpenDatabase): Promise<OpenDeliveries> {
  await migrate(open.database, 'migrations');
  return { deliveries: new DatabaseDeliveries(open.database), close: () => open.close() };
}
