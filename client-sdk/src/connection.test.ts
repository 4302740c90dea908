import type {
  ClientCommand,
  EventId,
  HoldId,
  HoldView,
  LotId,
  ServerMessage,
  SubjectId,
} from '@ingressou/protocol';
import { PROTOCOL_VERSION, timeOfId } from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { ScriptedServer, type ScriptedSocket } from '../test/scripted-server.ts';
import { settled, VirtualClock } from '../test/virtual-clock.ts';
import { type Connection, type ConnectOptions, connect } from './connection.ts';
import { ConnectionEndedError, MisuseError } from './errors.ts';
import type { ShowView } from './show.ts';

// A server that says what each story needs, and time that passes when told to. Jitter is zero.

const event = '00000000-0000-7000-8000-00000000000e' as EventId;
const lot = '00000000-0000-7000-8000-00000000000a' as LotId;
const me = '00000000-0000-4000-8000-000000000001' as SubjectId;
const heartbeatMs = 20_000;

let clock: VirtualClock;
let server: ScriptedServer;

beforeEach(() => {
  clock = new VirtualClock();
  server = new ScriptedServer();
});

describe('a connection', () => {
  it('is idle, connecting, then live', async () => {
    const connection = open();
    const story = storyOf(connection);
    expect(connection.state).toBe('idle');
    await welcome();
    expect(story).toEqual(['connecting: started', 'live: welcomed']);
  });

  it('says hello with its token and the positions of what it watches', async () => {
    const connection = open({ token: 'secret' });
    connection.event(event).watch(() => {});
    const first = await welcome();
    expect(first.heard[0]).toEqual({ type: 'hello', token: 'secret' });
    first.say(state(7));
    const second = await reconnect();
    expect(second.heard).toEqual([
      { type: 'hello', token: 'secret', resume: [{ event, generation: 0, position: 7 }] },
    ]);
  });

  it('knows the server’s time, whatever the machine believes', async () => {
    const connection = open();
    await welcome({ at: clock.now() + 3_600_000 });
    await clock.advance(500);
    expect(connection.serverNow()).toBe(clock.now() + 3_600_000);
  });

  it('is resuming when the socket is lost, then stale, then live again', async () => {
    const connection = open();
    const story = storyOf(connection);
    const socket = await welcome();
    await clock.advance(10_000);
    socket.end(1006);
    await clock.advance(3_000);
    await welcome();
    expect(story.slice(2)).toEqual([
      'resuming: socket_lost',
      'stale: still_offline',
      'live: welcomed',
    ]);
  });

  it('gives up an attempt that nobody answers', async () => {
    open();
    await settled();
    await clock.advance(10_000);
    expect(server.sockets).toHaveLength(2);
    expect(server.sockets[0]?.closedWith).toBe(1000);
  });

  it('asks for a sign of life when it is quiet, and is content with a pong', async () => {
    const connection = open();
    const socket = await welcome();
    await clock.advance(heartbeatMs);
    expect(socket.heard.at(-1)).toEqual({ type: 'ping' });
    socket.say({ type: 'pong', at: clock.now() });
    await clock.advance(2 * heartbeatMs);
    expect(connection.state).toBe('live');
  });

  it('declares a socket dead after two and a half heartbeats of silence', async () => {
    const story = storyOf(open());
    const socket = await welcome();
    await clock.advance(2.5 * heartbeatMs);
    expect(story).toContain('resuming: silence');
    expect(socket.closedWith).toBe(1000);
  });

  it('ignores what a newer server says on top', async () => {
    const connection = open();
    const socket = await welcome();
    socket.say({ type: 'lobby', place: 7 } as unknown as ServerMessage);
    expect(connection.state).toBe('live');
  });

  it('closes with 4009 and comes back when the server speaks nonsense', async () => {
    const story = storyOf(open());
    const socket = await welcome();
    socket.sayBytes(Uint8Array.of(0xc1));
    await clock.advance(0);
    expect(socket.closedWith).toBe(4009);
    expect(story.at(-1)).toBe('resuming: malformed_frame');
    expect(server.sockets).toHaveLength(2);
  });

  it('fails when the server speaks a version it does not know', async () => {
    const story = storyOf(open());
    await welcome({ version: PROTOCOL_VERSION + 1 });
    expect(story.at(-1)).toBe('failed: newer_server');
  });

  it('is closed for good by its owner', async () => {
    const connection = open();
    const story = storyOf(connection);
    await welcome();
    connection.close();
    await clock.advance(60_000);
    expect(story.at(-1)).toBe('closed: closed_by_caller');
    expect(server.sockets).toHaveLength(1);
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
    const story = storyOf(open({ token: () => Promise.resolve('fresh') }));
    const socket = await welcome();
    socket.end(code);
    expect(story.at(-1)).toBe(then);
    await expectAttemptAfter(delay);
  });

  it('the server’s wish in `bye` counts, even against retryNow', async () => {
    const connection = open();
    const socket = await welcome();
    socket.say({ type: 'bye', reason: 'restart', retryAfterMs: 2_000 });
    socket.end(1012);
    connection.retryNow();
    await expectAttemptAfter(2_000);
  });

  it('retryNow ends a back-off that nobody asked for', async () => {
    const connection = open({ random: (bytes) => new Uint8Array(bytes).fill(255) });
    const socket = await welcome();
    socket.end(1006);
    await clock.advance(500);
    expect(server.sockets).toHaveLength(1);
    connection.retryNow();
    await clock.advance(0);
    expect(server.sockets).toHaveLength(2);
  });

  it('a socket that always dies young slows down', async () => {
    open({ random: (bytes) => new Uint8Array(bytes).fill(255) });
    for (const delay of [1_000, 2_000, 4_000]) {
      const socket = await welcome();
      socket.end(1006);
      await clock.advance(delay - 1);
      expect(server.socket).toBe(socket);
      await clock.advance(1);
    }
  });
});

