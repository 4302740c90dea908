import { randomUUID } from 'node:crypto';
import { unwrapWebhook } from '@ingressou/client-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Delivery, type Job, RetryError } from '../../src/ports/jobs.ts';
import { DataKey } from '../../src/store/data-keys.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { DatabasePartnerEndpoints } from '../../src/store/partner-endpoints.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { PartnerAddresses } from '../../src/workers/partner-webhooks/partner-addresses.ts';
import { PartnerSender } from '../../src/workers/partner-webhooks/partner-sender.ts';
import { tellPartners } from '../../src/workers/partner-webhooks/partner-webhooks.ts';
import { newWebhookSecret } from '../../src/workers/partner-webhooks/signature.ts';
import { openPartner, type Partner } from '../setup/partner.ts';

// From the job that the relay makes to what partners receive, over the real store and real HTTP.

const secret = newWebhookSecret();
const at = Date.now();
const paid: Delivery = {
  id: 'notification.webhook:show:1:order.paid:order',
  kind: 'notification.webhook',
  body: { type: 'order.paid', order: 'an order', amountCents: 5_980, at, position: 7 },
  attempt: 1,
};

let open: OpenDatabase;
let endpoints: DatabasePartnerEndpoints;
let partner: Partner;
let sender: PartnerSender;
let published: Job[];
let disabled: string[];
let outcomes: string[];
let now: number;
let id: string;

beforeAll(async () => {
  open = await openPglite();
  await migrate(open.database, 'migrations');
  endpoints = new DatabasePartnerEndpoints(open.database, DataKey.random());
  sender = new PartnerSender({ addresses: new PartnerAddresses(['127.0.0.0/8']) });
});
afterAll(async () => {
  await sender.close();
  await open.close();
});
beforeEach(async () => {
  partner = await openPartner();
  [published, disabled, outcomes, now, id] = [[], [], [], at, randomUUID()];
  await endpoints.add({ id, url: partner.url, secrets: [secret] });
});
afterEach(async () => {
  await endpoints.remove(id);
  await partner.close();
});

const tell = (job: Delivery) =>
  tellPartners(
    {
      endpoints,
      sender,
      jobs: { publish: async (jobs) => void published.push(...jobs) },
      clock: { now: () => now, monotonic: () => performance.now() },
      telemetry: {
        partnerTold: ({ outcome }) => void outcomes.push(outcome),
        partnerDisabled: (endpoint) => void disabled.push(endpoint),
      },
    },
    job,
  );
/** The job for the one endpoint there is. */
const oneJob = async (): Promise<Delivery> => {
  await tell(paid);
  return { ...published[0]!, attempt: 1 };
};

describe('what happened', () => {
  it('is a job for each endpoint, the same whenever it is made', async () => {
    const other = randomUUID();
    await endpoints.add({ id: other, url: partner.url, secrets: [secret] });
    await tell(paid);
    await tell(paid);
    expect(published).toHaveLength(4);
    expect(new Set(published.map((job) => job.id)).size).toBe(2);
    expect(new Set(published.map((job) => job.body.message)).size).toBe(1);
    expect(partner.received).toEqual([]);
    await endpoints.remove(other);
  });

  it('is told in words that the SDK believes, the same bytes each time', async () => {
    const job = await oneJob();
    await tell(job);
    now += 60_000;
    await tell(job);
    const [first, second] = partner.received as [
      Partner['received'][number],
      Partner['received'][number],
    ];
    expect(second.body).toBe(first.body);
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    const event = await unwrapWebhook(second.body, second.headers, secret, { now });
    expect(event).toEqual({
      type: 'order.paid',
      timestamp: new Date(at).toISOString(),
      data: { order: 'an order', amountCents: 5_980, position: 7 },
    });
    expect(outcomes).toEqual(['delivered', 'delivered']);
  });
});

describe('a partner that fails', () => {
  it('is told again by the ladder, and its loss is no dead job of ours', async () => {
    partner.status = 500;
    const job = await oneJob();
    for (const attempt of [1, 2, 3, 4]) {
      await expect(tell({ ...job, attempt })).rejects.toThrow(RetryError);
    }
    await tell({ ...job, attempt: 5 });
    expect(await endpoints.find(id)).toMatchObject({ failures: 5 });
    partner.status = 200;
    await tell(job);
    expect(await endpoints.find(id)).toMatchObject({ failures: 0 });
  });

  it('for a day and many times is not called any more, and an operator hears of it once', async () => {
    partner.status = 500;
    const job = await oneJob();
    for (let times = 0; times < 25; times += 1) await tell({ ...job, attempt: 5 });
    expect(disabled).toEqual([]);
    now += 24 * 60 * 60 * 1000;
    await tell(job);
    expect(disabled).toEqual([id]);
    const count = partner.received.length;
    await tell(job);
    await tell(paid);
    expect(partner.received).toHaveLength(count);
    expect(published).toHaveLength(1);
    await endpoints.enable(id);
    partner.status = 200;
    await tell(job);
    expect(partner.received).toHaveLength(count + 1);
  });

  it('once after a quiet day is not disabled', async () => {
    partner.status = 500;
    const job = await oneJob();
    await tell({ ...job, attempt: 5 });
    now += 25 * 60 * 60 * 1000;
    await tell({ ...job, attempt: 5 });
    expect(disabled).toEqual([]);
  });

  it('by saying that it is gone is disabled at once', async () => {
    partner.status = 410;
    await tell(await oneJob());
    expect(disabled).toEqual([id]);
  });

  it('by being removed meanwhile is forgotten', async () => {
    const job = await oneJob();
    await endpoints.remove(id);
    await tell(job);
    expect(partner.received).toEqual([]);
  });
});
