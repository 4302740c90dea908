import type { CommandId, DeviceId, SubjectId } from '@ingressou/protocol';
import { eventNumber } from '@ingressou/protocol/ticket';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId, type OpenShow, TestCluster, type TestMember } from '../../test/setup/cluster.ts';
import { chainOf, DeviceLog } from '../../test/setup/device-log.ts';
import { Ear } from '../../test/setup/ear.ts';
import { silentTelemetry } from '../../test/setup/silent-telemetry.ts';
import type { Command } from '../domain/commands.ts';
import type { Identity } from './access-tokens.ts';
import { GateDesk } from './gate-desk.ts';
import { KeyRings } from './key-rings.ts';
import { SharedFeeds } from './shared-feeds.ts';

// Ana's node owns the show; people at the gates and in the office are at Bia's, over a wire that
// can lose. Whatever is lost, they hear of every incident in the end.

let cluster: TestCluster;
let clock: TestCluster['clock'];
let show: OpenShow;
let ana: TestMember;
let bia: TestMember;
let desk: GateDesk;
let office: Ear;
const device = newId<CommandId>(Date.UTC(2026, 0, 1)) as string as DeviceId;
const charges: { readonly charge: string; readonly order: CommandId }[] = [];
/** The tickets of the gate's scans, in the order of their numbers. */
const scanned: number[] = [];

beforeEach(async () => {
  cluster = new TestCluster();
  clock = cluster.clock;
  show = await cluster.openShow(1_000);
  ana = await cluster.join('ana');
  scanned.length = 0;
  charges.length = 0;
  await set();
  bia = await cluster.join('bia');
  desk = deskAt(bia);
  const subject = newId<SubjectId>(clock.now());
  office = earOf({ role: 'PRODUTOR', shows: [show.event], subject });
  desk.watch(office, show.event);
  await clock.settle();
});
afterEach(async () => {
  desk.leave(office);
  await cluster.close();
});

describe('an incident', () => {
  it('is heard of at another node, once', async () => {
    const [one = 0] = await sell(1);
    await twice(one);
    await clock.settle();
    expect(office.told).toMatchObject([{ kind: 'double_entry', serial: one, isSeen: false }]);
  });

  it('whose facts are lost on the way is told when it is said how far the show is', async () => {
    const [one = 0] = await sell(1);
    ana.bus.loses = /facts/;
    await twice(one);
    await clock.settle();
    expect(office.told).toEqual([]);
    await clock.advance(1_500);
    expect(office.told.map(({ serial }) => serial)).toEqual([one]);
  });

  it('is told when the next facts show that some are missing', async () => {
    const [one = 0, two = 0] = await sell(2);
    ana.bus.loses = /facts/;
    await twice(one);
    ana.bus.loses = undefined;
    await scan(two);
    await clock.settle();
    expect(office.told.map(({ serial }) => serial)).toEqual([one]);
  });

  it('is told after the bus was away, and so are more than one answer holds', async () => {
    const serials = await sell(130);
    ana.bus.fall();
    for (const serial of serials) await twice(serial);
    ana.bus.rise();
    await clock.advance(2_000);
    expect(office.told.map(({ serial }) => serial)).toEqual(serials);
  });

  it('of which the owner died before anybody heard is told by the next one', async () => {
    const [one = 0] = await sell(1);
    ana.bus.loses = /facts|standings/;
    await twice(one);
    await ana.kill();
    await clock.advance(20_000);
    expect(office.told.map(({ serial }) => serial)).toEqual([one]);
  });

  it.each([
    ['taken back by the bank', 'charge_back'],
    ['given back with the show', 'cancel_show'],
  ] as const)('comes of a ticket that has let somebody in and is %s', async (_, type) => {
    const [one = 0] = await sell(1);
    await scan(one);
    await clock.advance(1_000);
    expect(office.told).toEqual([]);
    if (type === 'charge_back') await submit({ type, ...charges[0]! });
    else await submit({ type, id: id() });
    await clock.advance(1_000);
    expect(office.told).toMatchObject([{ kind: 'revoked_after_entry', serial: one }]);
  });

  it('that a later log explains is told to be gone, once', async () => {
    const [one = 0] = await sell(1);
    await twice(one);
    await clock.settle();
    const [incident] = office.told;
    await takeBack(one);
    await clock.settle();
    expect(office.gone).toEqual([incident?.id]);
    await clock.advance(60_000);
    expect(office.gone).toHaveLength(1);
  });

  it('that is explained while the facts are lost is told to be gone when they are missed', async () => {
    const [one = 0, two = 0] = await sell(2);
    await twice(one);
    await twice(two);
    await clock.settle();
    const [incident] = office.told;
    ana.bus.loses = /facts/;
    await takeBack(one);
    await clock.settle();
    expect(office.gone).toEqual([]);
    await clock.advance(1_500);
    expect(office.gone).toEqual([incident?.id]);
    const late = gate();
    desk.join(late);
    await clock.settle();
    expect([late.told.map(({ serial }) => serial), late.gone]).toEqual([[two], []]);
    desk.leave(late);
  });

  it('that nobody has seen is told to a scanner that comes later, and one that was seen is not', async () => {
    const [one = 0, two = 0] = await sell(2);
    await twice(one);
    await twice(two);
    await clock.settle();
    const [first] = office.told;
    const message = { type: 'see_incidents', id: id(), event: show.event } as const;
    const seen = desk.see({ ...message, incidents: [first?.id ?? ''] }, office.identity);
    expect(await clock.until(seen)).toMatchObject({ accepted: true });
    await clock.settle();
    expect(office.told.at(-1)).toMatchObject({ id: first?.id, isSeen: true });
    const scanner = gate();
    desk.join(scanner);
    await clock.settle();
    expect(scanner.told.map(({ serial }) => serial)).toEqual([two]);
  });

  it('is marked as seen by those who look after the show, and by nobody else', async () => {
    const [one = 0] = await sell(1);
    await twice(one);
    await clock.settle();
    const incidents = [office.told[0]?.id ?? ''];
    const see = (identity: Identity, ids: readonly string[]) =>
      cluster.outcome(
        desk.see({ type: 'see_incidents', id: id(), event: show.event, incidents: ids }, identity),
      );
    const other = { role: 'PRODUTOR', shows: [] } as const;
    const stranger = { ...office.identity, ...other };
    expect(await see(stranger, incidents)).toBe('forbidden');
    expect(await see(gate().identity, incidents)).toBe('forbidden');
    expect(await see(office.identity, [`double_entry:${device}:99`])).toBe('incident_not_found');
    expect(await see(office.identity, incidents)).toBe('accepted');
    expect(await see({ ...stranger, role: 'ADMIN' }, incidents)).toBe('accepted');
  });
});