describe('a token', () => {
  it('is asked for once and kept over reconnects', async () => {
    const tokens = tokenSource();
    open({ token: tokens.next });
    await welcome();
    const second = await reconnect();
    expect(second.heard[0]).toMatchObject({ token: 'token-1' });
  });

  it('is asked for anew after the server refused it', async () => {
    const tokens = tokenSource();
    open({ token: tokens.next });
    const socket = await welcome();
    socket.end(4001);
    await clock.advance(0);
    const second = await welcome();
    expect(second.heard[0]).toMatchObject({ token: 'token-2' });
  });

  it('that is refused again and again fails the connection', async () => {
    const story = storyOf(open({ token: 'stale' }));
    for (let refusals = 0; refusals < 3; refusals += 1) {
      await clock.advance(0);
      server.socket.open();
      server.socket.end(4001);
    }
    expect(story.at(-1)).toBe('failed: not_authenticated');
  });

  it('that cannot be had now is asked for later', async () => {
    let asked = 0;
    const token = () => {
      asked += 1;
      return asked < 3 ? Promise.reject(new Error('offline')) : Promise.resolve('late');
    };
    open({ token });
    await clock.advance(0);
    expect(server.sockets).toHaveLength(1);
    const socket = await welcome();
    expect(socket.heard[0]).toMatchObject({ token: 'late' });
  });
});

describe('a watched show', () => {
  it('is told as it is, then as it changes', async () => {
    const { socket, views } = await watching();
    socket.say(delta(5, 6, { available: 3 }));
    expect(views.map(summary)).toEqual(['5: 10 free', '6: 3 free']);
  });

  it('tells a late watcher what is known', async () => {
    const { connection } = await watching();
    const views: ShowView[] = [];
    connection.event(event).watch((view) => views.push(view));
    await settled();
    expect(views.map(summary)).toEqual(['5: 10 free']);
  });

  it('asks for the state when something was missed, and is stale until it comes', async () => {
    const { socket, views } = await watching();
    socket.say(delta(7, 8, { available: 3 }));
    expect(socket.heard.at(-1)).toEqual({ type: 'watch', event });
    socket.say(state(8, { available: 3 }));
    expect(views.map(summary)).toEqual(['5: 10 free', '5: 10 free (stale)', '8: 3 free']);
  });

  it('asks again when the state it got is older than what it heard of', async () => {
    const { socket } = await watching();
    socket.say(delta(7, 8, { available: 3 }));
    socket.say(state(6));
    await clock.advance(500);
    expect(socket.heard.filter(({ type }) => type === 'watch')).toHaveLength(3);
  });

  it('forgets everything when history was restored', async () => {
    const { socket, views } = await watching();
    socket.say({ type: 'hold', event, hold: held() });
    socket.say({ ...delta(5, 6, { available: 3 }), generation: 1 });
    expect(socket.heard.at(-1)).toEqual({ type: 'watch', event });
    expect(views.at(-1)).toMatchObject({ isStale: true, holds: [] });
    socket.say({ ...state(6), generation: 1 });
    expect(views.at(-1)).toMatchObject({ isStale: false, generation: 1, position: 6 });
  });

  it('is stale while the connection is not live', async () => {
    const { views } = await watching();
    await reconnect();
    expect(views.map(summary)).toEqual(['5: 10 free', '5: 10 free (stale)', '5: 10 free']);
  });

  it('that does not exist is told as absent', async () => {
    const { socket, views } = await watching();
    socket.say({ type: 'rejected', re: event, retryable: false, reason: 'show_not_found' });
    expect(views.at(-1)).toEqual({
      isKnown: false,
      event,
      rejection: { reason: 'show_not_found' },
      isStale: false,
    });
  });

  it('that is refused for a moment is asked for again', async () => {
    const { socket } = await watching({ answersWatch: false });
    const busy = { type: 'rejected', re: event, retryable: true, reason: 'busy' } as const;
    socket.say({ ...busy, retryAfterMs: 100 });
    await clock.advance(100);
    expect(socket.heard.filter(({ type }) => type === 'watch')).toHaveLength(2);
  });

  it('is followed as long as anybody watches', async () => {
    const { connection, socket, stop } = await watching();
    const stopToo = connection.event(event).watch(() => {});
    stop();
    expect(socket.heard.at(-1)).toEqual({ type: 'watch', event });
    stopToo();
    stopToo();
    expect(socket.heard.filter(({ type }) => type === 'unwatch')).toHaveLength(1);
  });

  it('that nobody watches any more when the socket comes back is given up there', async () => {
    const { socket, stop } = await watching();
    socket.end(1006);
    await clock.advance(0);
    server.socket.open();
    stop();
    server.socket.say(welcomeMessage());
    expect(server.socket.heard.at(-1)).toEqual({ type: 'unwatch', event });
  });
});

