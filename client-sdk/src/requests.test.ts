import { describe, expect, it } from 'vitest';
import { type ScriptedAnswer, ScriptedHttp } from '../test/scripted-http.ts';
import { settled, VirtualClock } from '../test/virtual-clock.ts';
import { Credentials, type Token } from './credentials.ts';
import { RequestError } from './errors.ts';
import { type Request, Requests } from './requests.ts';

const look: Request = { method: 'GET', path: '/v1/things' };
const good: ScriptedAnswer = { body: { it: 'works' } };
const soon = { 'retry-after': '2' };

describe('a request', () => {
  const rows: [string, ScriptedAnswer[], number][] = [
    ['is answered at once', [good], 0],
    ['is sent again when there is no network', ['lost', good], 500],
    [
      'is sent again when the server is busy, when it said',
      [{ status: 429, headers: soon }, good],
      2_500,
    ],
    ['is sent again when the server is broken', [{ status: 500 }, { status: 503 }, good], 1_500],
    ['is sent again after a silence', ['silence', good], 10_500],
    ['waits for what is being made', [{ status: 202, headers: soon }, good], 2_000],
    ['looks again every second when the server names no time', [{ status: 202 }, good], 1_000],
  ];
  it.each(rows)('%s', async (_, answers, afterMs) => {
    const { http, clock, requests } = stage(answers);
    const answer = requests.json(look);
    await clock.advance(Math.max(0, afterMs - 1));
    expect(http.heard).toHaveLength(afterMs === 0 ? 1 : answers.length - 1);
    await clock.advance(1);
    expect(await answer).toEqual({ it: 'works' });
    expect(http.heard).toHaveLength(answers.length);
  });

  const refusals: [string, ScriptedAnswer, Partial<RequestError>][] = [
    [
      'the code and the flaws of a refusal',
      {
        status: 422,
        body: { code: 'invalid_details', errors: [{ pointer: '#/buyer/cpf', detail: 'is wrong' }] },
      },
      {
        status: 422,
        code: 'invalid_details',
        errors: [{ pointer: '/buyer/cpf', detail: 'is wrong' }],
      },
    ],
    [
      'the status of something between us and the server',
      { status: 413, body: '<html>' },
      { status: 413, code: 'http_413', errors: [] },
    ],
    ['half an answer', { body: '{"it":' }, { status: 200, code: 'malformed_answer' }],
  ];
  it.each(refusals)('rejects at once with %s', async (_, answer, expected) => {
    const { http, requests } = stage([answer]);
    const error = await failureOf(requests.json(look));
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject(expected);
    expect(http.heard).toHaveLength(1);
  });

  it('gives up at its deadline with what the last answer was', async () => {
    const { clock, requests } = stage([{ status: 503, body: { code: 'unavailable' } }]);
    const failure = failureOf(requests.json(look));
    await clock.advance(30_000);
    expect(await failure).toMatchObject({ status: 503, code: 'unavailable' });
  });

  it('does not wait beyond its deadline for what the server promises later', async () => {
    const { http, requests } = stage([{ status: 429, headers: { 'retry-after': '3600' } }]);
    expect(await failureOf(requests.json(look))).toMatchObject({ status: 429 });
    expect(http.heard).toHaveLength(1);
  });

  it('carries its body and its token', async () => {
    const { http, requests } = stage([good], 'mine');
    await requests.json({ method: 'POST', path: '/v1/things', body: { a: 1 } });
    const [{ url, method, body, headers }] = http.heard as [(typeof http.heard)[0]];
    expect({ url, method, body }).toEqual({
      url: 'http://house/v1/things',
      method: 'POST',
      body: { a: 1 },
    });
    expect(headers.get('authorization')).toBe('Bearer mine');
    expect(headers.get('content-type')).toBe('application/json');
  });

  it('asks for another token when one is refused, once', async () => {
    const tokens = ['old', 'new', 'newer'];
    const refused = { status: 401, body: { code: 'token_refused' } };
    const { http, clock, requests } = stage([refused], async () => tokens.shift() ?? '');
    const failure = failureOf(requests.json(look));
    await clock.advance(0);
    expect(await failure).toMatchObject({ status: 401, code: 'token_refused' });
    expect(http.heard.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer old',
      'Bearer new',
    ]);
  });

  it('ends with the reason of whoever aborts it, also between two attempts', async () => {
    const { http, requests } = stage(['lost']);
    const mine = new AbortController();
    const failure = failureOf(requests.json({ ...look, signal: mine.signal }));
    await settled();
    mine.abort(new Error('I left'));
    expect(await failure).toEqual(new Error('I left'));
    expect(http.heard).toHaveLength(1);
  });

  it('ends when the connection is closed, and none begins afterwards', async () => {
    const { http, requests } = stage(['silence']);
    const failure = failureOf(requests.json(look));
    await settled();
    requests.close(new Error('closed'));
    expect(await failure).toEqual(new Error('closed'));
    expect(await failureOf(requests.json(look))).toEqual(new Error('closed'));
    expect(http.heard).toHaveLength(1);
  });
});

/** Back-offs are half of their ceiling. */
function stage(answers: readonly ScriptedAnswer[], token?: Token) {
  const http = new ScriptedHttp(...answers);
  const clock = new VirtualClock();
  const requests = new Requests({
    url: 'http://house',
    fetch: http.fetch,
    credentials: new Credentials(token),
    clock,
    random: (bytes) => new Uint8Array(bytes).fill(0x80, 0, 1),
    deadlineMs: 30_000,
  });
  return { http, clock, requests };
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
}
