import type { CommandId, DeviceId } from '@ingressou/protocol';
import { limits, parseId } from '@ingressou/protocol';
import { logText, openPackage, type Scan } from '@ingressou/protocol/admission';
import { decodeTicket, encodeTicket, ticketMessage } from '@ingressou/protocol/ticket';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signerOf } from '../../src/workers/tickets/node-ed25519.ts';
import { DeviceLog } from '../setup/device-log.ts';
import { GateRig, type Scanner } from '../setup/gate-rig.ts';
import { newId, openNode, type TestNode } from '../setup/node.ts';
import { RawSocket } from '../setup/raw-socket.ts';

// The rules of the gates as scanners meet them on the wire: half price, ways out and in again,
// supervisors, and what somebody sends who is not what they say. Numbers as in `gates.test.ts`.

let house: TestNode;

beforeAll(async () => {
  const scanRate = { perSecond: 1e6, burst: 1e6 };
  house = await openNode({ databaseUrl: undefined, scanRate, frameRate: scanRate });
});
afterAll(() => house.stop());

describe('half price', () => {
  it('needs its proof, seen by the operator or paid away', async () => {
    const { rig, a } = await opened({ needsProof: true });
    const [proved = 0, paid = 0] = await rig.sell(2, rig.show.lots[1]);
    const half = { lot: 1, price: 'half' } as const;
    const [one, two] = [await rig.code(proved, half), await rig.code(paid, half)];
    expect(await a.scan(one)).toMatchObject({ verdict: 'proof_needed', serial: proved });
    expect(await a.scan(one, { hasProof: true })).toMatchObject({ verdict: 'admitted', entry: 1 });
    expect(await a.scan(two)).toMatchObject({ verdict: 'proof_needed', occupancy: 1 });
    expect(await topUp(rig, a, paid)).toMatchObject({ type: 'accepted' });
    expect(await a.scan(two)).toMatchObject({ verdict: 'admitted', entry: 1, occupancy: 2 });
  });

  it('is topped up once, and only where there is a half', async () => {
    const { rig, a } = await opened({ needsProof: true });
    const [half = 0] = await rig.sell(1, rig.show.lots[1]);
    const [full = 0] = await rig.sell(1);
    const id = newId<CommandId>();
    expect(await topUp(rig, a, half, id)).toMatchObject({ type: 'accepted' });
    expect(await topUp(rig, a, half, id)).toMatchObject({ type: 'accepted' });
    expect(await topUp(rig, a, full, id)).toMatchObject({ reason: 'id_reused' });
    expect(await topUp(rig, a, half)).toMatchObject({ reason: 'ticket_not_half' });
    expect(await topUp(rig, a, full)).toMatchObject({ reason: 'ticket_not_half' });
    expect(await topUp(rig, a, 99_999)).toMatchObject({ reason: 'ticket_not_found' });
    const producer = await RawSocket.live(house.url, await house.mintToken({ role: 'ADMIN' }));
    const about = { event: rig.show.event, serial: half, method: 'cash' as const };
    producer.send({ type: 'top_up', id: newId<CommandId>(), ...about });
    expect(await producer.nextAnswer()).toMatchObject({ reason: 'forbidden' });
    producer.close();
  });
});

