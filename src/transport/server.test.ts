import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { newTokens } from '../../test/setup/route-server.ts';
import { silentTelemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import { type Route, text } from './http.ts';
import { openServer, type Server } from './server.ts';
import type { SessionOptions } from './session-options.ts';
import { SessionRegistry } from './session-registry.ts';
import { loadUws } from './uws.ts';

const pieceBytes = 1024 * 1024;
const largeBytes = 32 * pieceBytes;

async function* piecesOf(count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield new Uint8Array(pieceBytes);
}

describe('A server that closes', () => {
  let clock: SteppedClock;
  let port: number;
  let server: Server;
  let agent: Agent;
  let isLeaving: boolean;
  let asked: (() => void)[];

  beforeEach(async () => {
    clock = new SteppedClock(0);
    port = await freePort();
    agent = new Agent({ keepAlive: true });
    isLeaving = false;
    asked = [];
    server = await openServer({
      ...loadUws(),
      host: '127.0.0.1',
      port,
      routes: [slow, quick, large, piecewise, broken, empty],
      hasSockets: false,
      isLeaving: () => isLeaving,
      hasDevTokens: false,
      origins: [],
      socketsMax: 1,
      securityHeaders: {},
      random: () => 0,
      registry: new SessionRegistry(1),
      tokens: newTokens(),
      clock,
      wallClock: clock,
      telemetry: silentTelemetry,
      // Nobody has a socket here.
      ...({} as Omit<SessionOptions, 'registry' | 'tokens' | 'clock' | 'wallClock' | 'telemetry'>),
    });
  });
  afterEach(() => agent.destroy());

  const slow: Route = {
    method: 'POST',
    path: '/slow',
    policy: 'public',
    answer: ({ body }) =>
      new Promise((resolve) => {
        asked.push(() => resolve(text(200, `done ${Buffer.from(body).toString()}`)));
      }),
  };
  const quick: Route = {
    method: 'GET',
    path: '/quick',
    policy: 'public',
    answer: () => text(200, 'here'),
  };

  /** More than the buffers of both ends take. */
  const large: Route = {
    method: 'GET',
    path: '/large',
    policy: 'public',
    answer: () => ({ status: 200, headers: {}, body: new Uint8Array(largeBytes) }),
  };
  const piecewise: Route = {
    method: 'GET',
    path: '/pieces',
    policy: 'public',
    answer: () => ({ status: 200, headers: {}, body: { chunks: piecesOf(32), size: largeBytes } }),
  };
  /** Ends before it is what it is said to be. */
  const broken: Route = {
    method: 'GET',
    path: '/broken',
    policy: 'public',
    answer: () => ({ status: 200, headers: {}, body: { chunks: piecesOf(31), size: largeBytes } }),
  };
  const empty: Route = {
    method: 'GET',
    path: '/empty',
    policy: 'public',
    answer: () => ({ status: 200, headers: {}, body: { chunks: piecesOf(0), size: 0 } }),
  };

  const send = async (method: string, path: string, body = ''): Promise<IncomingMessage> => {
    const sent = request({ host: '127.0.0.1', port, method, path, agent });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return answer;
  };
  const wholeOf = async (answer: IncomingMessage): Promise<string> => {
    let whole = '';
    for await (const piece of answer) whole += piece;
    return whole;
  };
  const connects = async (): Promise<boolean> => {
    const socket = net.connect(port, '127.0.0.1');
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    }).then((isOpen) => {
      socket.destroy();
      return isOpen === true;
    });
  };

  it('answers what was asked before, takes no new connection, and is closed then', async () => {
    const answers = ['um', 'dois', 'três'].map((body) => send('POST', '/slow', body));
    await expect.poll(() => asked.length).toBe(3);
    isLeaving = true;
    const closed = server.close();
    expect(await connects()).toBe(false);
    for (const answer of asked) answer();
    for (const [index, answer] of (await Promise.all(answers)).entries()) {
      expect(answer.statusCode).toBe(200);
      expect(answer.headers.connection).toBe('close');
      expect(await wholeOf(answer)).toBe(`done ${['um', 'dois', 'três'][index]}`);
    }
    await closed;
  });

  it.each([
    ['/large', 'a whole'],
    ['/pieces', 'pieces'],
  ])('sends the rest of %s, %s, to whoever reads slowly', async (path) => {
    const answer = await send('GET', path);
    isLeaving = true;
    const closed = server.close();
    let bytes = 0;
    for await (const piece of answer) bytes += piece.length;
    expect(bytes).toBe(largeBytes);
    await closed;
  });

  it('cuts off what breaks off, and ends what is empty', async () => {
    await expect(wholeOf(await send('GET', '/broken'))).rejects.toThrow('aborted');
    expect(await wholeOf(await send('GET', '/empty'))).toBe('');
    await server.close();
  });

  it('waits so long for whoever does not read, and no longer', async () => {
    const answer = await send('GET', '/large');
    const closed = server.close();
    await clock.advance(5_000);
    await closed;
    await expect(wholeOf(answer)).rejects.toThrow('aborted');
  });

  it('waits for nobody who leaves in the middle of an answer', async () => {
    const answer = await send('GET', '/large');
    const closed = server.close();
    answer.destroy();
    await closed;
  });

  it('keeps connections while it stays, and none once it is to leave', async () => {
    const before = await send('GET', '/quick');
    expect(before.headers.connection).not.toBe('close');
    expect(await wholeOf(before)).toBe('here');
    isLeaving = true;
    const after = await send('GET', '/quick');
    expect(after.headers.connection).toBe('close');
    expect(await wholeOf(after)).toBe('here');
    await server.close();
  });

  it('waits so long for an answer and no longer', async () => {
    const answer = send('POST', '/slow').then(
      () => 'answered',
      () => 'cut off',
    );
    await expect.poll(() => asked.length).toBe(1);
    let isClosed = false;
    const closed = server.close().then(() => {
      isClosed = true;
    });
    await clock.advance(4_999);
    expect(isClosed).toBe(false);
    await clock.advance(1);
    await closed;
    expect(await answer).toBe('cut off');
  });

  it('waits for nobody whose client is gone', async () => {
    const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/slow' });
    sent.on('error', () => {});
    sent.end();
    await expect.poll(() => asked.length).toBe(1);
    const closed = server.close();
    sent.destroy();
    asked[0]?.();
    await closed;
  });

  it('waits for nobody who went away in the middle of what they sent', async () => {
    const headers = { 'content-length': 10 };
    const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/slow', headers });
    sent.on('error', () => {});
    await new Promise((resolve) => sent.write('half', resolve));
    // What comes later on another connection is read later.
    expect(await wholeOf(await send('GET', '/quick'))).toBe('here');
    const closed = server.close();
    sent.destroy();
    await closed;
    expect(asked).toEqual([]);
  });
});
