import { unwrapWebhook } from '@ingressou/client-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPartner, type Partner } from '../../../test/setup/partner.ts';
import { PartnerAddresses } from './partner-addresses.ts';
import { PartnerSender } from './partner-sender.ts';
import { newWebhookSecret } from './signature.ts';

const secrets = [newWebhookSecret(), newWebhookSecret()];
const event = { type: 'test', timestamp: '2026-01-01T00:00:00.000Z', data: { text: 'São João' } };
const message = { id: 'msg_1', body: JSON.stringify(event) };
let partner: Partner;
let sender: PartnerSender;

beforeEach(async () => {
  partner = await openPartner();
  const addresses = new PartnerAddresses(['127.0.0.0/8', '::1']);
  sender = new PartnerSender({ addresses, timeoutMs: 2_000 });
});
afterEach(async () => {
  await sender.close();
  await partner.close();
});

const send = (url = partner.url) => sender.send({ url, secrets }, message, Date.now());

describe('a partner', () => {
  it('is told what its SDK believes, by the old secret and by the new', async () => {
    expect(await send()).toBe('delivered');
    const [{ headers, body }] = partner.received as [Partner['received'][number]];
    for (const secret of secrets) {
      expect(await unwrapWebhook(body, headers, secret)).toEqual(event);
    }
    const stranger = unwrapWebhook(body, headers, newWebhookSecret());
    await expect(stranger).rejects.toThrow('wrong_signature');
  });

  it.each([
    [204, 'delivered'],
    [302, 'refused'],
    [400, 'refused'],
    [410, 'gone'],
    [500, 'refused'],
  ] as const)('that answers %d has it %s', async (status, outcome) => {
    partner.status = status;
    expect(await send()).toBe(outcome);
    expect(partner.received).toHaveLength(1);
  });

  it('leads nowhere else', async () => {
    const other = await openPartner();
    partner.status = 307;
    partner.location = other.url;
    expect(await send()).toBe('refused');
    expect(other.received).toEqual([]);
    await other.close();
  });

  it('that never answers is not waited for', async () => {
    partner.status = 'silent';
    expect(await send()).toBe('timed_out');
  });

  it('that answers without end is not read to it', async () => {
    partner.isEndless = true;
    expect(await send()).toBe('delivered');
    expect(partner.taken).toBeLessThan(16 * 1024 * 1024);
    partner.isEndless = false;
    expect(await send()).toBe('delivered');
  });

  it('that is not there is unreachable', async () => {
    await partner.close();
    expect(await send()).toBe('unreachable');
    expect(await send('https://no-such-name.invalid/')).toBe('unreachable');
  });

  it('of this machine is not called where that is not allowed', async () => {
    const strict = new PartnerSender({ addresses: new PartnerAddresses() });
    const port = new URL(partner.url).port;
    for (const url of [partner.url, `https://localhost:${port}/`, `https://127.0.0.1:${port}/`]) {
      const outcome = await strict.send({ url, secrets }, message, Date.now());
      expect(outcome).toBe('forbidden_address');
    }
    expect(partner.received).toEqual([]);
    await strict.close();
  });
});
