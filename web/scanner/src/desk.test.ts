import type { CommandId, DeviceId, EventId, GateCommand, ServerMessage } from '@ingressou/protocol';
import { parseClientMessage } from '@ingressou/protocol/schema';
import { eventNumber, keyRing, signTicket } from '@ingressou/protocol/ticket';
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

// One gate with a package, a disk that may be full, and a server that may say nothing.

const owner = {
  event: '01938f2e-0000-7000-8000-000000000001' as EventId,
  device: '3f2b8c1d-5a6e-4f70-9b81-2c3d4e5f6071' as DeviceId,
};
const pair = newKeyPair();
const event = eventNumber(owner.event);
const ring = keyRing(owner.event, [{ keyId: 2, publicKey: pair.publicKey, isRevoked: false }]);
const whole = packageOf(100, { used: 0, revoked: 0, outside: 0 }, { event });

let clock: SteppedClock;
let store: ScannerStore;
let log: ScanLog;
let metrics: Metrics;
let desk: Desk;
let isOnline: boolean;
let isBlocked: boolean;
let knowledge: GateKnowledge | undefined;
/** What the server was asked, and how it is answered. */
let asked: GateCommand[];
/** Codes whose holders were looked for, and who that is. */
let named: string[];
let holder: Promise<string | undefined>;
let answer: (verdict: 'admitted' | 'already_used' | 'silence') => void;
/** The same with what a command of another kind is answered. */
let reply: (message: ServerMessage | undefined) => void;

beforeEach(async () => {
  clock = new SteppedClock(noon + 60_000);
  store = new ScannerStore();
  log = await ScanLog.open(store.database, owner);
  metrics = new Metrics();
  knowledge = new GateKnowledge(whole, []);
  [isOnline, isBlocked, asked, named] = [true, false, [], []];
  holder = Promise.resolve(undefined);
  desk = deskOf(log);
});

