import { type CommandId, type EventId, PROTOCOL_VERSION } from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { SteppedClock } from '../../../../test/setup/stepped-clock.ts';
import { type Wire, wiresInto } from '../../../../test/setup/wire.ts';
import { GateLink } from './gate-link.ts';

// A link over sockets of this test's making: each attempt is one, and nothing comes by itself.

const event = '01938f2e-0000-7000-8000-000000000001' as EventId;
const welcome = { type: 'welcome', version: PROTOCOL_VERSION, heartbeatMs: 20_000 } as const;

let clock: SteppedClock;
let sockets: Wire[];
let link: GateLink;
let welcomes: number;
let heard: string[];
let token: () => Promise<string>;

beforeEach(() => {
  clock = new SteppedClock(1_795_464_000_000);
  [sockets, welcomes, heard] = [[], 0, []];
  token = () => Promise.resolve('token');
  link = new GateLink({
    url: 'ws://gate',
    webSocket: wiresInto(sockets),
    clock,
    random: () => Uint8Array.of(128, 0, 0),
    token: () => token(),
    greeting: () => ({ type: 'gate_status', event, unsent: 0, mode: 'normal' }),
    onWelcome: () => {
      welcomes += 1;
    },
    onMessage: ({ type }) => void heard.push(type),
  });
  link.start();
});

describe('the link of a gate', () => {
  it('is live from the welcome on, and knows how wrong its clock is', async () => {
    const wire = await connected(30_000);
    expect(wire.sent.map(({ type }) => type)).toEqual(['hello']);
    expect([link.state.value, welcomes, link.offsetMs.value]).toEqual(['live', 1, 30_000]);
    await clock.advance(1_000);
    wire.say({ type: 'pong', at: clock.now() + 20_000 });
    expect(link.offsetMs.value).toBe(20_000);
  });

  it('is away when two questions have no answer, and nobody waits for ever', async () => {
    const wire = await connected();
    const id = '01938f2e-4444-7444-8444-444444444444' as CommandId;
    const scan = { type: 'scan', id, event, seq: 1, checkpoint: 0, direction: 'entry' } as const;
    const answer = link.ask({ ...scan, code: 'A', at: clock.now() }, 60_000);
    await clock.advance(2_000);
    expect(link.state.value).toBe('live');
    await clock.advance(1_000);
    expect([link.state.value, wire.isClosed]).toEqual(['away', true]);
    expect(await answer).toBeUndefined();
    expect(await link.ask({ ...scan, code: 'A', at: clock.now() }, 60_000)).toBeUndefined();
  });

  it('gives up an answer that does not come in time, though the link lives', async () => {
    const wire = await connected();
    const id = '01938f2e-4444-7444-8444-444444444444' as CommandId;
    const answer = link.ask({ type: 'top_up', id, event, serial: 7, method: 'pix' }, 1_500);
    await clock.advance(1_000);
    wire.say({ type: 'pong', at: clock.now() });
    await clock.advance(500);
    expect(await answer).toBeUndefined();
    expect(link.state.value).toBe('live');
    // What comes after all is nobody's answer any more.
    wire.say({ type: 'accepted', re: id });
    expect(heard).toEqual(['accepted']);
  });

  it('tries again later each time, and at once again after it was live', async () => {
    await connected();
    last().hangUp(1006);
    const tries: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const [since, before] = [clock.monotonic(), sockets.length];
      while (sockets.length === before) await clock.advance(100);
      tries.push(clock.monotonic() - since);
      last().hangUp(1006);
    }
    expect(tries).toEqual([500, 1_000, 2_000, 4_000, 4_000, 4_000]);
    await clock.advance(8_000);
    last().open();
    last().say({ ...welcome, at: clock.now(), holds: [], orders: [] });
    last().hangUp(1006);
    await clock.advance(500);
    expect(last().isClosed).toBe(false);
  });

  it.each([
    ['is refused when the show does not want the device', [4003], 'refused'],
    [
      'says that its token has run out when it is told so three times',
      [4001, 4001, 4001],
      'expired',
    ],
    ['is only away when it was told so twice', [4001, 4001], 'away'],
    ['is away when the server is full', [1013], 'away'],
  ] as const)('%s', async (_, codes, state) => {
    await clock.settle();
    for (const code of codes) {
      while (last().isClosed) await clock.advance(100);
      last().open();
      last().hangUp(code);
    }
    expect(link.state.value).toBe(state);
    // People change such things: it goes on asking.
    const before = sockets.length;
    await clock.advance(20_000);
    expect(sockets.length).toBeGreaterThan(before);
  });

  it('gives up an attempt that leads nowhere, and one that has no token', async () => {
    await clock.settle();
    const [first] = sockets;
    await clock.advance(5_000);
    expect(first?.isClosed).toBe(true);
    token = () => Promise.reject(new Error('There is no network.'));
    await clock.advance(30_000);
    const before = sockets.length;
    token = () => Promise.resolve('token');
    await clock.advance(10_000);
    expect(sockets.length).toBeGreaterThan(before);
  });

  it('hears nothing of a socket that it has given up, nor what is not its protocol', async () => {
    const wire = await connected();
    wire.sayBytes(Uint8Array.of(0xc1));
    expect(heard).toEqual([]);
    await clock.advance(3_000);
    wire.say({ type: 'pong', at: 0 });
    wire.hangUp(4003);
    expect(link.state.value).toBe('away');
    link.close();
    await clock.advance(60_000);
    expect(last().isClosed).toBe(true);
  });
});

async function connected(aheadMs = 0): Promise<Wire> {
  await clock.settle();
  const wire = last();
  wire.open();
  wire.say({ ...welcome, at: clock.now() + aheadMs, holds: [], orders: [] });
  return wire;
}

function last(): Wire {
  const wire = sockets.at(-1);
  if (wire === undefined) throw new Error('Nobody has called.');
  return wire;
}