describe('a ticket that was let in', () => {
  it('comes in again where that is allowed, after it went out', async () => {
    const { rig, a, b } = await opened({ mayReenter: true });
    const [serial = 0] = await rig.sell(1);
    const code = await rig.code(serial);
    expect(await a.scan(code)).toMatchObject({ verdict: 'admitted', entry: 1 });
    expect(await b.scan(code)).toMatchObject({ verdict: 'inside_already', last: { gate: 0 } });
    expect(await b.scan(code, { direction: 'exit' })).toMatchObject({
      verdict: 'exited',
      isInferred: false,
      occupancy: 0,
    });
    expect(await a.scan(code)).toMatchObject({ verdict: 'admitted', entry: 2, occupancy: 1 });
  });

  it('stays out where it is not, and is never kept inside', async () => {
    const { rig, a, b } = await opened();
    const [serial = 0, unseen = 0] = await rig.sell(2);
    const code = await rig.code(serial);
    await a.scan(code);
    expect(await b.scan(code, { direction: 'exit' })).toMatchObject({ verdict: 'exited' });
    expect(await a.scan(code)).toMatchObject({ verdict: 'already_used', occupancy: 0 });
    const inferred = await b.scan(await rig.code(unseen), { direction: 'exit' });
    expect(inferred).toMatchObject({ verdict: 'exited', isInferred: true, occupancy: 0 });
    expect(await a.socket.next('incident')).toMatchObject({ incident: { kind: 'inferred_entry' } });
  });

  it('comes in against the verdict when a supervisor says why, and both are told', async () => {
    const { rig, a, b } = await opened();
    const [serial = 0] = await rig.sell(1);
    const code = await rig.code(serial);
    await a.scan(code);
    const wish = b.scanOf(code, { override: 'emergency' });
    b.socket.send(wish);
    const told = { verdict: 'already_used', override: 'emergency', entry: 2, occupancy: 2 };
    expect(await b.socket.next('verdict')).toMatchObject(told);
    expect(await a.socket.next('incident')).toMatchObject({
      incident: { kind: 'double_entry', scan: { gate: 1, override: 'emergency' } },
    });
    b.socket.send({ ...wish, id: newId<CommandId>() });
    expect(await b.socket.next('verdict')).toMatchObject(told);
    // Nobody says why in words of their own.
    b.socket.send({ ...b.scanOf(code), override: 'because' as 'emergency' });
    expect(await b.socket.next('close')).toMatchObject({ code: 4009, reason: 'wrong_shape' });
  });
});

describe('a code that is signed', () => {
  it('by another organiser, whose key has the same number, admits nobody (112)', async () => {
    const { rig, a } = await opened();
    const other = await GateRig.open(house);
    await other.sell(1);
    const [serial = 0] = await rig.sell(1);
    const read = decodeTicket(await rig.code(serial));
    if (typeof read === 'string') throw new Error(read);
    const payload = read.seal.message.subarray(ticketMessage(new Uint8Array()).length);
    const theirs = await house.node.signing.current(other.show.event);
    expect(theirs.keyId).toBe(read.ticket.keyId);
    const signature = signerOf(theirs.privateKey)(read.seal.message);
    const forged = encodeTicket(payload, signature);
    expect(await a.scan(forged)).toMatchObject({ verdict: 'bad_signature', occupancy: 0 });
  });

  it('is refused before it is read when it is longer than any ticket (116)', async () => {
    const { a } = await opened();
    a.socket.send(a.scanOf('A'.repeat(limits.codeLengthMax + 1)));
    expect(await a.socket.next('close')).toMatchObject({ code: 4009, reason: 'wrong_shape' });
    const again = await RawSocket.live(house.url, a.enrolled.token);
    again.send(a.scanOf('A'.repeat(10_240)));
    expect(await again.next('close')).toMatchObject({ code: 4009 });
  });
});

describe('what a gate brings with it', () => {
  it('is of its own show, its own checkpoint and whole', async () => {
    const { rig, a } = await opened();
    const other = await GateRig.open(house);
    const bytes = await packageOf(rig, a);
    const expected = await rig.expectation();
    expect(await openPackage(bytes, expected)).toMatchObject({ checkpoint: 0 });
    expect(await openPackage(bytes, await other.expectation())).toBe('wrong_event');
    expect(await openPackage(bytes, { ...expected, checkpoint: 1 })).toBe('wrong_checkpoint');
    for (const length of [0, 1, 40, bytes.length - 65, bytes.length - 1]) {
      expect(await openPackage(bytes.subarray(0, length), expected)).toBeTypeOf('string');
    }
    const foreign = await other.tryAs(a.enrolled.token, 'GET', 'package?checkpoint=0');
    expect(foreign.status).toBe(404);
  });
});

