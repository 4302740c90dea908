import { describe, expect, inject, it } from 'vitest';
import { PartnersUnavailableError } from '../../src/ports/partners.ts';
import { DatabaseCatalog } from '../../src/store/catalog.ts';
import { DataKey } from '../../src/store/data-keys.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { DatabasePartnerEndpoints } from '../../src/store/partner-endpoints.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { everyText } from '../setup/every-text.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { describePartnerEndpoints, type OpenPartnerEndpoints } from './partner-endpoints.ts';
import { newEvent } from './rows.ts';
import { showNamed } from './stores.ts';

describePartnerEndpoints('DatabasePartnerEndpoints on PGlite', async () => {
  return endpointsIn(await openPglite());
});

const url = inject('postgresUrl');
if (url === undefined) {
  skipBecause('DatabasePartnerEndpoints on pg', inject('postgresMissing') ?? '');
} else describePartnerEndpoints('DatabasePartnerEndpoints on pg', () => endpointsIn(openPg(url)));

async function endpointsIn(open: OpenDatabase): Promise<OpenPartnerEndpoints> {
  await migrate(open.database, 'migrations');
  const endpoints = new DatabasePartnerEndpoints(open.database, DataKey.random());
  // Of each run its own: what others left is sealed under another key.
  await open.database.query({ name: 'test_empty', text: 'delete from partner_endpoint' });
  const catalog = new DatabaseCatalog(open.database);
  const newShow = async () => {
    const event = newEvent();
    await catalog.add(showNamed(event));
    return event;
  };
  return { endpoints, newShow, close: () => open.close() };
}

describe('a database with endpoints in it', () => {
  it('holds no secret, and says when it is gone', async () => {
    const open = await openPglite();
    const { endpoints, close } = await endpointsIn(open);
    const id = '0192f0c0-0000-7000-8000-000000000000';
    await endpoints.add({ id, url: 'https://a.example/', secrets: ['whsec_canary'] });
    const dump = await everyText(open.database);
    expect(dump).toContain('a.example');
    expect(dump).not.toContain(Buffer.from('canary').toString('hex'));
    await close();
    await expect(endpoints.list()).rejects.toThrow(PartnersUnavailableError);
  });
});
