import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyText } from '../setup/every-text.ts';
import {
  appSecret,
  openRouteHouse,
  type RouteHouse,
  verifyToken,
  webhookUser,
} from './route-house.ts';

// The edge of what providers tell us: numbers 100 to 109 of the bad inputs that concern it. What
// becomes of a webhook that is kept is the workers' part: they ask the provider.

let house: RouteHouse;
let count = 0;

beforeAll(async () => {
  house = await openRouteHouse();
});
afterAll(() => house.stop());

const basic = ({ user, password } = webhookUser) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const post = async (
  source: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
) => (await fetch(`${house.url}/v1/webhooks/${source}`, { method: 'POST', body, headers })).status;
const hook = (body: string | Uint8Array<ArrayBuffer>, authorization = basic()) =>
  post('pagarme', body, { authorization });
const newHook = () => {
  count += 1;
  return `{"id":"hook_edge${count}","type":"order.paid","data":{"code":"x"}}`;
};
const waiting = async () => (await house.inbox.waiting(10_000)).length;

describe('a webhook', () => {
  it('is durable before it is answered 200', async () => {
    const before = await waiting();
    expect(await hook(newHook())).toBe(200);
    expect(await waiting()).toBe(before + 1);
  });

  it('that is replayed 100 times is kept once', async () => {
    const before = await waiting();
    const body = newHook();
    const statuses = await Promise.all(Array.from({ length: 100 }, () => hook(body)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await waiting()).toBe(before + 1);
  });

  it.each([
    ['nobody', ''],
    ['a wrong password', basic({ ...webhookUser, password: 'secreT' })],
    ['the beginning of the password', basic({ ...webhookUser, password: 'secre' })],
    ['another user', basic({ ...webhookUser, user: 'root' })],
    ['a token', 'Bearer x'],
  ])('of %s is refused and leaves no trace', async (_who, authorization) => {
    const before = await everyText(house.database);
    expect(await hook(newHook(), authorization)).toBe(401);
    expect(await everyText(house.database)).toBe(before);
  });

  it('of an unknown type, with a byte order mark or another content type is kept', async () => {
    const before = await waiting();
    expect(await hook(newHook().replace('order.paid', 'volcano.erupted'))).toBe(200);
    expect(await hook(`\ufeff${newHook()}`)).toBe(200);
    const headers = { authorization: basic(), 'content-type': 'text/xml' };
    expect(await post('pagarme', newHook(), headers)).toBe(200);
    expect(await waiting()).toBe(before + 3);
  });

  it('that cannot be read is kept as broken, and answered so that it does not come again', async () => {
    const before = await waiting();
    for (const body of ['not json', '', '[]', Uint8Array.of(0xff, 0xfe, 0x00)]) {
      expect(await hook(body)).toBe(200);
    }
    expect(await waiting()).toBe(before);
    expect((await everyText(house.database)).match(/,broken\)/g)).toHaveLength(4);
  });

  it.each([
    [256 * 1024, 200],
    [256 * 1024 + 1, 413],
    [2 * 1024 * 1024, 413],
  ])('of %d bytes is answered %d', async (bytes, status) => {
    const start = newHook().slice(0, -1);
    const body = `${start},"pad":"${'x'.repeat(bytes - start.length - 10)}"}`;
    expect(body).toHaveLength(bytes);
    expect(await hook(body)).toBe(status);
  });

  it('is authenticated by its raw bytes, not by what they say', async () => {
    const raw = '{"entry":[{"text":"caf\\u00e9"}]}';
    const signature = `sha256=${createHmac('sha256', appSecret).update(raw).digest('hex')}`;
    const headers = { 'x-hub-signature-256': signature };
    expect(await post('whatsapp', JSON.stringify(JSON.parse(raw)), headers)).toBe(401);
    expect(await post('whatsapp', raw, headers)).toBe(200);
  });

  it('of a source that was not set up is refused', async () => {
    expect(await post('sendgrid', '[]', {})).toBe(401);
    expect(await post('stripe', '{}', {})).toBe(404);
  });

  it('is not mistaken for card data, and never opened by the gateway', async () => {
    expect(await hook(newHook().replace('"x"', '"4111111111111111"'))).toBe(200);
    expect(await everyText(house.database)).not.toContain('4111111111111111');
  });
});

describe('Meta, when it asks whether the address is ours,', () => {
  const verify = (query: string) => fetch(`${house.url}/v1/webhooks/whatsapp?${query}`);
  const token = encodeURIComponent(verifyToken);

  it('is told its own challenge', async () => {
    const asked = `hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=1158201444`;
    const answer = await verify(asked);
    expect([answer.status, await answer.text()]).toEqual([200, '1158201444']);
  });

  it.each([
    ['no token', 'hub.mode=subscribe&hub.challenge=1'],
    ['a wrong one', 'hub.mode=subscribe&hub.verify_token=x&hub.challenge=1'],
    ['another wish', `hub.mode=unsubscribe&hub.verify_token=${token}&hub.challenge=1`],
    ['a page as its challenge', `hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=<b>`],
    ['nothing', ''],
  ])('is refused with %s', async (_what, query) => {
    expect((await verify(query)).status).toBe(403);
  });
});
