import type { DeviceId, EventId } from '@ingressou/protocol';
import { bindTicket, eventNumber, keyRing, rotatingCode, slotMs } from '@ingressou/protocol/ticket';
import { newHolderKey, signAsHolder } from '@ingressou/protocol/ticket-browser';
import { beforeEach, describe, expect, it } from 'vitest';
import { packageOf } from '../../../protocol/test/packages.ts';
import { noon } from '../../../protocol/test/scans.ts';
import { newKeyPair, signerOf } from '../../../src/workers/tickets/node-ed25519.ts';
import { ScannerStore } from '../../../test/setup/scanner-store.ts';
import { SteppedClock } from '../../../test/setup/stepped-clock.ts';
import { verifyAtOnce } from '../../../test/setup/verify-at-once.ts';
import { Desk } from './desk.ts';
import { GateKnowledge } from './gate/gate-knowledge.ts';
import { Metrics } from './metrics.ts';
import { ScanLog } from './store/scan-log.ts';

// A gate without a network, and phones whose codes turn while they are held up.

const owner = {
  event: '01938f2e-0000-7000-8000-000000000001' as EventId,
  device: '3f2b8c1d-5a6e-4f70-9b81-2c3d4e5f6071' as DeviceId,
};
const pair = newKeyPair();
const event = eventNumber(owner.event);
const ring = keyRing(owner.event, [{ keyId: 2, publicKey: pair.publicKey, isRevoked: false }]);

let clock: SteppedClock;
let log: ScanLog;
let desk: Desk;

beforeEach(async () => {
  clock = new SteppedClock(noon + 60_000);
  log = await ScanLog.open(new ScannerStore().database, owner);
  const shares = { used: 0, revoked: 0, outside: 0 };
  const knowledge = new GateKnowledge(packageOf(100, shares, { event }), []);
  desk = new Desk({
    event: owner.event,
    gate: 0,
    clock,
    verify: verifyAtOnce,
    log,
    metrics: new Metrics(),
    place: () => ({ checkpoint: 1, direction: 'entry', offlineMode: 'normal' }),
    mode: () => 'normal',
    offsetMs: () => 0,
    ring: () => ring,
    knowledge: () => knowledge,
    ask: async () => undefined,
    onWritten: () => {},
    isBlocked: () => false,
    holderOf: async () => undefined,
  });
});

describe('a code that turns while its phone is held up', () => {
  it('is the ticket that has just gone in, and no other reading of it', async () => {
    const [now, next] = await codesOf(7);
    await desk.read(now);
    expect(await desk.read(next)).toBe(true);
    expect(verdictShown()).toBe('admitted');
    expect(log.scans()).toHaveLength(1);
  });

  it('is read again once the yes is gone', async () => {
    const [now, next] = await codesOf(7);
    await desk.read(now);
    await desk.dismiss();
    await desk.read(next);
    expect(verdictShown()).toBe('already_used');
  });

  it('does not stand in for the same ticket on another phone', async () => {
    const [now] = await codesOf(7);
    await desk.read(now);
    const [, next] = await codesOf(7, 1);
    await desk.read(next);
    expect(verdictShown()).toBe('already_used');
  });

  it('does not stand in for another ticket, nor for one that is made up', async () => {
    const [now, next] = await codesOf(7);
    await desk.read(now);
    const last = next.at(-3) === '0' ? '1' : '0';
    await desk.read(`${next.slice(0, -3)}${last}${next.slice(-2)}`);
    expect(verdictShown()).toBe('bad_signature');
    const [other] = await codesOf(8);
    await desk.read(now);
    await desk.read(other);
    expect(verdictShown()).toBe('admitted');
    expect(log.scans().map(({ ticket }) => ticket?.serial)).toEqual([7, undefined, 7, 8]);
  });
});

/** What a phone shows in this slot, and in the next. */
async function codesOf(serial: number, revision = 0): Promise<[now: string, next: string]> {
  const ticket = {
    keyId: 2,
    event,
    serial,
    revision,
    lot: 0,
    price: 'full' as const,
    isNominal: false,
    isMinor: false,
    isRotating: true,
    isPrintable: false,
    notBefore: 0,
    validHours: 0,
    salt: 1,
  };
  const key = await newHolderKey();
  const bound = bindTicket(ticket, key.publicKey, signerOf(pair.privateKey));
  const at = (time: number) => rotatingCode(bound, time, (message) => signAsHolder(key, message));
  return [await at(clock.now()), await at(clock.now() + slotMs)];
}

function verdictShown(): string | undefined {
  const { value } = desk.shown;
  return value?.kind === 'verdict' ? value.verdict.verdict : value?.kind;
}
