import type { CommandId, DeviceId } from '@ingressou/protocol';
import { limits, parseId } from '@ingressou/protocol';
import {
  applyDelta,
  logText,
  openDelta,
  openPackage,
  type Scan,
  type VerdictName,
} from '@ingressou/protocol/admission';
import { decodeTicket, encodeTicket, ticketMessage } from '@ingressou/protocol/ticket';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newKeyPair, signerOf } from '../../src/workers/tickets/node-ed25519.ts';
import { DeviceLog } from '../setup/device-log.ts';
import { GateRig, type Scanner } from '../setup/gate-rig.ts';
import { newId, openNode, type TestNode } from '../setup/node.ts';
import { RawSocket } from '../setup/raw-socket.ts';

// Scanners on real sockets of a real node, from the code that lets them in to the package that they
// judge by when they are alone. The numbers are those of the security reference, §6.8.

let house: TestNode;
let rig: GateRig;
let a: Scanner;
let b: Scanner;

beforeAll(async () => {
  const scanRate = { perSecond: 1e6, burst: 1e6 };
  house = await openNode({ databaseUrl: undefined, scanRate, frameRate: scanRate });
});
afterAll(() => house.stop());
beforeEach(async () => {
  rig = await GateRig.open(house);
  [a, b] = [await rig.scanner(0), await rig.scanner(1)];
});

const verdictOn = async (code: string): Promise<string> => (await a.scan(code)).verdict;

describe('a ticket at the gate', () => {
  it('comes in once, and the other gate sees when and where (115)', async () => {
    const [serial = 0] = await rig.sell(1);
    const code = await rig.code(serial);
    const first = await a.scan(code);
    expect(first).toMatchObject({ verdict: 'admitted', serial, lot: 0, entry: 1, occupancy: 1 });
    const second = await b.scan(code);
    const last = { gate: 0, at: first.at };
    expect(second).toMatchObject({ verdict: 'already_used', serial, last, occupancy: 1 });
    expect(second.position).toBeGreaterThanOrEqual(first.position);
  });

  it('that is shown at both gates in one moment comes in at one', async () => {
    const [serial = 0] = await rig.sell(1);
    const code = await rig.code(serial);
    const verdicts = (await Promise.all([a.scan(code), b.scan(code)])).map((each) => each.verdict);
    expect(verdicts.sort()).toEqual(['admitted', 'already_used']);
  });

  it('whose answer was lost has the same one again', async () => {
    const [serial = 0] = await rig.sell(1);
    const wish = a.scanOf(await rig.code(serial));
    a.socket.send(wish);
    const { re: _re, position: _position, ...first } = await a.socket.next('verdict');
    a.socket.send({ ...wish, id: newId<CommandId>() });
    expect(await a.socket.next('verdict')).toMatchObject(first);
  });

  it('of which a bit is flipped at any byte admits nobody (110)', async () => {
    const [serial = 0] = await rig.sell(1);
    const read = decodeTicket(await rig.code(serial));
    if (typeof read === 'string') throw new Error(read);
    const payload = read.seal.message.subarray(ticketMessage(new Uint8Array()).length);
    const whole = Buffer.concat([payload, read.seal.signature]);
    for (let at = 0; at < whole.length; at += 1) {
      const bytes = Uint8Array.from(whole);
      bytes[at]! ^= 1 << (at % 8);
      const code = encodeTicket(bytes.subarray(0, 27), bytes.subarray(27));
      expect(await verdictOn(code), `byte ${at}`).not.toBe('admitted');
    }
    expect(await verdictOn(await rig.code(serial))).toBe('admitted');
  });

  it('with a signature that is not reduced, too short or too long admits nobody (111)', async () => {
    const [serial = 0] = await rig.sell(1);
    const read = decodeTicket(await rig.code(serial));
    if (typeof read === 'string') throw new Error(read);
    const { message, signature } = read.seal;
    const payload = message.subarray(ticketMessage(new Uint8Array()).length);
    expect(await verdictOn(encodeTicket(payload, plusOrder(signature)))).toBe('bad_signature');
    for (const odd of [
      signature.subarray(1),
      Buffer.concat([signature, signature.subarray(0, 1)]),
    ]) {
      expect(await verdictOn(encodeTicket(payload, odd))).toBe('not_a_ticket');
    }
    const identity = new Uint8Array(64).fill(0);
    identity[0] = 1;
    expect(await verdictOn(encodeTicket(payload, identity))).toBe('bad_signature');
  });

  it('of another show, by an unknown key, or by one that was revoked (112)', async () => {
    const [serial = 0] = await rig.sell(1);
    const other = await GateRig.open(house);
    const [foreign = 0] = await other.sell(1);
    expect(await verdictOn(await other.code(foreign))).toBe('wrong_event');
    expect(await verdictOn(await rig.code(serial, { keyId: 77 }))).toBe('unknown_key');
    const code = await rig.code(serial);
    const { keyId } = await house.node.signing.current(rig.show.event);
    await house.node.ticketKeys.revoke(rig.show.event, keyId);
    await expect
      .poll(() => verdictOn(code), { timeout: 10_000, interval: 250 })
      .not.toBe('admitted');
  });

  it('that another key has signed, or the right one for another purpose (113)', async () => {
    const [serial = 0] = await rig.sell(1);
    const read = decodeTicket(await rig.code(serial));
    if (typeof read === 'string') throw new Error(read);
    const payload = read.seal.message.subarray(ticketMessage(new Uint8Array()).length);
    const { privateKey } = await house.node.signing.current(rig.show.event);
    const wrong = [
      signerOf(newKeyPair().privateKey)(read.seal.message),
      signerOf(privateKey)(payload),
      signerOf(privateKey)(Buffer.concat([Buffer.from('ingressou/package/v1\0'), payload])),
    ];
    for (const signature of wrong) {
      expect(await verdictOn(encodeTicket(payload, signature))).toBe('bad_signature');
    }
  });

  it('of a revision that is none, or that the show never issued (114)', async () => {
    const [one = 0] = await rig.sell(1);
    const code = await rig.code(one);
    expect(await verdictOn(await rig.code(99_999))).toBe('unknown_ticket');
    expect(await verdictOn(await rig.code(one, { revision: 1 }))).toBe('unknown_ticket');
    expect(await verdictOn(code)).toBe('admitted');
  });

  it.each([
    ['a web address', 'https://example.com/?q=<script>alert(1)</script>'],
    ['SQL', "V50'; drop table ticket; --"],
    ['control characters', 'V50\u0000\u0007\u202e\u2028'],
    ['nothing', ''],
    ['as much as is sent', 'V50'.padEnd(limits.codeLengthMax, 'A')],
  ])('that is none: %s (116)', async (_, code) => {
    expect(await a.scan(code)).toMatchObject({ verdict: 'not_a_ticket', occupancy: 0 });
  });
});