describe('the desk', () => {
  it('shows the word of the server, and writes it down first', async () => {
    const read = desk.read(codeOf(7));
    await clock.settle();
    answer('already_used');
    await read;
    expect(shown()).toEqual(['verdict', 'already_used', false]);
    expect(log.scans()).toMatchObject([{ seq: 1, mode: 'online', verdict: 'already_used' }]);
    expect(metrics.samples.value).toMatchObject([{ isOnline: true, isAnswered: true }]);
  });

  it('asks about a code of any length in a message that the server takes', async () => {
    // Such as that of a driver's licence, which some hold up first.
    const read = desk.read('A'.repeat(1_400));
    await clock.settle();
    expect(() => asked.map(parseClientMessage)).not.toThrow();
    answer('silence');
    await read;
    expect(shown()).toEqual(['verdict', 'not_a_ticket', false]);
  });

  it('says what it thinks itself when the server takes long, and says so when it is another', async () => {
    const read = desk.read(codeOf(7));
    await clock.advance(149);
    expect(desk.shown.value).toBeUndefined();
    await clock.advance(1);
    expect(shown()).toEqual(['verdict', 'admitted', true]);
    answer('already_used');
    await read;
    expect(desk.shown.value).toMatchObject({ isProvisional: false, isCorrection: true });
  });

  it('says nothing itself while it has no list, and holds the person', async () => {
    knowledge = undefined;
    const read = desk.read(codeOf(7));
    await clock.advance(150);
    expect(shown()).toEqual(['confirming']);
    answer('admitted');
    await read;
    expect(shown()).toEqual(['verdict', 'admitted', false]);
    expect(desk.shown.value).toMatchObject({ isCorrection: false });
  });

  it('goes by its own word when the link is lost, under the number the server may know', async () => {
    const read = desk.read(codeOf(7));
    await clock.settle();
    answer('silence');
    await read;
    expect(asked).toMatchObject([{ type: 'scan', seq: 1 }]);
    expect(log.scans()).toMatchObject([{ seq: 1, mode: 'normal', verdict: 'admitted' }]);
    expect(log.state.value.pending).toBeUndefined();
    isOnline = false;
    await desk.read(codeOf(7));
    expect(shown()).toEqual(['verdict', 'already_used', false]);
  });

  it.each([
    ['alone', false, 0],
    ['before the server is asked', true, 0],
    ['after the server has answered', true, 1],
  ])('lets nobody in by a scan that it could not write: %s', async (_, online, writesLeft) => {
    [isOnline, store.writesLeft] = [online, writesLeft];
    const read = desk.read(codeOf(7));
    await clock.settle();
    if (writesLeft > 0) answer('admitted');
    await read;
    expect(shown()).toEqual(['unwritten']);
    expect(asked).toHaveLength(writesLeft);
    expect(metrics.samples.value).toMatchObject([{ isAnswered: false }]);
    expect(log.scans()).toEqual([]);
    // The disk has room again: the same ticket is judged anew, under the same number.
    [store.writesLeft, isOnline] = [9, false];
    await desk.read(codeOf(7));
    expect(shown()).toEqual(['verdict', 'admitted', false]);
    expect(log.scans()).toMatchObject([{ seq: 1 }]);
  });

  it('lets nobody in when the browser has taken its memory away', async () => {
    store.isGone = true;
    isOnline = false;
    await desk.read(codeOf(7));
    expect(shown()).toEqual(['unwritten']);
  });

  it('that is killed in mid-scan knows of it when it is opened again, and uses its number', async () => {
    void desk.read(codeOf(7));
    await clock.settle();
    expect(asked).toMatchObject([{ seq: 1 }]);
    // Nothing of this window is left but what is on the disk.
    const reopened = await ScanLog.open(store.database, owner);
    expect(reopened.state.value.pending).toEqual({ seq: 1, at: clock.now() });
    expect(reopened.unsent).toBe(0);
    const next = deskOf(reopened);
    const read = next.read(codeOf(7));
    await clock.settle();
    expect(asked.at(-1)).toMatchObject({ seq: 1 });
    answer('admitted');
    await read;
    expect(reopened.state.value.pending).toBeUndefined();
    expect(reopened.scans()).toMatchObject([{ seq: 1, verdict: 'admitted' }]);
  });

  it('judges one code at a time, and nobody once it is shut out', async () => {
    const first = desk.read(codeOf(7));
    expect(await desk.read(codeOf(8))).toBe(false);
    isBlocked = true;
    await clock.settle();
    answer('admitted');
    await first;
    expect(shown()).toEqual(['blocked']);
    expect(await desk.read(codeOf(8))).toBe(true);
    expect(shown()).toEqual(['blocked']);
    expect(asked).toHaveLength(1);
  });

  it('notes by itself that half became full when the server cannot', async () => {
    isOnline = false;
    await desk.read(codeOf(7, 'half'));
    expect(shown()).toEqual(['verdict', 'proof_needed', false]);
    await desk.topUp('cash');
    expect(desk.shown.value).toMatchObject({ override: 'topped_up_cash' });
    const noted = { seq: 2, hasProof: true, override: 'topped_up_cash' };
    expect(log.scans().at(-1)).toMatchObject(noted);
    expect(asked).toEqual([]);
  });

  it('takes no other code while it is asked whether half became full', async () => {
    isOnline = false;
    await desk.read(codeOf(7, 'half'));
    isOnline = true;
    const paid = desk.topUp('pix');
    await clock.settle();
    expect(asked).toMatchObject([{ type: 'top_up', serial: 7, method: 'pix' }]);
    expect(await desk.read(codeOf(8, 'half'))).toBe(false);
    reply({ type: 'accepted', re: reOf(asked) });
    await clock.settle();
    expect(asked.at(-1)).toMatchObject({ type: 'scan', code: codeOf(7, 'half'), hasProof: true });
    expect(asked.at(-1)).not.toHaveProperty('override');
    answer('admitted');
    await paid;
    expect(log.scans().at(-1)).toMatchObject({ ticket: { serial: 7 }, hasProof: true });
  });

  it.each([
    { story: 'no answer', said: undefined },
    { story: 'a server that is busy', said: { reason: 'busy', retryable: true, retryAfterMs: 9 } },
  ] as const)('lets in with the reason of the money after $story', async ({ said }) => {
    await readHalf();
    const paid = desk.topUp('card');
    await clock.settle();
    if (said === undefined) await clock.advance(2_000);
    else reply({ type: 'rejected', re: reOf(asked), ...said });
    await clock.settle();
    expect(asked.at(-1)).toMatchObject({ hasProof: true, override: 'topped_up_card' });
    answer('admitted');
    await paid;
  });

  it('lets nobody in for money that the server does not take, and says so', async () => {
    await readHalf();
    const scans = log.scans().length;
    const paid = desk.topUp('cash');
    await clock.advance(150);
    expect(shown()).toEqual(['confirming']);
    const refusal = { reason: 'ticket_not_found', retryable: false } as const;
    reply({ type: 'rejected', re: reOf(asked), ...refusal });
    await paid;
    expect(shown()).toEqual(['verdict', 'proof_needed', false]);
    expect(desk.shown.value).toMatchObject({ topUpRefusal: 'ticket_not_found' });
    expect([asked.length, log.scans().length]).toEqual([1, scans]);
  });

  it('goes by its own word when the link lives and the answer is missing', async () => {
    const read = desk.read(codeOf(7));
    await clock.advance(1_999);
    expect(shown()).toEqual(['verdict', 'admitted', true]);
    await clock.advance(1);
    await read;
    expect(shown()).toEqual(['verdict', 'admitted', false]);
    expect(log.scans()).toMatchObject([{ seq: 1, mode: 'normal', verdict: 'admitted' }]);
  });

  it('judges the newest code that was typed too early when the one before is gone', async () => {
    const first = desk.read(codeOf(7));
    await desk.readTyped(codeOf(8));
    await desk.readTyped(codeOf(9));
    // A hand that pulls twice has said the same.
    await desk.readTyped(codeOf(7));
    await clock.settle();
    answer('admitted');
    await first;
    expect(shown()).toEqual(['verdict', 'admitted', false]);
    expect([asked.length, desk.waiting.value]).toEqual([1, codeOf(9)]);
    isOnline = false;
    await desk.dismiss();
    expect(log.scans().map(({ ticket }) => ticket?.serial)).toEqual([7, 9]);
    expect(desk.waiting.value).toBeUndefined();
    await desk.dismiss();
    expect(desk.shown.value).toBeUndefined();
  });

  it('keeps no code for later when a newer one is judged at once', async () => {
    const first = desk.read(codeOf(7));
    await desk.readTyped(codeOf(8));
    await clock.settle();
    answer('admitted');
    await first;
    isOnline = false;
    await desk.readTyped(codeOf(9));
    expect(desk.waiting.value).toBeUndefined();
  });

  it('admits nobody twice when a package comes while a scan is written', async () => {
    isOnline = false;
    store.onWrite = () => {
      // What is known is made anew from the package, without the scan that is on its way.
      knowledge = new GateKnowledge(whole, log.scans());
    };
    await desk.read(codeOf(7));
    store.onWrite = () => {};
    await desk.read(codeOf(7));
    expect(shown()).toEqual(['verdict', 'already_used', false]);
  });

  it('says who comes with a code, until the next one', async () => {
    isOnline = false;
    holder = Promise.resolve('Ana Souza');
    await desk.read(codeOf(7, 'half'));
    await clock.settle();
    expect(desk.holder.value).toBe('Ana Souza');
    await desk.assure({ hasProof: true });
    expect(desk.holder.value).toBe('Ana Souza');
    holder = Promise.resolve(undefined);
    await desk.read(codeOf(8));
    await clock.settle();
    expect(desk.holder.value).toBeUndefined();
    expect(shown()).toEqual(['verdict', 'admitted', false]);
  });

  it('says no name when the code is none, and keeps no name that it has shown', async () => {
    isOnline = false;
    holder = Promise.resolve('Ana Souza');
    await desk.read('NOT A TICKET');
    await desk.read(codeOf(7).slice(0, -3));
    expect(named).toEqual([]);
    await desk.read(codeOf(7));
    await clock.settle();
    expect(desk.holder.value).toBe('Ana Souza');
    await desk.dismiss();
    expect(desk.holder.value).toBeUndefined();
    expect(JSON.stringify(log.scans())).not.toContain('Ana');
  });

  it('waits for no name, and says none that comes when another code is there', async () => {
    isOnline = false;
    let say: (name: string) => void = () => {};
    holder = new Promise((resolve) => {
      say = resolve;
    });
    await desk.read(codeOf(7));
    expect(shown()).toEqual(['verdict', 'admitted', false]);
    holder = Promise.reject(new Error('the disk is gone'));
    await desk.read(codeOf(8));
    expect(shown()).toEqual(['verdict', 'admitted', false]);
    say('Ana Souza');
    await clock.settle();
    expect(desk.holder.value).toBeUndefined();
  });
});

