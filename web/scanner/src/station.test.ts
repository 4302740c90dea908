import {
  type ClientMessage,
  type DeviceId,
  type EventId,
  PROTOCOL_VERSION,
  type ServerMessage,
} from '@ingressou/protocol';
import { base64, logBatch, sealPackage } from '@ingressou/protocol/admission';
import { eventNumber, type ListedKey } from '@ingressou/protocol/ticket';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { packageOf } from '../../../protocol/test/packages.ts';
import { noon, scanOf } from '../../../protocol/test/scans.ts';
import { newKeyPair, signerOf } from '../../../src/workers/tickets/node-ed25519.ts';
import { keyRanges, ScannerStore } from '../../../test/setup/scanner-store.ts';
import { SteppedClock } from '../../../test/setup/stepped-clock.ts';
import { verifyAtOnce } from '../../../test/setup/verify-at-once.ts';
import { type Wire, wiresInto } from '../../../test/setup/wire.ts';
import { Station } from './station.ts';
import { ScanLog } from './store/scan-log.ts';

// A scanner at its place, over sockets and a server of this test's making.

const event = '01938f2e-0000-7000-8000-000000000001' as EventId;
const device = '3f2b8c1d-5a6e-4f70-9b81-2c3d4e5f6071' as DeviceId;
const [old, fresh] = [newKeyPair(), newKeyPair()];
const enrolment = {
  device,
  event,
  title: 'Show',
  gate: 0,
  checkpoints: [],
  keys: [{ keyId: 2, publicKey: old.publicKey, isRevoked: false }],
  token: 'token',
};

let clock: SteppedClock;
let store: ScannerStore;
let wires: Wire[];
let station: Station;
/** What the server says to each upload; the last word is said to all after it. */
let says: ('busy' | 'new')[];
/** As the server has them; the last one signs. */
let keys: ListedKey[];
/** What the server answers to whoever asks for a package, instead of one. */
let refusal: Promise<number> | undefined;

beforeEach(async () => {
  clock = new SteppedClock(noon + 60_000);
  store = new ScannerStore();
  [wires, says, keys, refusal] = [[], ['new'], [...enrolment.keys], undefined];
  vi.stubGlobal('IDBKeyRange', keyRanges);
  vi.stubGlobal('WebSocket', wiresInto(wires));
  vi.stubGlobal('fetch', serve);
  // It was alone before, and has something to say.
  const log = await ScanLog.open(store.database, { event, device });
  const { seq: _seq, ...draft } = scanOf();
  await log.append(draft);
  station = await Station.open({
    enrolment,
    place: { checkpoint: 1, direction: 'entry', offlineMode: 'normal' },
    database: store.database,
    clock,
    verify: verifyAtOnce,
    socketUrl: 'ws://gate',
  });
});

afterEach(() => {
  station.close();
  vi.unstubAllGlobals();
});

describe('a station', () => {
  it('is online when the server has its log and it has what others did', async () => {
    expect(station.mode.value).toBe('normal');
    await connect();
    expect([station.mode.value, station.log.unsent]).toEqual(['online', 0]);
    expect(station.ageMs()).toBe(60_000);
  });

  it('is online in the end when the server had no time for its log at first', async () => {
    says = ['busy', 'busy', 'busy', 'new'];
    await connect();
    expect([station.mode.value, station.log.unsent]).toEqual(['normal', 1]);
    await clock.advance(30_000);
    expect([station.mode.value, station.log.unsent]).toEqual(['online', 0]);
  });

  it('is online in the end when its disk did not take what the server said', async () => {
    await clock.settle();
    store.isFull = true;
    await connect();
    expect([station.mode.value, station.isComing.value]).toEqual(['normal', false]);
    store.isFull = false;
    await clock.advance(30_000);
    expect([station.mode.value, station.log.unsent]).toEqual(['online', 0]);
  });

  it('keeps the keys that it asked for with its enrolment', async () => {
    keys = [{ keyId: 2, publicKey: old.publicKey, isRevoked: true }];
    keys.push({ keyId: 3, publicKey: fresh.publicKey, isRevoked: false });
    await connect();
    expect(station.packages.current.value?.position).toBe(500);
    expect(store.rows.enrolment.get('only')).toEqual({ ...enrolment, keys });
    expect(station.enrolment.keys).toEqual(keys);
  });

  it('writes nothing any more when it is left, whatever the server still says', async () => {
    await connect();
    let say: (status: number) => void = () => {};
    refusal = new Promise((resolve) => {
      say = resolve;
    });
    await clock.advance(15_000);
    station.close();
    const next = await ScanLog.open(store.database, { event, device });
    const { seq: _seq, ...draft } = scanOf();
    await next.append(draft);
    say(403);
    await clock.settle();
    const { state } = await reopened();
    expect([state.value.head.seq, state.value.isShutOut ?? false]).toEqual([2, false]);
  });
});

/** The link is there, and all that needs no time has happened. */
async function connect(): Promise<void> {
  await clock.settle();
  const wire = wires.at(-1);
  if (wire === undefined) throw new Error('Nobody has called.');
  wire.hear = (message) => {
    const answer = answerTo(message);
    if (answer !== undefined) wire.say(answer);
  };
  wire.open();
  await clock.settle();
}

function answerTo(message: ClientMessage): ServerMessage | undefined {
  const at = clock.now();
  if (message.type === 'gate_status') return { type: 'pong', at };
  if (message.type === 'hello') {
    const about = { version: PROTOCOL_VERSION, heartbeatMs: 20_000, holds: [], orders: [] };
    return { type: 'welcome', at, ...about };
  }
  if (message.type !== 'scan_batch') return undefined;
  const batch = logBatch(message.log);
  if (batch === undefined) throw new Error('It is no log.');
  const said = says.length > 1 ? says.shift() : says[0];
  const { id: re } = message;
  if (said === 'busy') {
    return { type: 'rejected', re, retryable: true, reason: 'busy', retryAfterMs: 250 };
  }
  const upTo = batch.before.seq + batch.scans.length;
  const counts = { incidents: 0, quarantined: 0 };
  return { type: 'merged', re, event, result: 'new', upTo, hash: base64(batch.hash), ...counts };
}

async function serve(path: string): Promise<Response> {
  if (path.includes('/ticket-keys')) {
    const listed = keys.map((key) => ({ ...key, publicKey: base64(key.publicKey) }));
    return Response.json({ keys: listed });
  }
  if (!path.includes('/package')) return new Response('', { status: 204 });
  const status = await refusal;
  if (status !== undefined) return new Response('', { status });
  const whole = packageOf(100, { used: 0, revoked: 0, outside: 0 }, { event: eventNumber(event) });
  const { keyId, publicKey } = keys.at(-1) ?? {};
  const { privateKey } = publicKey === fresh.publicKey ? fresh : old;
  return new Response(sealPackage({ ...whole, keys }, keyId ?? 0, signerOf(privateKey)).slice());
}

function reopened(): Promise<ScanLog> {
  return ScanLog.open(store.database, { event, device });
}