describe('a scanner', () => {
  it('is let in by a code that is good once', async () => {
    const { code } = (await rig.ask('POST', 'devices', { name: 'Leitor', gate: 0 })) as {
      code: string;
    };
    const answers = await Promise.all([rig.use(code), rig.use(code.toLowerCase())]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
    const enrolled = await answers.find(({ ok }) => ok)!.json();
    expect(enrolled).toMatchObject({
      gate: 0,
      event: rig.show.event,
      checkpoints: [{ checkpoint: 0, name: 'Entrada', gates: [{ gate: 0, name: 'A' }, {}] }],
    });
  });

  it('that is shut out is told, closed, and may only upload', async () => {
    const { device, token } = a.enrolled;
    await rig.ask('DELETE', `devices/${device}`);
    expect(await a.socket.next('bye')).toMatchObject({ reason: 'device_revoked' });
    expect(await a.socket.next('close')).toMatchObject({ code: 4003 });
    const again = await RawSocket.live(house.url, token);
    again.send(a.scanOf('V50'));
    expect(await again.nextAnswer()).toMatchObject({ reason: 'device_revoked' });
    const [serial = 0] = await rig.sell(1);
    again.send(upload(logOf(device, [serial])));
    expect(await again.next('merged')).toMatchObject({ result: 'new', upTo: 1 });
    const refused = await rig.tryAs(token, 'GET', 'package?checkpoint=0');
    expect(refused.status).toBe(403);
    again.close();
  });

  it('of another show, or of none, is refused', async () => {
    const other = await GateRig.open(house);
    const wish = { ...a.scanOf('V50'), event: other.show.event };
    a.socket.send(wish);
    expect(await a.socket.nextAnswer()).toMatchObject({ re: wish.id, reason: 'forbidden' });
    const buyer = await RawSocket.live(house.url, await house.mintToken({ role: 'CLIENTE' }));
    buyer.send(a.scanOf('V50'));
    expect(await buyer.nextAnswer()).toMatchObject({ reason: 'forbidden' });
    buyer.send({ type: 'watch_gates', event: rig.show.event });
    expect(await buyer.nextAnswer()).toMatchObject({ reason: 'forbidden' });
    buyer.close();
  });

  it('hears that it is online, and what the time is', async () => {
    a.socket.send({ type: 'gate_status', event: rig.show.event, unsent: 3, mode: 'normal' });
    const { at } = await a.socket.next('pong');
    expect(Math.abs(at - Date.now())).toBeLessThan(60_000);
    await expect
      .poll(async () => JSON.stringify(await rig.ask('GET', 'gates')))
      .toContain('"unsent":3,"mode":"normal"');
  });
});

describe('gates that were alone', () => {
  it('tell what they did once, and both scans of a ticket that came in twice (F53)', async () => {
    const [one = 0, two = 0] = await rig.sell(2);
    const producer = await watching('PRODUTOR');
    const log = logOf(a.enrolled.device, [one, two], -24 * 60 * 60 * 1000);
    expect(await b.scan(await rig.code(one))).toMatchObject({ verdict: 'admitted' });
    const upload24 = { ...upload(log), at: Date.now() - 24 * 60 * 60 * 1000 };
    a.socket.send(upload24);
    expect(await a.socket.next('merged')).toMatchObject({ result: 'new', upTo: 2, incidents: 1 });
    for (const each of [a.socket, b.socket, producer]) {
      const { incident } = await each.next('incident');
      if (incident.kind !== 'double_entry') throw new Error(incident.kind);
      expect(incident).toMatchObject({ serial: one, isSeen: false });
      expect([incident.scan.gate, incident.other?.gate].sort()).toEqual([0, 1]);
    }
    a.socket.send({ ...upload24, id: newId<CommandId>() });
    expect(await a.socket.next('merged')).toMatchObject({ result: 'duplicate', upTo: 2 });
    expect(await b.scan(await rig.code(two))).toMatchObject({ verdict: 'already_used' });
    producer.close();
  });

  it('may be told that scans are missing, or that theirs do not add up', async () => {
    const serials = await rig.sell(3);
    const log = logOf(a.enrolled.device, serials);
    a.socket.send(upload(log, 1));
    expect(await a.socket.next('merged')).toMatchObject({ result: 'gap', upTo: 0 });
    const producer = await watching('PRODUTOR');
    const whole = upload(log);
    const hash = whole.log.before.hash;
    a.socket.send({ ...whole, log: { ...whole.log, hash } });
    expect(await a.socket.next('merged')).toMatchObject({ result: 'broken', quarantined: 3 });
    const about = { kind: 'log_quarantined', device: a.enrolled.device, gate: 0, isSeen: false };
    for (const each of [b.socket, producer]) {
      await toldOf(each, { ...about, why: 'broken', scans: 3 });
    }
    a.socket.send(upload(log));
    expect(await a.socket.next('merged')).toMatchObject({ result: 'new', upTo: 3 });
    const other = logOf(a.enrolled.device, [...serials].reverse());
    a.socket.send(upload(other));
    expect(await a.socket.next('merged')).toMatchObject({ result: 'fork', quarantined: 3 });
    await toldOf(producer, { ...about, why: 'fork', scans: 6 });
    // What another device sent before is none of this one's.
    b.socket.send(upload(log));
    expect(await b.socket.next('merged')).toMatchObject({ result: 'broken' });
    await toldOf(producer, { ...about, device: b.enrolled.device, gate: 1 });
    producer.close();
  });

  it('leave incidents that somebody marks as seen, over the socket or by HTTP', async () => {
    const [one = 0, two = 0] = await rig.sell(2);
    const producer = await watching('PRODUTOR');
    for (const serial of [one, two]) {
      const code = await rig.code(serial);
      await a.scan(code);
      await b.scan(code, { override: 'supervisor' });
    }
    const first = await toldOf(producer, { serial: one });
    const second = await toldOf(producer, { serial: two });
    const wish = { type: 'see_incidents' as const, id: newId<CommandId>(), event: rig.show.event };
    producer.send({ ...wish, incidents: [first.id] });
    expect(await producer.answerTo(wish.id)).toMatchObject({ type: 'accepted' });
    await toldOf(producer, { id: first.id, isSeen: true });
    a.socket.send({ ...wish, id: newId<CommandId>(), incidents: [second.id] });
    expect(await a.socket.nextAnswer()).toMatchObject({ reason: 'forbidden' });
    await rig.ask('POST', 'incidents/seen', { incidents: [second.id] });
    expect(await rig.ask('GET', 'incidents')).toMatchObject({
      incidents: [{ isSeen: true }, { isSeen: true }],
      isMore: false,
    });
    const none = { incidents: [`double_entry:${a.enrolled.device}:99`] };
    const admin = await house.mintToken({ role: 'ADMIN' });
    expect((await rig.tryAs(admin, 'POST', 'incidents/seen', none)).status).toBe(404);
    expect(await rig.ask('GET', 'gates')).toMatchObject({ incidents: { total: 2, unseen: 0 } });
    producer.close();
  });

  it('judge by a signed package, and by what has changed since', async () => {
    const [one = 0, two = 0] = await rig.sell(2);
    const whole = await fetched('package?checkpoint=0');
    expect(whole.type).toBe('application/vnd.ingressou.package');
    const expected = await rig.expectation();
    const opened = await openPackage(whole.bytes, expected);
    if (typeof opened === 'string') throw new Error(opened);
    expect([opened.position, opened.issued]).toEqual([whole.position, two + 1]);
    expect(await a.scan(await rig.code(one))).toMatchObject({ verdict: 'admitted' });
    const changed = await expect
      .poll(() => fetched(`package?checkpoint=0&since=${opened.position}`), { timeout: 8_000 })
      .toMatchObject({ type: 'application/vnd.ingressou.delta', isNewer: true })
      .then(() => fetched(`package?checkpoint=0&since=${opened.position}`));
    const delta = await openDelta(changed.bytes, { ...(await rig.expectation()), held: opened });
    if (typeof delta === 'string') throw new Error(delta);
    const later = applyDelta(opened, delta);
    expect([later?.used.has(one), later?.used.has(two)]).toEqual([true, false]);
    // Changes tell of no key: whoever knows of other revoked ones gets all of it.
    const told = (revoked: number) =>
      `package?checkpoint=0&since=${opened.position}&revoked=${revoked}`;
    expect((await fetched(told(0))).type).toBe('application/vnd.ingressou.delta');
    expect((await fetched(told(1))).type).toBe('application/vnd.ingressou.package');
    const broken = Uint8Array.from(whole.bytes);
    broken[40]! ^= 1;
    expect(await openPackage(broken, expected)).toBe('bad_signature');
    expect(await openPackage(whole.bytes.subarray(0, 20), expected)).toBe('truncated');
  });
});

describe('whoever watches over the gates', () => {
  it.each(['PRODUTOR', 'ADMIN', 'CHECKIN'] as const)('sees what happens: %s', async (role) => {
    const [serial = 0] = await rig.sell(1);
    const socket = await watching(role);
    expect((await socket.next('gates')).checkpoints[0]).toMatchObject({ occupancy: 0 });
    await a.scan(await rig.code(serial));
    const gates = await socket.next('gates');
    expect(gates.checkpoints[0]).toMatchObject({ name: 'Entrada', occupancy: 1 });
    expect(gates.checkpoints[0]?.gates[0]).toMatchObject({ name: 'A', entered: 1, perMinute: [1] });
    expect(gates.devices).toHaveLength(2);
    socket.close();
  });
});

async function watching(role: 'PRODUTOR' | 'ADMIN' | 'CHECKIN'): Promise<RawSocket> {
  const token = await house.mintToken({ role, shows: [rig.show.event] });
  const socket = await RawSocket.live(house.url, token);
  socket.send({ type: 'watch_gates', event: rig.show.event });
  return socket;
}

/** Waits for an incident like this; others, and the same as it was before, are not looked at. */
async function toldOf(socket: RawSocket, about: Readonly<Record<string, unknown>>) {
  for (;;) {
    const { incident } = await socket.next('incident');
    const known = new Map<string, unknown>(Object.entries(incident));
    if (Object.entries(about).every(([name, value]) => known.get(name) === value)) return incident;
  }
}

function logOf(device: DeviceId, serials: readonly number[], clockMs = 0): DeviceLog {
  const log = new DeviceLog(rig.show.event, parseId<DeviceId>(device));
  for (const serial of serials) log.add(scanOf(serial, clockMs));
  return log;
}

function scanOf(serial: number, clockMs: number): Omit<Scan, 'seq'> {
  return {
    at: Date.now() + clockMs,
    offset: -clockMs,
    ticket: { serial, revision: 0 },
    checkpoint: 0,
    gate: 0,
    direction: 'entry',
    mode: 'normal',
    verdict: 'admitted' satisfies VerdictName,
    override: undefined,
    hasProof: false,
  };
}

function upload(log: DeviceLog, from = 0) {
  const id = newId<CommandId>();
  const text = logText(log.batch(from));
  return { type: 'scan_batch' as const, id, event: rig.show.event, at: Date.now(), log: text };
}

async function fetched(path: string) {
  const answer = await rig.tryAs(a.enrolled.token, 'GET', path);
  const position = Number(answer.headers.get('x-position'));
  const since = Number(/since=(\d+)/.exec(path)?.[1] ?? 0);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return { bytes, position, isNewer: position > since, type: answer.headers.get('content-type') };
}

/** The same signature with the order of the group added to its scalar: a second spelling. */
function plusOrder(signature: Uint8Array): Uint8Array {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const scalar = Buffer.from(signature.subarray(32)).reverse().toString('hex');
  const hex = (BigInt(`0x${scalar}`) + order).toString(16).padStart(64, '0');
  const bytes = Buffer.from(hex, 'hex').reverse();
  return Uint8Array.from([...signature.subarray(0, 32), ...bytes]);
}
