import { unwrapWebhook } from '@ingressou/client-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grant, type Wish } from '../../scripts/webhooks/grant.ts';
import { DataKey } from '../../src/store/data-keys.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { DatabasePartnerEndpoints } from '../../src/store/partner-endpoints.ts';
import { openPglite } from '../../src/store/pglite.ts';
import {
  PartnerAddresses,
  privateNetworks,
} from '../../src/workers/partner-webhooks/partner-addresses.ts';
import { PartnerSender } from '../../src/workers/partner-webhooks/partner-sender.ts';
import { openPartner, type Partner } from '../setup/partner.ts';

describe("The tool for partners' webhooks", () => {
  const addresses = new PartnerAddresses(privateNetworks);
  const sender = new PartnerSender({ addresses });
  let open: OpenDatabase;
  let endpoints: DatabasePartnerEndpoints;
  let partner: Partner;

  beforeAll(async () => {
    open = await openPglite();
    await migrate(open.database, 'migrations');
    endpoints = new DatabasePartnerEndpoints(open.database, DataKey.random());
    partner = await openPartner();
  });
  afterAll(async () => {
    await sender.close();
    await partner.close();
    await open.close();
  });

  const ask = (verb: Wish['verb'], what = '', more: Partial<Wish> = {}, from = addresses) =>
    grant(
      { endpoints, addresses: from, sender, now: Date.now },
      { verb, what, event: undefined, isFinal: false, isJson: true, ...more },
    );
  const added = async () =>
    JSON.parse(await ask('add', partner.url)) as { readonly id: string; readonly secret: string };

  it('adds, tries, lists, turns on again and removes an address', async () => {
    const { id, secret } = await added();
    expect(await ask('test', id)).toBe('{"outcome":"delivered"}');
    const { body, headers } = partner.received.at(-1)!;
    expect(await unwrapWebhook(body, headers, secret)).toMatchObject({ type: 'test' });
    await endpoints.disable(id, 0);
    expect(await ask('list', '', { isJson: false })).toContain('disabled since 1970');
    await ask('enable', id);
    const list = await ask('list');
    expect(list).toContain(partner.url);
    expect(list).not.toContain('whsec_');
    await ask('remove', id);
    expect(await ask('list', '', { isJson: false })).toBe('There is no endpoint.');
    await expect(ask('test', id)).rejects.toThrow('There is no endpoint');
  });

  it('replaces a secret while the old one still signs', async () => {
    const { id, secret: old } = await added();
    const { secret } = JSON.parse(await ask('rotate', id)) as { readonly secret: string };
    await ask('test', id);
    const both = partner.received.at(-1)!;
    for (const each of [old, secret]) await unwrapWebhook(both.body, both.headers, each);
    await ask('rotate', id, { isFinal: true });
    await ask('test', id);
    const last = partner.received.at(-1)!;
    await unwrapWebhook(last.body, last.headers, secret);
    await expect(unwrapWebhook(last.body, last.headers, old)).rejects.toThrow('wrong_signature');
    await ask('remove', id);
  });

  it('says what is wrong with an address', async () => {
    const strict = new PartnerAddresses();
    await expect(ask('add', partner.url, {}, strict)).rejects.toThrow('PRIVATE_WEBHOOKS');
    await expect(ask('add', 'http://a.example/', {}, strict)).rejects.toThrow('https://');
    await expect(ask('add', 'https://u:p@a.example/', {}, strict)).rejects.toThrow('signed');
    partner.status = 500;
    const { id } = await added();
    await expect(ask('test', id)).rejects.toThrow('refused');
    partner.status = 200;
  });
});
