import { inject } from 'vitest';
import type { OpenDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { DatabasePaymentRecords } from '../../src/store/payment-records.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { describePaymentRecords, type OpenPaymentRecords } from './payment-records.ts';

describePaymentRecords('DatabasePaymentRecords on PGlite', async () => {
  return recordsIn(await openPglite());
});

const url = inject('postgresUrl');
if (url === undefined) skipBecause('DatabasePaymentRecords on pg', inject('postgresMissing') ?? '');
else describePaymentRecords('DatabasePaymentRecords on pg', () => recordsIn(openPg(url)));

async function recordsIn(open: OpenDatabase): Promise<OpenPaymentRecords> {
  await migrate(open.database, 'migrations');
  return { records: new DatabasePaymentRecords(open.database), close: () => open.close() };
}
