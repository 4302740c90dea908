import {
  createHash,
  createHmac,
  createPublicKey,
  type KeyObject,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import type { RawWebhook } from '../ports/webhooks.ts';

/** Whether a webhook is from who it says; in constant time, over the raw bytes. */
export type Sender = (webhook: RawWebhook, now: number) => boolean;

/** A source that was not set up: nothing is from it. */
export const nobody: Sender = () => false;

/** Pagar.me: HTTP Basic with what was typed into its dashboard. */
export function basicSender(user: string, password: string): Sender {
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return ({ headers }) => isSameSecret(headers.authorization ?? '', expected);
}

/** Meta: HMAC-SHA256 of the body under the app's secret, in hex. */
export function hmacSender(secret: string): Sender {
  return ({ headers, body }) => {
    const expected = createHmac('sha256', secret).update(body).digest('hex');
    return isSameSecret(headers['x-hub-signature-256'] ?? '', `sha256=${expected}`);
  };
}

/** SendGrid sends an event again for a day, but signs it anew each time. */
const signedAgeMsMax = 10 * 60 * 1000;

/**
 * SendGrid: ECDSA over the time and the body, under the key its dashboard shows (base64 SPKI).
 *
 * @throws {Error} that is no key
 */
export function ecdsaSender(publicKey: string): Sender {
  const key = createPublicKey({
    key: Buffer.from(publicKey, 'base64'),
    format: 'der',
    type: 'spki',
  });
  return ({ headers, body }, now) => {
    const time = headers['x-twilio-email-event-webhook-timestamp'] ?? '';
    const signature = headers['x-twilio-email-event-webhook-signature'] ?? '';
    if (!/^\d{10}$/.test(time) || Math.abs(now - Number(time) * 1000) > signedAgeMsMax)
      return false;
    return isSigned(key, Buffer.concat([Buffer.from(time), body]), signature);
  };
}

function isSigned(key: KeyObject, message: Uint8Array, signature: string): boolean {
  try {
    return verify('sha256', message, key, Buffer.from(signature, 'base64'));
  } catch {
    // A signature that is not even DER is a wrong one.
    return false;
  }
}

/** Compares digests, so that neither how much is right nor how long it is can be measured. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
