import { createHash, createHmac, randomBytes } from 'node:crypto';

/** What a partner is told, as it leaves: the same bytes and the same id each time it is tried. */
export interface PartnerMessage {
  readonly id: string;
  readonly body: string;
}

const secretBytes = 32;
const prefix = 'whsec_';

/** A new secret, as Standard Webhooks writes them. */
export function newWebhookSecret(): string {
  return `${prefix}${randomBytes(secretBytes).toString('base64')}`;
}

/** The id of what a job tells: a partner that hears it twice knows it by that. */
export function messageIdOf(jobId: string): string {
  return `msg_${createHash('sha256').update(jobId).digest('base64url').slice(0, 27)}`;
}

/**
 * The headers of Standard Webhooks: one signature for each secret, so that a partner that has only
 * the old or only the new one believes the message.
 */
export function signedHeaders(
  { id, body }: PartnerMessage,
  secrets: readonly string[],
  now: number,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1000));
  const signatures = secrets.map((secret) => signature(secret, `${id}.${timestamp}.${body}`));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

function signature(secret: string, signed: string): string {
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
