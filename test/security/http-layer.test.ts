import type { EventId, Role } from '@ingressou/protocol';
import { devTokenRequest } from '@ingressou/protocol/requests';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSubject } from '../../src/transport/access-tokens.ts';
import { json, type Route } from '../../src/transport/http.ts';
import { parseBody } from '../../src/transport/http-body.ts';
import { newId } from '../setup/node.ts';
import { newTokens, type RouteServer, serveRoutes } from '../setup/route-server.ts';
import { silentTelemetry } from '../setup/silent-telemetry.ts';

// What the HTTP layer does before a route sees a request, over real sockets and made-up routes.

const page = 'https://parceiro.example';
const show = newId<EventId>();
const told: string[] = [];
let server: RouteServer;

const routes: readonly Route[] = [
  {
    method: 'PUT',
    path: '/echo/:first/and/:second',
    policy: 'public',
    answer: ({ method, parameters, query, headers, body }) =>
      json(200, { method, parameters, query: [...query], headers, bytes: body.length }),
  },
  {
    method: 'POST',
    path: '/shape',
    policy: 'public',
    answer: (request) => {
      const body = parseBody(request, devTokenRequest);
      return body.isGood ? json(200, body.value) : body.refusal;
    },
  },
  { method: 'POST', path: '/large', policy: 'public', bodyBytesMax: 100_000, answer: size },
  { method: 'POST', path: '/hook', policy: 'webhook', answer: size },
  {
    method: 'DELETE',
    path: '/shows/:show/thing',
    policy: { roles: ['PRODUTOR', 'CHECKIN', 'ADMIN'], show: 'show' },
    answer: (_request, { subject, role }) => json(200, { subject, role }),
  },
  {
    method: 'GET',
    path: '/broken',
    policy: 'public',
    answer: () => {
      throw new Error('the secret of the house');
    },
  },
];

// @ts-expect-error a route that does not say who may call it does not compile
const open: Route = { method: 'GET', path: '/open', answer: size };

function size({ body }: { body: Uint8Array }) {
  return json(200, { bytes: body.length });
}

beforeAll(async () => {
  const failed = (what: string, cause: unknown) => void told.push(`${what}: ${String(cause)}`);
  server = await serveRoutes([...routes, open], {
    telemetry: { ...silentTelemetry, failed },
    origins: [page],
  });
});
afterAll(() => server.close());

const send = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init);
const post = (path: string, body: string) => send(path, { method: 'POST', body });

describe('a request', () => {
  it('comes to its route with its parts, its query and the headers that routes read', async () => {
    const headers = { 'Idempotency-Key': 'Once', 'X-Secret': 'not read' };
    const answer = await send('/echo/a%20b/and/c?x=1&x=2', { method: 'PUT', headers, body: 'abc' });
    expect(await answer.json()).toEqual({
      method: 'PUT',
      parameters: { first: 'a%20b', second: 'c' },
      query: [
        ['x', '1'],
        ['x', '2'],
      ],
      headers: expect.objectContaining({ 'idempotency-key': 'Once', authorization: '' }),
      bytes: 3,
    });
  });

  it.each([
    ['/shape', 16 * 1024 + 1, 413],
    ['/large', 100_000, 200],
    ['/large', 100_001, 413],
  ])('to %s with %d bytes is answered %d', async (path, bytes, status) => {
    expect((await post(path, 'x'.repeat(bytes))).status).toBe(status);
  });

  it('that breaks its route is answered 500 without a word about how', async () => {
    const answer = await send('/broken');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret');
  });
});

