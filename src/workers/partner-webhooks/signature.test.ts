import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { messageIdOf, newWebhookSecret, signedHeaders } from './signature.ts';

interface Vector {
  readonly name: string;
  readonly secrets: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly now: number;
}

const vectors = JSON.parse(
  readFileSync('protocol/vectors/webhooks.json', 'utf8'),
) as readonly Vector[];
const vector = (name: string): Vector => vectors.find((each) => each.name === name)!;

it.each(['signed with the secret', "the reference libraries' own example"])(
  'writes what everybody else writes: %s',
  (name) => {
    const { headers, body, secrets, now } = vector(name);
    const id = headers['webhook-id']!;
    expect(signedHeaders({ id, body }, secrets, now)).toEqual(headers);
  },
);

it('signs with the old and the new secret', () => {
  const message = { id: 'msg_1', body: '{}' };
  const [one, other] = [newWebhookSecret(), newWebhookSecret()];
  const both = signedHeaders(message, [one, other], 0)['webhook-signature'];
  const each = [one, other].map(
    (secret) => signedHeaders(message, [secret], 0)['webhook-signature'],
  );
  expect(both).toBe(each.join(' '));
});

it('makes secrets of 32 bytes that differ', () => {
  expect(newWebhookSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(newWebhookSecret()).not.toBe(newWebhookSecret());
});

it('names a message by its job, in letters that need no quoting', () => {
  expect(messageIdOf('notification.webhook:a')).toBe(messageIdOf('notification.webhook:a'));
  expect(messageIdOf('notification.webhook:a')).not.toBe(messageIdOf('notification.webhook:b'));
  expect(messageIdOf('x')).toMatch(/^msg_[\w-]{27}$/);
});
