import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sendGridWords, whatsAppWords } from './delivery-words.ts';

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const ourId = 'notification.email:0190c3a2:1:tickets';

describe('what SendGrid says', () => {
  const event = (changes: object): object => ({
    email: 'ana@exemplo.com.br',
    timestamp: 1_619_651_146,
    sg_event_id: 'e',
    sg_message_id: 'x-1.filterdrecv-5f-1',
    notif_id: ourId,
    ...changes,
  });

  it.each([
    [{ event: 'processed' }, 'accepted'],
    [{ event: 'deferred' }, 'sent'],
    [{ event: 'delivered' }, 'delivered'],
    [{ event: 'bounce', type: 'bounce' }, 'bounced'],
    [{ event: 'bounce', type: 'blocked' }, 'failed'],
    [{ event: 'dropped', reason: 'Bounced Address' }, 'failed'],
    [{ event: 'open' }, 'read'],
    [{ event: 'click', url: 'https://x' }, 'read'],
    [{ event: 'spamreport' }, 'read'],
  ])('%j means %s', (changes, status) => {
    const words = sendGridWords(bytes([event(changes)]));
    expect(words).toEqual([{ ourId, messageId: 'x-1', status }]);
  });

  it('reads all of a batch, and passes over what is not ours or is new', () => {
    const batch = [
      event({ event: 'delivered' }),
      event({ event: 'unsubscribe' }),
      event({ event: 'toString' }),
      event({ event: 'delivered', notif_id: undefined }),
      event({ event: 'delivered', notif_id: 'a b' }),
      event({ event: 'delivered', notif_id: 'a'.repeat(201) }),
      event({ event: 'delivered', notif_id: { $ne: 1 } }),
      null,
      7,
      event({ event: 'open', sg_message_id: 7 }),
    ];
    expect(sendGridWords(bytes(batch))).toEqual([
      { ourId, messageId: 'x-1', status: 'delivered' },
      { ourId, status: 'read' },
    ]);
  });

  it('never says to whom', () => {
    expect(JSON.stringify(sendGridWords(bytes([event({ event: 'open' })])))).not.toContain('ana');
  });
});

describe('what Meta says', () => {
  const body = (statuses: readonly object[], changes: object = {}): Uint8Array =>
    bytes({
      object: 'whatsapp_business_account',
      entry: [{ id: 'w', changes: [{ field: 'messages', value: { statuses } }] }],
      ...changes,
    });
  const status = (name: string): object => ({
    id: 'wamid.1',
    status: name,
    recipient_id: '556199999999',
    biz_opaque_callback_data: ourId,
  });

  it.each([
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['played', 'read'],
    ['failed', 'failed'],
  ])('%s means %s', (name, meaning) => {
    expect(whatsAppWords(body([status(name)]))).toEqual([
      { ourId, messageId: 'wamid.1', status: meaning },
    ]);
  });

  it('reads every entry and change, and passes over messages from people', () => {
    const value = { statuses: [status('sent')] };
    const changes = [
      { field: 'messages', value },
      { field: 'messages', value: { messages: [{ from: '5561', text: { body: 'oi' } }] } },
      { field: 'account_update', value },
      { field: 'messages', value },
    ];
    const entry = [{ changes }, { changes: [{ field: 'messages', value }] }, {}];
    expect(whatsAppWords(body([], { entry }))).toHaveLength(3);
  });

  it('is nothing when it is about something else', () => {
    expect(whatsAppWords(body([status('sent')], { object: 'page' }))).toBeUndefined();
  });
});

describe('a body from anywhere', () => {
  it('is words or nothing, and never breaks us', () => {
    const texts = fc.oneof(fc.string(), fc.json(), fc.constant('\ufeff[]'), fc.constant(''));
    fc.assert(
      fc.property(texts, (text) => {
        for (const read of [sendGridWords, whatsAppWords]) {
          const words = read(Buffer.from(text));
          expect(words === undefined || Array.isArray(words)).toBe(true);
        }
      }),
    );
  });
});