describe('my holds', () => {
  it('come with the answer, before the caller hears', async () => {
    const { connection, socket, views } = await watching();
    const answer = connection.event(event).reserve([{ lot, quantity: 2 }]);
    const { id } = lastCommand(socket);
    socket.say({ type: 'accepted', re: id, expiresAt: 99 });
    const hold = { ...held(), id, items: [{ lot, quantity: 2 }], expiresAt: 99 };
    expect(views.at(-1)).toMatchObject({ holds: [hold] });
    expect(await answer).toEqual({ accepted: true, hold });
  });

  it('are extended once and released', async () => {
    const { connection, socket, views } = await watching();
    socket.say({ type: 'hold', event, hold: held() });
    const extended = connection.event(event).extend(held().id);
    socket.say({ type: 'accepted', re: lastCommand(socket).id, expiresAt: 2_000 });
    expect(await extended).toEqual({ accepted: true, expiresAt: 2_000 });
    expect(views.at(-1)).toMatchObject({ holds: [{ expiresAt: 2_000, canExtend: false }] });
    const released = connection.event(event).release(held().id);
    socket.say({ type: 'accepted', re: lastCommand(socket).id });
    expect(await released).toEqual({ accepted: true });
    expect(views.at(-1)).toMatchObject({ holds: [{ status: 'released' }] });
  });

  it('that `welcome` does not list any more are dropped', async () => {
    const { socket, views } = await watching();
    socket.say({ type: 'hold', event, hold: held() });
    await reconnect();
    expect(views.at(-1)).toMatchObject({ holds: [] });
  });

  it('that `welcome` lists are mine, made by whichever window', async () => {
    const { views } = await watching();
    await reconnect({ holds: [{ event, hold: held() }] });
    expect(views.at(-1)).toMatchObject({ holds: [held()] });
  });

  it('are asked for when an answer comes after its deadline', async () => {
    const { connection, socket } = await watching({ commandDeadlineMs: 1_000 });
    const answer = connection.event(event).reserve([{ lot, quantity: 2 }]);
    const { id } = lastCommand(socket);
    await clock.advance(1_000);
    expect(await answer).toMatchObject({ accepted: false, reason: 'outcome_unknown', id });
    socket.say({ type: 'accepted', re: id, expiresAt: 99 });
    expect(socket.heard.at(-1)).toEqual({ type: 'watch', event });
  });
});

describe('a command', () => {
  it('given before the connection is live leaves with the server’s time in its id', async () => {
    const connection = open({ token: 'mine' });
    void connection.event(event).reserve([{ lot, quantity: 1 }]);
    const socket = await welcome({ at: clock.now() + 3_600_000, subject: me });
    expect(timeOfId(lastCommand(socket).id)).toBe(clock.now() + 3_600_000);
  });

  it('does not leave in the name of somebody else', async () => {
    const connection = open({ token: 'mine' });
    const socket = await welcome({ subject: me });
    const answer = connection.event(event).reserve([{ lot, quantity: 1 }]);
    expect(lastCommand(socket).type).toBe('reserve');
    const second = await reconnect();
    expect(await answer).toMatchObject({ reason: 'outcome_unknown' });
    expect(second.heard.map(({ type }) => type)).toEqual(['hello']);
  });

  it('rejects when the connection ends, and on one that has ended', async () => {
    const connection = open();
    const waiting = connection.event(event).release(held().id);
    connection.close();
    const ended = { name: 'ConnectionEndedError', code: 'closed', reason: 'closed_by_caller' };
    await expect(waiting).rejects.toMatchObject(ended);
    const late = connection.event(event).release(held().id);
    await expect(late).rejects.toThrow(ConnectionEndedError);
  });
});