describe('a scanner', () => {
  it('that was shut out while nobody heard of it is closed all the same', async () => {
    const scanner = gate();
    desk.join(scanner);
    await clock.settle();
    ana.bus.loses = /facts/;
    await submit({ type: 'revoke_device', id: id(), device });
    await clock.advance(1_500);
    expect(scanner.endings).toEqual(['device_revoked']);
    // It is back to upload what it has, and is left alone.
    const again = gate();
    desk.join(again);
    await clock.advance(60_000);
    expect(again.endings).toEqual([]);
    desk.leave(again);
  });
});

describe('a scanner that was shut out and let in again', () => {
  it.each([
    ['by a fact that was heard', () => tellOf({ type: 'device_enrolled', gate: 0 })],
    ['while nobody heard of it', () => desk.missed(show.event)],
  ])('is shut out at once, unheard, when it is again: %s', async (_, letIn) => {
    const first = gate();
    desk.join(first);
    await clock.settle();
    // A restore may have lost this one: the show itself knows nothing of it.
    tellOf({ type: 'device_revoked' });
    expect(first.endings).toEqual(['device_revoked']);
    letIn();
    await clock.settle();
    const second = gate();
    desk.join(second);
    await clock.settle();
    expect(second.endings).toEqual([]);
    ana.bus.loses = /facts/;
    await submit({ type: 'revoke_device', id: id(), device });
    await clock.advance(1_500);
    expect(second.endings).toEqual(['device_revoked']);
  });

  /** Facts of a history that the show does not have, or not any more. */
  function tellOf(about: { type: 'device_enrolled'; gate: number } | { type: 'device_revoked' }) {
    const fact = { ...about, id: id(), wish: 0, device } as const;
    const row = { generation: 0, from: 0, to: 0, at: clock.now() };
    desk.follow({ event: show.event, ...row, facts: [fact], packed: new Uint8Array() });
  }
});

