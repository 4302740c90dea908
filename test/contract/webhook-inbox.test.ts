import { describe, expect, inject, it } from 'vitest';
import { WebhooksUnavailableError } from '../../src/ports/webhooks.ts';
import { DataKey } from '../../src/store/data-keys.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { type Authenticate, DatabaseWebhookInbox } from '../../src/store/webhook-inbox.ts';
import { everyText } from '../setup/every-text.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { describeWebhookInbox, type OpenWebhookInbox } from './webhook-inbox.ts';

describeWebhookInbox('DatabaseWebhookInbox on PGlite', async () => inboxIn(await openPglite()));

const url = inject('postgresUrl');
if (url === undefined) skipBecause('DatabaseWebhookInbox on pg', inject('postgresMissing') ?? '');
else describeWebhookInbox('DatabaseWebhookInbox on pg', () => inboxIn(openPg(url)));

async function inboxIn(open: OpenDatabase): Promise<OpenWebhookInbox> {
  await migrate(open.database, 'migrations');
  const master = DataKey.random();
  // Of each run its own, so that what others left under another key is not seen.
  await open.database.query({ name: 'test_empty', text: 'delete from webhook' });
  const isGood: Authenticate = ({ headers }) => headers.authorization === 'good';
  const authenticate = { pagarme: isGood, sendgrid: isGood, whatsapp: isGood };
  const opened: OpenWebhookInbox = {
    inbox: new DatabaseWebhookInbox({
      database: open.database,
      master,
      clock: { now: () => opened.now },
      authenticate,
    }),
    now: 1_767_225_600_000,
    close: () => open.close(),
  };
  return opened;
}

describe('a database with webhooks in it', () => {
  it('holds nothing that anybody could read', async () => {
    const open = await openPglite();
    const { inbox, close } = await inboxIn(open);
    const text = '{"id":"hook_1","data":{"customer":{"name":"Canária","document":"52998224725"}}}';
    const headers = { authorization: 'good' };
    await inbox.receive({ source: 'pagarme', headers, body: Buffer.from(text) });
    const dump = await everyText(open.database);
    expect(dump).toContain('hook_1');
    for (const canary of ['Canária', '52998224725']) {
      expect(dump).not.toContain(canary);
      expect(dump).not.toContain(Buffer.from(canary).toString('hex'));
    }
    await close();
  });

  it('that is gone is told as that', async () => {
    const { inbox, close } = await inboxIn(await openPglite());
    await close();
    const lost = inbox.receive({
      source: 'whatsapp',
      headers: { authorization: 'good' },
      body: Buffer.from('{}'),
    });
    await expect(lost).rejects.toThrow(WebhooksUnavailableError);
  });
});
