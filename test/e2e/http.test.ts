import type { CommandId } from '@ingressou/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, type OpenShow, openNode, type TestNode } from '../setup/node.ts';
import { RawSocket } from '../setup/raw-socket.ts';

let house: TestNode;
let show: OpenShow;

beforeAll(async () => {
  house = await openNode();
  show = await house.createShow({ lots: [{ quantity: 10 }] });
});
afterAll(() => house.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${house.url}${path}`, { headers });
const post = (path: string, body: string) => fetch(`${house.url}${path}`, { method: 'POST', body });

describe('an operator', () => {
  it('sees that the node lives and is ready', async () => {
    expect((await get('/livez')).status).toBe(200);
    const ready = await get('/readyz');
    expect([ready.status, await ready.text()]).toEqual([200, 'ready\n']);
  });

  it('reads metrics from this network, and nobody reads them through a proxy', async () => {
    const metrics = await get('/metrics');
    expect(metrics.status).toBe(200);
    expect(await metrics.text()).toMatch(/^ingressou_commands_total\{outcome="accepted"\} \d+$/m);
    expect((await get('/metrics', { 'x-forwarded-for': '127.0.0.1' })).status).toBe(403);
  });

  it('finds no id of a show, a person or a lot in the metrics', async () => {
    const text = await (await get('/metrics')).text();
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  });
});

describe('anybody', () => {
  it('finds a show by its slug and in the list', async () => {
    const found = await get(`/v1/shows/${show.slug}`);
    expect(await found.json()).toMatchObject({ id: show.event, slug: show.slug, uf: 'DF' });
    const { data } = (await (await get('/v1/shows')).json()) as { data: { slug: string }[] };
    expect(data.length).toBeGreaterThan(0);
  });

  it.each([
    ['GET', '/v1/shows/none'],
    ['GET', '/v1/shows/..%2f..%2fetc%2fpasswd'],
    ['GET', "/v1/shows/';drop table show;--"],
    ['GET', '/assets/../../package.json'],
    ['GET', '/%00'],
    ['GET', '/nothing'],
    ['PUT', '/v1/shows'],
    ['DELETE', '/v1/shows/none'],
    ['GET', '/v1/live'],
  ])('is told that %s %s is not there', async (method, path) => {
    const answer = await fetch(`${house.url}${path}`, { method });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 404, code: expect.any(String) });
  });

  it('is told that nothing is there, as a page in a browser and in words for a program', async () => {
    const page = await fetch(`${house.url}/foo`, { headers: { accept: 'text/html,*/*' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([
      404,
      'text/html; charset=utf-8',
    ]);
    expect(await page.text()).toContain('id="app"');
    const words = await fetch(`${house.url}/foo`);
    expect([words.status, await words.json()]).toMatchObject([404, { code: 'not_found' }]);
  });

  it('gets every answer with the headers that protect a browser', async () => {
    for (const path of ['/livez', '/v1/shows', '/nothing', '/']) {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });
});

describe('a developer', () => {
  it('gets a token for a new buyer, and for the same one again', async () => {
    const first = await (await post('/v1/dev/token', '{"role":"CLIENTE"}')).json();
    const body = JSON.stringify({ role: 'CLIENTE', subject: first.subject });
    const again = await (await post('/v1/dev/token', body)).json();
    expect(again.subject).toBe(first.subject);
    const socket = await RawSocket.live(house.url, again.token);
    socket.close();
  });

  it.each([
    ['no JSON', 'role=CLIENTE', 400],
    ['another role', '{"role":"ADMIN"}', 400],
    ['a subject that is no id', '{"role":"CLIENTE","subject":"ana@example.com"}', 400],
    ['null', 'null', 400],
    ['a field too much', '{"role":"CLIENTE","shows":[]}', 400],
    ["a card's number", '{"role":"CLIENTE","card":"4111111111111111"}', 400],
    ['more than a body may be', 'x'.repeat(20_000), 413],
  ])('who sends %s is told what is wrong', async (_name, body, status) => {
    expect((await post('/v1/dev/token', body)).status).toBe(status);
  });

  it('finds no tokens where they are off', async () => {
    const strict = await openNode({ hasDevTokens: false });
    const answer = await fetch(`${strict.url}/v1/dev/token`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(404);
    await strict.stop();
  });
});

describe('a buyer', () => {
  const details = {
    event: '0192f0c0-0000-7000-8000-000000000000',
    buyer: {
      name: 'Ana Souza',
      email: 'ana@example.com',
      cpf: '529.982.247-25',
      phone: '(61) 99999-9999',
    },
    holders: [{ name: 'Ana Souza' }],
  };
  const ask = async (path: string, token: string, body?: unknown) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${house.url}${path}`, { ...init, headers })).status;
  };

  it('tells who buys, and finds own orders alone', async () => {
    const [mine, other] = [
      await house.mintToken({ role: 'CLIENTE' }),
      await house.mintToken({ role: 'CLIENTE' }),
    ];
    const path = `/v1/orders/${newId<CommandId>()}`;
    expect(await ask(`${path}/details`, mine, details)).toBe(200);
    expect(await ask(`${path}/details`, mine, details)).toBe(200);
    expect(await ask(`${path}/details`, other, details)).toBe(409);
    expect(await ask(`${path}/payment`, mine)).toBe(202);
    expect(await ask(`${path}/payment`, other)).toBe(404);
    expect(await ask('/v1/orders', mine)).toBe(200);
  });

  it('is asked for a token of theirs', async () => {
    const producer = await house.mintToken({ role: 'PRODUTOR', shows: [show.event] });
    expect(await ask('/v1/orders', producer)).toBe(403);
    expect(await ask('/v1/orders', 'no.token.this')).toBe(401);
    expect((await get('/v1/orders')).status).toBe(401);
  });

  it("never has a card's number taken", async () => {
    const mine = await house.mintToken({ role: 'CLIENTE' });
    const path = `/v1/orders/${newId<CommandId>()}/details`;
    const number = '5555 5555 5555 4444';
    const answer = await fetch(`${house.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${mine}` },
      body: JSON.stringify({ ...details, card: { number } }),
    });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'card_data_refused' }),
    ]);
  });

  it('is shown what paying takes', async () => {
    const checkout = await (await get('/v1/checkout')).json();
    expect(checkout).toMatchObject({ publicKey: expect.any(String), methods: expect.any(Array) });
  });
});

