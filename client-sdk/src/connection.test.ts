import { PROTOCOL_VERSION, type ServerMessage } from '@ingressou/protocol';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { event, heartbeatMs, lot, Stage, state } from '../test/stage.ts';
import { settled } from '../test/virtual-clock.ts';
import { type Connection, connect } from './connection.ts';
import { MisuseError } from './errors.ts';

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

describe('a connection', () => {
  it('is idle, connecting, then live', async () => {
    const connection = stage.open();
    const story = storyOf(connection);
    expect(connection.state).toBe('idle');
    await stage.welcome();
    expect(story).toEqual(['connecting: started', 'live: welcomed']);
  });

  it('says hello with its token and the positions of what it watches', async () => {
    const connection = stage.open({ token: 'secret' });
    connection.event(event).watch(() => {});
    const first = await stage.welcome();
    expect(first.heard[0]).toEqual({ type: 'hello', token: 'secret' });
    first.say(state(7));
    const second = await stage.reconnect();
    expect(second.heard).toEqual([
      { type: 'hello', token: 'secret', resume: [{ event, generation: 0, position: 7 }] },
    ]);
  });

  it('knows the server’s time, whatever the machine believes', async () => {
    const connection = stage.open();
    await stage.welcome({ at: stage.clock.now() + 3_600_000 });
    await stage.clock.advance(500);
    expect(connection.serverNow()).toBe(stage.clock.now() + 3_600_000);
  });

  it('is resuming when the socket is lost, then stale, then live again', async () => {
    const connection = stage.open();
    const story = storyOf(connection);
    const socket = await stage.welcome();
    await stage.clock.advance(10_000);
    socket.end(1006);
    await stage.clock.advance(3_000);
    await stage.welcome();
    expect(story.slice(2)).toEqual([
      'resuming: socket_lost',
      'stale: still_offline',
      'live: welcomed',
    ]);
  });

  it('gives up an attempt that nobody answers', async () => {
    stage.open();
    await settled();
    await stage.clock.advance(10_000);
    expect(stage.server.sockets).toHaveLength(2);
    expect(stage.server.sockets[0]?.closedWith).toBe(1000);
  });

  it('asks for a sign of life when it is quiet, and is content with a pong', async () => {
    const connection = stage.open();
    const socket = await stage.welcome();
    await stage.clock.advance(heartbeatMs);
    expect(socket.heard.at(-1)).toEqual({ type: 'ping' });
    socket.say({ type: 'pong', at: stage.clock.now() });
    await stage.clock.advance(2 * heartbeatMs);
    expect(connection.state).toBe('live');
  });

  it('declares a socket dead after two and a half heartbeats of silence', async () => {
    const story = storyOf(stage.open());
    const socket = await stage.welcome();
    await stage.clock.advance(2.5 * heartbeatMs);
    expect(story).toContain('resuming: silence');
    expect(socket.closedWith).toBe(1000);
  });

  it('ignores what a newer server says on top', async () => {
    const connection = stage.open();
    const socket = await stage.welcome();
    socket.say({ type: 'lobby', place: 7 } as unknown as ServerMessage);
    expect(connection.state).toBe('live');
  });

  it('closes with 4009 and comes back when the server speaks nonsense', async () => {
    const story = storyOf(stage.open());
    const socket = await stage.welcome();
    socket.sayBytes(Uint8Array.of(0xc1));
    await stage.clock.advance(0);
    expect(socket.closedWith).toBe(4009);
    expect(story.at(-1)).toBe('resuming: malformed_frame');
    expect(stage.server.sockets).toHaveLength(2);
  });

  it('fails when the server speaks a version it does not know', async () => {
    const story = storyOf(stage.open());
    await stage.welcome({ version: PROTOCOL_VERSION + 1 });
    expect(story.at(-1)).toBe('failed: newer_server');
  });

  it('is closed for good by its owner', async () => {
    const connection = stage.open();
    const story = storyOf(connection);
    await stage.welcome();
    connection.close();
    await stage.clock.advance(60_000);
    expect(story.at(-1)).toBe('closed: closed_by_caller');
    expect(stage.server.sockets).toHaveLength(1);
  });
});