describe('a body', () => {
  it.each([
    ['of the right shape', '{"role":"CLIENTE"}', 200, undefined],
    ['that is empty', '', 400, 'malformed_body'],
    ['that is no JSON', 'role=CLIENTE', 400, 'malformed_body'],
    ['with a byte order mark', '\ufeff{"role":"CLIENTE"}', 400, 'malformed_body'],
    ['with a key twice', '{"role":"CLIENTE","role":"CLIENTE"}', 400, 'malformed_body'],
    ['with __proto__', '{"role":"CLIENTE","__proto__":{"a":1}}', 400, 'malformed_body'],
    ['that is deep', '['.repeat(5_000) + ']'.repeat(5_000), 400, 'malformed_body'],
    ['that is null', 'null', 400, 'invalid_fields'],
    ['with a field too much', '{"role":"CLIENTE","price":1}', 400, 'invalid_fields'],
  ])('%s is answered as it deserves', async (_what, body, status, code) => {
    const answer = await post('/shape', body);
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as { code?: string }).code).toBe(code);
  });

  it('that is wrong is told where, and nothing of what it held', async () => {
    const answer = await post('/shape', '{"subject":"ana@example.com","price":1}');
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const text = await answer.text();
    expect(JSON.parse(text).errors).toEqual([
      { pointer: '#/role', detail: 'is missing' },
      { pointer: '#/price', detail: 'is not known here' },
      { pointer: '#/subject', detail: 'is not written as it must be' },
    ]);
    expect(text).not.toContain('ana@');
  });

  it('with a card number is refused before its route, and told to nobody', async () => {
    const answer = await post('/shape', '{"role":"CLIENTE","card":"4111 1111 1111 1111"}');
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'card_data_refused' }),
    ]);
    expect((await post('/hook', '{"card":"4111111111111111"}')).status).toBe(200);
    expect(told.join()).not.toContain('4111');
  });
});

describe('a token', () => {
  const ask = async (headers: Record<string, string>, of: string = show) =>
    send(`/shows/${of}/thing`, { method: 'DELETE', headers });
  const bearer = async (role: Role, shows: readonly EventId[] = [], now = Date.now()) => ({
    authorization: `Bearer ${await server.tokens.sign(newSubject(), role, now, 60_000, shows)}`,
  });

  it('says who asks', async () => {
    const subject = newSubject();
    const token = await server.tokens.sign(subject, 'ADMIN', Date.now(), 60_000);
    const answer = await ask({ authorization: `bearer ${token}` });
    expect(await answer.json()).toEqual({ subject, role: 'ADMIN' });
  });

  it('that is missing, strange, of another house or over is answered 401', async () => {
    const other = await newTokens().sign(newSubject(), 'ADMIN', Date.now(), 60_000);
    const good = await bearer('ADMIN');
    const cases: Record<string, string>[] = [
      {},
      { authorization: 'Basic YTpi' },
      { authorization: 'Bearer a b' },
      { authorization: `Bearer ${'x'.repeat(4_000)}` },
      { authorization: `Bearer ${other}` },
      { authorization: `${good.authorization}x` },
      await bearer('ADMIN', [], Date.now() - 120_000),
    ];
    for (const headers of cases) {
      const answer = await ask(headers);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  it('of a role that may not is answered 403', async () => {
    expect((await ask(await bearer('CLIENTE', [show]))).status).toBe(403);
  });

  it.each([
    ['PRODUTOR', [show], 200],
    ['CHECKIN', [newId<EventId>(), show], 200],
    ['PRODUTOR', [newId<EventId>()], 404],
    ['CHECKIN', [], 404],
    ['ADMIN', [], 200],
  ] as const)('of %s for the shows %j is answered %d', async (role, shows, status) => {
    expect((await ask(await bearer(role, shows))).status).toBe(status);
  });

  it('names shows by their ids or is not ours', async () => {
    const answer = await ask(await bearer('PRODUTOR', ['*' as EventId]));
    expect(answer.status).toBe(401);
  });
});

describe('a page of another origin', () => {
  it('that is listed may ask and read', async () => {
    const asked = await send('/v1/anything', { method: 'OPTIONS', headers: { origin: page } });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(page);
    expect(asked.headers.get('access-control-allow-headers')).toContain('Authorization');
    const answer = await send('/echo/a/and/b', { method: 'PUT', headers: { origin: page } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(page);
  });

  it('that is not listed may neither', async () => {
    const headers = { origin: 'https://parceiro.example.evil.example' };
    const asked = await send('/v1/anything', { method: 'OPTIONS', headers });
    expect(asked.status).toBe(403);
    expect(asked.headers.get('access-control-allow-origin')).toBeNull();
    const answer = await send('/echo/a/and/b', { method: 'PUT', headers });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