describe('a provider', () => {
  it('that is none is not listened to', async () => {
    for (const source of ['pagarme', 'sendgrid', 'whatsapp']) {
      expect((await post(`/v1/webhooks/${source}`, '{"id":"hook_x"}')).status).toBe(401);
    }
  });
});

describe('a node', () => {
  it('refuses a port that is taken, and says what to do', async () => {
    await expect(openNode({ port: house.config.port })).rejects.toThrow('Set PORT');
  });

  it('sends its sockets away when it stops, and holds are there when it is back', async () => {
    const subject = await (await post('/v1/dev/token', '{"role":"CLIENTE"}')).json();
    const before = await RawSocket.live(house.url, subject.token);
    before.send({ type: 'watch', event: show.event });
    const { position, generation } = await before.next('state');
    const id = newId<CommandId>();
    const items = [{ lot: show.lots[0]!, quantity: 2 }];
    before.send({ type: 'reserve', id, event: show.event, items });
    expect(await before.answerTo(id)).toMatchObject({ type: 'accepted' });
    house = await house.restart();
    expect(await before.next('bye')).toMatchObject({ reason: 'restart' });
    expect(await before.next('close')).toMatchObject({ code: 1012 });
    const after = await RawSocket.open(house.url);
    const resume = [{ event: show.event, generation, position }];
    after.send({ type: 'hello', token: subject.token, resume });
    const { holds } = await after.next('welcome');
    expect(holds).toMatchObject([{ event: show.event, hold: { id, status: 'held', items } }]);
    after.close();
  });
});
