import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { basicSender, ecdsaSender, hmacSender, isSameSecret, nobody } from './webhook-senders.ts';

const now = 1_767_225_600_000;
const body = Buffer.from('{"a":"\\u00e9"}\r\n');
const from = (headers: Record<string, string>, bytes: Uint8Array = body) =>
  ({ source: 'pagarme', headers, body: bytes }) as const;

it('nobody is nobody', () =>
  expect(nobody(from({ authorization: 'Basic Og==' }), now)).toBe(false));

describe('Pagar.me', () => {
  const sender = basicSender('ingressou', 'a:b ç');
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    [basic('ingressou:a:b ç'), true],
    [basic('ingressou:a:b'), false],
    [basic('ingressou:a:b ç '), false],
    [basic('Ingressou:a:b ç'), false],
    ['', false],
    ['Basic', false],
    ['Bearer x', false],
  ])('with %j is believed: %s', (authorization, isBelieved) => {
    expect(sender(from({ authorization }), now)).toBe(isBelieved);
  });
});

describe('Meta', () => {
  const sender = hmacSender('app secret');
  const signature = `sha256=${createHmac('sha256', 'app secret').update(body).digest('hex')}`;

  it('is believed for the bytes it signed alone', () => {
    expect(sender(from({ 'x-hub-signature-256': signature }), now)).toBe(true);
    const again = Buffer.from(JSON.stringify(JSON.parse(body.toString())));
    expect(sender(from({ 'x-hub-signature-256': signature }, again), now)).toBe(false);
  });

  it('is not believed without a signature, with a part of one or another kind', () => {
    for (const wrong of ['', 'sha256=', signature.slice(0, -1), signature.slice(7)]) {
      expect(sender(from({ 'x-hub-signature-256': wrong }), now)).toBe(false);
    }
    const sha1 = `sha1=${createHmac('sha1', 'app secret').update(body).digest('hex')}`;
    expect(sender(from({ 'x-hub-signature-256': sha1, 'x-hub-signature': sha1 }), now)).toBe(false);
  });
});

describe('SendGrid', () => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const sender = ecdsaSender(spki);
  const signed = (seconds: number | string, bytes = body, key = keys.privateKey) => ({
    'x-twilio-email-event-webhook-timestamp': String(seconds),
    'x-twilio-email-event-webhook-signature': sign(
      'sha256',
      Buffer.concat([Buffer.from(String(seconds)), bytes]),
      key,
    ).toString('base64'),
  });
  const seconds = now / 1000;

  it('is believed for what it signed lately', () => {
    expect(sender(from(signed(seconds)), now)).toBe(true);
    expect(sender(from(signed(seconds - 600)), now)).toBe(true);
  });

  it.each([
    ['long ago', signed(seconds - 601)],
    ['ahead of time', signed(seconds + 601)],
    ['at no time', signed('now')],
    ['another body', signed(seconds, Buffer.from('{}'))],
    [
      'with another key',
      signed(seconds, body, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    ],
    ['nothing', {}],
    ['rubbish', { ...signed(seconds), 'x-twilio-email-event-webhook-signature': 'AAAA' }],
  ])('is not believed when it signed %s', (_what, headers) => {
    expect(sender(from(headers), now)).toBe(false);
  });

  it('needs a key that is one', () => expect(() => ecdsaSender('AAAA')).toThrow());
});

it('compares secrets of any length', () => {
  expect(isSameSecret('a'.repeat(10_000), 'a'.repeat(10_000))).toBe(true);
  expect(isSameSecret('', 'a')).toBe(false);
});