describe('after a close', () => {
  const rows: [number, string, number | undefined][] = [
    [1001, 'resuming: going_away', 0],
    [1006, 'resuming: socket_lost', 0],
    [1012, 'resuming: restart', 0],
    [1013, 'resuming: overload', 5_000],
    [4001, 'resuming: not_authenticated', 0],
    [4003, 'failed: forbidden', undefined],
    [4008, 'resuming: too_slow', 0],
    [4009, 'failed: protocol', undefined],
    [4010, 'failed: replaced', undefined],
    [4029, 'resuming: too_fast', 5_000],
  ];
  it.each(rows)('with %i the state is %s and the next attempt waits', async (code, then, delay) => {
    const story = storyOf(stage.open({ token: () => Promise.resolve('fresh') }));
    const socket = await stage.welcome();
    socket.end(code);
    expect(story.at(-1)).toBe(then);
    await expectAttemptAfter(delay);
  });

  it('the server’s wish in `bye` counts, even against retryNow', async () => {
    const connection = stage.open();
    const socket = await stage.welcome();
    socket.say({ type: 'bye', reason: 'restart', retryAfterMs: 2_000 });
    socket.end(1012);
    connection.retryNow();
    await expectAttemptAfter(2_000);
  });

  it('retryNow ends a back-off that nobody asked for', async () => {
    const connection = stage.open({ random: (bytes) => new Uint8Array(bytes).fill(255) });
    const socket = await stage.welcome();
    socket.end(1006);
    await stage.clock.advance(500);
    expect(stage.server.sockets).toHaveLength(1);
    connection.retryNow();
    await stage.clock.advance(0);
    expect(stage.server.sockets).toHaveLength(2);
  });

  it('a socket that always dies young slows down', async () => {
    stage.open({ random: (bytes) => new Uint8Array(bytes).fill(255) });
    for (const delay of [1_000, 2_000, 4_000]) {
      const socket = await stage.welcome();
      socket.end(1006);
      await stage.clock.advance(delay - 1);
      expect(stage.server.socket).toBe(socket);
      await stage.clock.advance(1);
    }
  });
});

describe('a token', () => {
  it('is asked for once and kept over reconnects', async () => {
    const tokens = tokenSource();
    stage.open({ token: tokens.next });
    await stage.welcome();
    const second = await stage.reconnect();
    expect(second.heard[0]).toMatchObject({ token: 'token-1' });
  });

  it('is asked for anew after the server refused it', async () => {
    const tokens = tokenSource();
    stage.open({ token: tokens.next });
    const socket = await stage.welcome();
    socket.end(4001);
    await stage.clock.advance(0);
    const second = await stage.welcome();
    expect(second.heard[0]).toMatchObject({ token: 'token-2' });
  });

  it('that is refused again and again fails the connection', async () => {
    const story = storyOf(stage.open({ token: 'stale' }));
    for (let refusals = 0; refusals < 3; refusals += 1) {
      await stage.clock.advance(0);
      stage.server.socket.open();
      stage.server.socket.end(4001);
    }
    expect(story.at(-1)).toBe('failed: not_authenticated');
  });

  it('that cannot be had now is asked for later', async () => {
    let asked = 0;
    const token = () => {
      asked += 1;
      return asked < 3 ? Promise.reject(new Error('offline')) : Promise.resolve('late');
    };
    stage.open({ token });
    await stage.clock.advance(0);
    expect(stage.server.sockets).toHaveLength(1);
    const socket = await stage.welcome();
    expect(socket.heard[0]).toMatchObject({ token: 'late' });
  });
});

describe('a misuse', () => {
  it.each([
    [
      'an address that is none',
      () => connect({ url: 'ingressou', webSocket: stage.server.webSocket }),
    ],
    ['a show that is no id', () => stage.open().event('festa-junina')],
  ])('throws: %s', (_, call) => {
    expect(call).toThrow(MisuseError);
  });

  it('throws: a runtime without a WebSocket', () => {
    vi.stubGlobal('WebSocket', undefined);
    expect(() => connect({ url: 'http://localhost' })).toThrow(/Pass one/);
    vi.unstubAllGlobals();
  });

  it.each([
    ['a lot that is no id', [{ lot: 'A', quantity: 1 }]],
    ['a quantity that is no number', [{ lot, quantity: Number.NaN }]],
    ['more items than fit', Array.from({ length: 65 }, () => ({ lot, quantity: 1 }))],
  ])('rejects: %s', async (_, items) => {
    await expect(stage.open().event(event).reserve(items)).rejects.toThrow(MisuseError);
  });
});

function storyOf(connection: Connection): string[] {
  const story: string[] = [];
  connection.onState((now, _before, reason) => story.push(`${now}: ${reason}`));
  return story;
}

/** Undefined means never. */
async function expectAttemptAfter(delayMs = Number.POSITIVE_INFINITY): Promise<void> {
  const before = stage.server.sockets.length;
  if (delayMs > 0) await stage.clock.advance(Math.min(delayMs, 120_000) - 1);
  expect(stage.server.sockets).toHaveLength(before);
  await stage.clock.advance(delayMs > 0 ? 1 : 0);
  expect(stage.server.sockets).toHaveLength(before + (Number.isFinite(delayMs) ? 1 : 0));
}

function tokenSource(): { readonly next: () => Promise<string> } {
  let given = 0;
  return {
    next: () => {
      given += 1;
      return Promise.resolve(`token-${given}`);
    },
  };
}