describe('who watches the gates', () => {
  it('is told of them again when their owner could not be asked for a while', async () => {
    const [one = 0] = await sell(1);
    await scan(one);
    await ana.kill();
    office.frames.length = 0;
    cluster.journal.isAway = true;
    desk.missed(show.event);
    await clock.advance(5_000);
    expect(office.frames).toEqual([]);
    cluster.journal.isAway = false;
    await clock.advance(20_000);
    expect(office.frames.filter(({ type }) => type === 'rejected')).toEqual([]);
    const gates = office.frames.findLast((each) => each.type === 'gates');
    expect(gates?.checkpoints[0]?.occupancy).toBe(1);
  });
});

function deskAt(member: TestMember): GateDesk {
  const rings = new KeyRings({ keys: { list: async () => [] }, clock });
  const made = new GateDesk({
    commands: member.router,
    feeds: new SharedFeeds(member.follower),
    rings,
    verify: async () => false,
    codes: { after: async () => [] },
    clock,
    telemetry: silentTelemetry,
  });
  member.listeners.push(made);
  return made;
}

function earOf(identity: Omit<Identity, 'expiresAt'>): Ear {
  return new Ear(identity, (ear) => desk.leave(ear));
}

function gate(): Ear {
  const subject = device as string as SubjectId;
  return earOf({ role: 'CHECKIN', shows: [show.event], subject, gate: { id: device, gate: 0 } });
}

function id(): CommandId {
  return newId<CommandId>(clock.now());
}

async function submit(command: Command): Promise<void> {
  const answer = await clock.until(ana.router.submit(show.event, command));
  if (!answer.accepted) throw new Error(`${command.type}: ${answer.rejection.reason}`);
}

/** One checkpoint with one gate, and a scanner there. */
async function set(): Promise<void> {
  const from = Math.floor(clock.now() / 1000) * 1000 - 1000;
  const rules = {
    checkpoint: 0,
    isDaily: false,
    mayReenter: false,
    needsProof: false,
    days: [{ from, until: from + 86_400_000 }],
    sectors: [{ gates: 1, strictGates: 1, days: 1 }],
    lotSectors: [0],
  };
  await submit({
    type: 'set_checkpoints',
    id: id(),
    checkpoints: [{ name: 'Entrada', gates: ['A'], rules }],
  });
  await submit({ type: 'enrol_device', id: id(), device, gate: 0 });
}

/** Serials of tickets that somebody has paid. */
async function sell(count: number): Promise<number[]> {
  const serials: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const [hold, order, subject] = [id(), id(), newId<SubjectId>(clock.now())];
    const items = [{ lot: show.lot, quantity: 1 }];
    await submit({ type: 'reserve', id: hold, subject, items });
    await submit({ type: 'checkout', id: order, subject, hold, method: 'pix' });
    const charge = `ch_${order}`;
    await submit({ type: 'confirm_payment', charge, order, amountCents: 100 });
    charges.push({ charge, order });
    const reply = await clock.until(ana.router.ask(show.event, { type: 'order', order }));
    if (!reply.accepted || reply.value === null) throw new Error('It is gone.');
    serials.push(...reply.value.order.tickets.map(({ serial }) => serial));
  }
  return serials;
}

async function scan(serial: number, isForced = false): Promise<void> {
  const ticket = {
    keyId: 1,
    event: eventNumber(show.event),
    serial,
    revision: 0,
    lot: 0,
    price: 'full',
    isNominal: false,
    isMinor: false,
    isRotating: false,
    isPrintable: true,
    notBefore: 0,
    validHours: 0,
    salt: 0,
  } as const;
  scanned.push(serial);
  await submit({
    type: 'scan',
    id: id(),
    device,
    seq: scanned.length,
    checkpoint: 0,
    direction: 'entry',
    verified: { isGenuine: true, ticket },
    hasProof: false,
    ...(isForced && { override: 'supervisor' as const }),
  });
}

/** Somebody comes in, and somebody else with the same ticket against the verdict. */
async function twice(serial: number): Promise<void> {
  await scan(serial);
  await scan(serial, true);
}

/** The gate tells its log: none of its scans of this ticket has let anybody in. */
async function takeBack(serial: number): Promise<void> {
  const log = new DeviceLog(show.event, device);
  for (const each of scanned) {
    log.add({
      at: clock.now(),
      offset: 0,
      ticket: { serial: each, revision: 0 },
      checkpoint: 0,
      gate: 0,
      direction: 'entry',
      mode: 'normal',
      verdict: each === serial ? 'wrong_gate' : 'admitted',
      override: undefined,
      hasProof: false,
    });
  }
  const batch = log.batch(0);
  const chain = chainOf(log.owner, batch);
  await submit({ type: 'merge_scans', id: id(), device, log: batch, chain, offset: 0 });
}