describe('a misuse', () => {
  it.each([
    ['an address that is none', () => connect({ url: 'ingressou', webSocket: server.webSocket })],
    ['a runtime without a WebSocket', () => connect({ url: 'http://localhost' })],
    ['a show that is no id', () => open().event('festa-junina')],
  ])('throws: %s', (_, call) => {
    expect(call).toThrow(MisuseError);
  });

  it.each([
    ['a lot that is no id', [{ lot: 'A', quantity: 1 }]],
    ['a quantity that is no number', [{ lot, quantity: Number.NaN }]],
    ['more items than fit', Array.from({ length: 65 }, () => ({ lot, quantity: 1 }))],
  ])('rejects: %s', async (_, items) => {
    await expect(open().event(event).reserve(items)).rejects.toThrow(MisuseError);
  });
});

function open(options: Partial<ConnectOptions> = {}): Connection {
  const random = (bytes: number) => new Uint8Array(bytes);
  const { webSocket } = server;
  return connect({ url: 'http://localhost', webSocket, clock, random, ...options });
}

function storyOf(connection: Connection): string[] {
  const story: string[] = [];
  connection.onState((now, _before, reason) => story.push(`${now}: ${reason}`));
  return story;
}

type Welcome = Extract<ServerMessage, { readonly type: 'welcome' }>;

function welcomeMessage(change: Partial<Welcome> = {}): Welcome {
  const version = PROTOCOL_VERSION;
  return { type: 'welcome', version, at: clock.now(), heartbeatMs, holds: [], ...change };
}

/** The newest socket opens and is welcomed. */
async function welcome(change: Partial<Welcome> = {}): Promise<ScriptedSocket> {
  await settled();
  const { socket } = server;
  socket.open();
  socket.say(welcomeMessage(change));
  await settled();
  return socket;
}

/** The network breaks once, and the next socket is welcomed. */
async function reconnect(change: Partial<Welcome> = {}): Promise<ScriptedSocket> {
  server.socket.end(1006);
  await clock.advance(0);
  return welcome(change);
}

async function watching(options: Partial<ConnectOptions> & { answersWatch?: boolean } = {}) {
  const { answersWatch = true, ...rest } = options;
  const connection = open(rest);
  const views: ShowView[] = [];
  const stop = connection.event(event).watch((view) => views.push(view));
  const socket = await welcome();
  if (answersWatch) socket.say(state(5));
  return { connection, socket, views, stop };
}

/** Undefined means never. */
async function expectAttemptAfter(delayMs = Number.POSITIVE_INFINITY): Promise<void> {
  const before = server.sockets.length;
  if (delayMs > 0) await clock.advance(Math.min(delayMs, 120_000) - 1);
  expect(server.sockets).toHaveLength(before);
  await clock.advance(delayMs > 0 ? 1 : 0);
  expect(server.sockets).toHaveLength(before + (Number.isFinite(delayMs) ? 1 : 0));
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

function lastCommand(socket: ScriptedSocket): ClientCommand {
  const commands = socket.heard.filter((message) => 'id' in message);
  const command = commands.at(-1);
  if (command === undefined) throw new Error('No command was sent.');
  return command;
}

function summary(view: ShowView): string {
  if (!view.isKnown) return view.rejection.reason;
  const free = view.lots.map(({ available }) => `${available} free`).join(', ');
  return `${view.position}: ${free}${view.isStale ? ' (stale)' : ''}`;
}

function state(
  position: number,
  { available = 10 } = {},
): Extract<ServerMessage, { readonly type: 'state' }> {
  const prices = { sector: 'Pista', name: '1º lote', priceCents: 5_000, quantity: 20 };
  return {
    type: 'state',
    event,
    generation: 0,
    position,
    at: clock.now(),
    sale: { status: 'open' },
    limit: 4,
    lots: [{ ...prices, id: lot, available }],
  };
}

function delta(
  from: number,
  to: number,
  { available }: { available: number },
): Extract<ServerMessage, { readonly type: 'delta' }> {
  return { type: 'delta', event, generation: 0, from, to, lots: [{ id: lot, available }] };
}

function held(): HoldView {
  const id = '00000000-0000-7000-8000-0000000000aa' as HoldId;
  return { id, status: 'held', items: [{ lot, quantity: 1 }], expiresAt: 1_000, canExtend: true };
}
