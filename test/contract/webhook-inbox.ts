import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RawWebhook, WebhookInbox, WebhookSource } from '../../src/ports/webhooks.ts';

export interface OpenWebhookInbox {
  /** Takes what says `good` in its authorization, and its time from `now`. */
  readonly inbox: WebhookInbox;
  now: number;
  close(): Promise<void>;
}

/** What every WebhookInbox promises. An adapter is done when this passes. */
export function describeWebhookInbox(name: string, open: () => Promise<OpenWebhookInbox>): void {
  describe(`${name} keeps the WebhookInbox contract`, () => {
    let opened: OpenWebhookInbox;
    let inbox: WebhookInbox;
    let id: string;

    beforeAll(async () => {
      opened = await open();
      ({ inbox } = opened);
    });
    afterAll(() => opened.close());
    beforeEach(() => {
      id = `hook_${randomBytes(8).toString('hex')}`;
    });

    const webhook = (
      body: string | Uint8Array,
      source: WebhookSource = 'pagarme',
      authorization = 'good',
    ): RawWebhook => ({ source, headers: { authorization }, body: Buffer.from(body) });
    const paid = () => webhook(`{"id":"${id}","type":"order.paid"}\r\n`);
    const waiting = async (bytes: Uint8Array) => {
      const all = await inbox.waiting(1_000_000);
      return all.filter(({ body }) => Buffer.compare(body, bytes) === 0);
    };

    it('keeps a webhook to the byte, until somebody has dealt with it', async () => {
      opened.now += 1;
      expect(await inbox.receive(paid())).toBe('kept');
      const [kept] = await waiting(paid().body);
      expect(kept).toMatchObject({ source: 'pagarme', receivedAt: opened.now });
      await inbox.settle([kept!.id], 'done');
      expect(await waiting(paid().body)).toEqual([]);
      expect(await inbox.receive(paid())).toBe('known');
      expect(await waiting(paid().body)).toEqual([]);
    });

    it('keeps the same one once, however often and at once it comes', async () => {
      const outcomes = await Promise.all(Array.from({ length: 100 }, () => inbox.receive(paid())));
      expect(outcomes.filter((outcome) => outcome === 'kept')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'known')).toHaveLength(99);
      expect(await waiting(paid().body)).toHaveLength(1);
    });

    it('knows batches by their bytes and hooks by their names', async () => {
      const batch = `[{"sg_event_id":"${id}"}]`;
      expect(await inbox.receive(webhook(batch, 'sendgrid'))).toBe('kept');
      expect(await inbox.receive(webhook(batch, 'sendgrid'))).toBe('known');
      expect(await inbox.receive(webhook(`${batch} `, 'sendgrid'))).toBe('kept');
      const statuses = `{"object":"whatsapp_business_account","entry":["${id}"]}`;
      expect(await inbox.receive(webhook(statuses, 'whatsapp'))).toBe('kept');
      expect(await inbox.receive(webhook(statuses, 'whatsapp'))).toBe('known');
      expect(await inbox.receive(paid())).toBe('kept');
      expect(await inbox.receive(webhook(`{"id":"${id}","type":"other"}`))).toBe('known');
    });

    it('keeps nothing of what is not from its source', async () => {
      const forged = webhook(paid().body, 'pagarme', 'goo');
      expect(await inbox.receive(forged)).toBe('unauthenticated');
      expect(await inbox.receive(paid())).toBe('kept');
    });

    it.each<[string, WebhookSource, (id: string) => string | Uint8Array]>([
      ['no JSON', 'pagarme', (own) => `id=${own}`],
      ['no bytes', 'whatsapp', () => ''],
      ['no text', 'pagarme', () => randomBytes(64).fill(0xff, 0, 1)],
      ['no name', 'pagarme', (own) => `{"type":"${own}"}`],
      ['a name that is none', 'pagarme', (own) => `{"id":"hook_'; drop table ${own}"}`],
      ['an object where a list should be', 'sendgrid', (own) => `{"a":"${own}"}`],
      ['a list where an object should be', 'whatsapp', (own) => `["${own}"]`],
      ['null', 'whatsapp', () => 'null'],
      ['much depth', 'whatsapp', (own) => `${'['.repeat(50_000)}${own}`],
    ])('with %s is kept as broken, and waits for nobody', async (_what, source, body) => {
      const broken = webhook(body(id), source);
      expect(await inbox.receive(broken)).toBe('malformed');
      expect(await inbox.receive(broken)).toBe('known');
      expect(await waiting(broken.body)).toEqual([]);
    });

    it('reads past a byte order mark and an event it has never heard of', async () => {
      const marked = webhook(`\ufeff{"id":"${id}","type":"volcano.erupted","data":{"deep":[[]]}}`);
      expect(await inbox.receive(marked)).toBe('kept');
      expect(await waiting(marked.body)).toHaveLength(1);
    });

    it('gives the oldest first, at most as many as asked', async () => {
      const early = opened.now - 1_000_000_000;
      const present = opened.now;
      for (const [at, own] of [
        [early + 2, 'second'],
        [early + 1, 'first'],
      ] as const) {
        opened.now = at;
        await inbox.receive(webhook(`{"entry":"${own} ${id}"}`, 'whatsapp'));
      }
      opened.now = present;
      const texts = (await inbox.waiting(2)).map(({ body }) => Buffer.from(body).toString());
      expect(texts).toEqual([`{"entry":"first ${id}"}`, `{"entry":"second ${id}"}`]);
    });

    it('tells those who listen of what is new alone', async () => {
      let heard = 0;
      inbox.onKept(() => {
        heard += 1;
      });
      await inbox.receive(paid());
      await inbox.receive(paid());
      await inbox.receive(webhook('x', 'pagarme'));
      await inbox.receive(webhook(`{"id":"${id}x"}`, 'pagarme', 'bad'));
      expect(heard).toBe(1);
    });

    it('forgets what was dealt with long ago, and nothing that waits', async () => {
      const early = opened.now - 2_000_000_000;
      const present = opened.now;
      opened.now = early;
      await inbox.receive(paid());
      const settled = webhook(`{"entry":"${id}"}`, 'whatsapp');
      await inbox.receive(settled);
      opened.now = present;
      const [kept] = await waiting(settled.body);
      await inbox.settle([kept!.id], 'ignored');
      await inbox.forget(early);
      expect(await inbox.receive(settled)).toBe('known');
      await inbox.forget(early + 1);
      expect(await inbox.receive(settled)).toBe('kept');
      expect(await waiting(paid().body)).toHaveLength(1);
    });
  });
}