describe('a device that was shut out', () => {
  it('tells what it did before, and that counts: against a second entry, and inside', async () => {
    const { rig, a, b } = await opened();
    const [one = 0, two = 0] = await rig.sell(2);
    expect(await b.scan(await rig.code(one))).toMatchObject({ verdict: 'admitted' });
    const { device, token } = a.enrolled;
    await rig.ask('DELETE', `devices/${device}`);
    expect(await a.socket.next('close')).toMatchObject({ code: 4003 });
    const log = new DeviceLog(rig.show.event, parseId<DeviceId>(device));
    for (const serial of [one, two]) log.add(scanOf(serial));
    const again = await RawSocket.live(house.url, token);
    const batch = { id: newId<CommandId>(), event: rig.show.event, at: Date.now() };
    again.send({ type: 'scan_batch', ...batch, log: logText(log.batch(0)) });
    expect(await again.next('merged')).toMatchObject({ result: 'new', upTo: 2, incidents: 3 });
    expect(await b.scan(await rig.code(two))).toMatchObject({
      verdict: 'already_used',
      occupancy: 3,
    });
    const { incidents } = (await rig.ask('GET', 'incidents')) as { incidents: { kind: string }[] };
    const kinds = incidents.map(({ kind }) => kind).sort();
    expect(kinds).toEqual(['double_entry', 'revoked_device', 'revoked_device']);
    again.close();
  });
});

describe('an incident that a log explains', () => {
  it('is gone for the other gates, the panel and whoever asks', async () => {
    const { rig, a, b } = await opened();
    const [serial = 0] = await rig.sell(1);
    const token = await house.mintToken({ role: 'PRODUTOR', shows: [rig.show.event] });
    const producer = await RawSocket.live(house.url, token);
    producer.send({ type: 'watch_gates', event: rig.show.event });
    const code = await rig.code(serial);
    await b.scan(code);
    await a.scan(code, { override: 'supervisor' });
    const { incident } = await producer.next('incident');
    // The answer never reached gate A: its log says that nobody went through there.
    const log = new DeviceLog(rig.show.event, a.enrolled.device);
    log.add({ ...scanOf(serial), verdict: 'wrong_gate' });
    const batch = { id: newId<CommandId>(), event: rig.show.event, at: Date.now() };
    a.socket.send({ type: 'scan_batch', ...batch, log: logText(log.batch(0)) });
    for (const each of [b.socket, producer]) {
      expect(await each.next('incident_gone')).toMatchObject({ id: incident.id });
    }
    const none = { incidents: { total: 0, unseen: 0, latest: [] } };
    await expect.poll(() => producer.next('gates'), { timeout: 10_000 }).toMatchObject(none);
    expect(await rig.ask('GET', 'incidents')).toMatchObject({ incidents: [], gone: [incident.id] });
    producer.close();
  });
});

async function opened(rules: object = {}) {
  const rig = await GateRig.open(house, rules);
  return { rig, a: await rig.scanner(0), b: await rig.scanner(1) };
}

async function topUp(rig: GateRig, { socket }: Scanner, serial: number, id = newId<CommandId>()) {
  socket.send({ type: 'top_up', id, event: rig.show.event, serial, method: 'pix' });
  return await socket.answerTo(id);
}

async function packageOf(rig: GateRig, { enrolled }: Scanner): Promise<Uint8Array> {
  const answer = await rig.tryAs(enrolled.token, 'GET', 'package?checkpoint=0');
  return new Uint8Array(await answer.arrayBuffer());
}

function scanOf(serial: number): Omit<Scan, 'seq'> {
  return {
    at: Date.now(),
    offset: 0,
    ticket: { serial, revision: 0 },
    checkpoint: 0,
    gate: 0,
    direction: 'entry',
    mode: 'normal',
    verdict: 'admitted',
    override: undefined,
    hasProof: false,
  };
}