function deskOf(of: ScanLog): Desk {
  return new Desk({
    event: owner.event,
    gate: 0,
    clock,
    verify: verifyAtOnce,
    log: of,
    metrics,
    place: () => ({ checkpoint: 1, direction: 'entry', offlineMode: 'normal' }),
    mode: () => (isOnline ? 'online' : 'normal'),
    offsetMs: () => 0,
    ring: () => ring,
    knowledge: () => knowledge,
    ask: (command, withinMs) => {
      asked.push(command);
      return new Promise((resolve) => {
        clock.after(withinMs, () => resolve(undefined));
        reply = resolve;
        answer = (verdict) => resolve(verdict === 'silence' ? undefined : told(command, verdict));
      });
    },
    onWritten: () => {},
    isBlocked: () => isBlocked,
    holderOf: (code) => {
      named.push(code);
      return holder;
    },
  });
}

/** What is on the screen: its kind, the verdict, and whether it is only this gate's own word. */
function shown(): unknown[] {
  const { value } = desk.shown;
  if (value?.kind !== 'verdict') return [value?.kind];
  return [value.kind, value.verdict.verdict, value.isProvisional];
}

/** A ticket at half price, alone: the document or the difference is asked for. */
async function readHalf(): Promise<void> {
  isOnline = false;
  await desk.read(codeOf(7, 'half'));
  isOnline = true;
}

function reOf(commands: readonly GateCommand[]): CommandId {
  const command = commands.at(-1);
  if (command === undefined) throw new Error('Nothing was asked.');
  return command.id;
}

function told({ id: re }: GateCommand, verdict: 'admitted' | 'already_used'): ServerMessage {
  const about = { type: 'verdict', re, at: clock.now(), occupancy: 1, position: 9 } as const;
  if (verdict === 'already_used') return { ...about, verdict, last: { at: noon, gate: 1 } };
  return { ...about, verdict, notes: { price: 'full', isNominal: false, isMinor: false } };
}

function codeOf(serial: number, price: 'full' | 'half' = 'full'): string {
  const ticket = {
    keyId: 2,
    event,
    serial,
    revision: 0,
    lot: 0,
    price,
    isNominal: false,
    isMinor: false,
    isRotating: false,
    isPrintable: true,
    notBefore: 0,
    validHours: 0,
    salt: 1,
  };
  return signTicket(ticket, signerOf(pair.privateKey));
}
