import { describe, expect, it } from 'vitest';
import vectors from '../../protocol/vectors/webhooks.json' with { type: 'json' };
import { unwrapWebhook, WebhookError } from './webhooks.ts';

const outcomeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'good';
  } catch (error) {
    if (error instanceof WebhookError) return error.code;
    throw error;
  }
};

describe('a webhook', () => {
  it.each(vectors)('with $name is $outcome', async ({ body, headers, secrets, now, outcome }) => {
    const bytes = new TextEncoder().encode(body);
    expect(await outcomeOf(unwrapWebhook(body, headers, secrets, { now }))).toBe(outcome);
    const same = unwrapWebhook(bytes, new Headers(headers), secrets, { now });
    expect(await outcomeOf(same)).toBe(outcome);
  });

  it('tells what happened', async () => {
    const [{ body, headers, secrets, now }] = vectors as [(typeof vectors)[number]];
    const event = await unwrapWebhook(body, headers, secrets[0]!, { now });
    expect(event).toEqual(JSON.parse(body));
    expect(event.data.note).toBe('São João ✓');
  });

  it('without any of its headers is none', async () => {
    expect(await outcomeOf(unwrapWebhook('{}', {}, 'whsec_AAAA'))).toBe('malformed_headers');
  });
});
