import {
  countedDayOf,
  dayOf,
  emptyLog,
  type Passage,
  type ReceivedScan,
  timeOf,
} from '@ingressou/protocol/admission';
import { assert } from './assert.ts';
import type { FactOf } from './facts.ts';
import {
  type Checkpoint,
  countEntry,
  countedDay,
  type Device,
  deviceOf,
  emptyCheckpoint,
  type Gates,
} from './gates.ts';
import { scansIn, takenIn } from './merges.ts';
import { passagesOf, serialIn, sorted, ticketIncident } from './passages.ts';
import { ScanRows } from './scan-rows.ts';
import { receivedOf } from './scans.ts';
import type { ShowState } from './state.ts';

/** How facts of the gates change a show; `evolve` does the rest. */
export type GateFact = FactOf<
  | 'checkpoints_set'
  | 'device_enrolled'
  | 'device_revoked'
  | 'device_reported'
  | 'scanned'
  | 'scans_merged'
  | 'scans_quarantined'
  | 'incidents_seen'
  | 'topped_up'
>;

export function evolveGate(state: ShowState, fact: GateFact, at: number): void {
  const { gates, done } = state;
  switch (fact.type) {
    case 'checkpoints_set':
      setCheckpoints(gates, fact);
      return done.add(fact.id, at, { wish: fact.wish });
    case 'device_enrolled':
      enrol(gates, fact, at);
      return done.add(fact.id, at, { wish: fact.wish });
    case 'device_revoked':
      deviceOf(gates, fact.device).revokedAt = at;
      return done.add(fact.id, at, { wish: fact.wish });
    case 'device_reported': {
      const { unsent, mode } = fact;
      Object.assign(deviceOf(gates, fact.device), { unsent, mode, lastSeenAt: at });
      return;
    }
    case 'scanned':
      return takeScan(gates, fact, at);
    case 'scans_merged':
      return takeLog(state, fact, at);
    case 'scans_quarantined':
      return putAside(gates, fact, at);
    case 'incidents_seen':
      for (const incident of fact.incidents) gates.incidents.see(incident);
      return done.add(fact.id, at, { wish: fact.wish });
    case 'topped_up':
      assert(gates.toppedUp.add(fact.serial), 'a ticket is topped up once');
      if (fact.seq === undefined) done.add(fact.id, at, { wish: fact.wish });
      return;
  }
}

/** These tickets admit nobody any more, whoever came in with them. */
export function revokeAtGates(gates: Gates, serials: readonly number[], at: number): void {
  for (const serial of serials) {
    settle(gates, [serial], () => {
      gates.gone.add(serial);
      gates.revokedAt.set(serial, at);
    });
  }
}

/** Codes of a ticket below a revision admit nobody any more, whoever came in with them. */
export function reissueAtGates(gates: Gates, serial: number, below: number, at: number): void {
  settle(gates, [serial], () => {
    gates.reissues.set(serial, [...(gates.reissues.get(serial) ?? []), { below, at }]);
  });
}

function setCheckpoints(gates: Gates, { checkpoints }: FactOf<'checkpoints_set'>): void {
  const before = ticketIncidents(gates);
  gates.checkpoints.clear();
  for (const plan of checkpoints) {
    gates.checkpoints.set(plan.rules.checkpoint, emptyCheckpoint(plan));
  }
  const serials = new Set<number>();
  for (let row = 0; row < gates.scans.rows; row += 1) {
    const scan = gates.scans.at(row, gates.deviceIds);
    count(gates, scan);
    countNameless(gates, scan, 1);
    if (gates.scans.isWithdrawn(row)) {
      uncount(gates, scan);
      countNameless(gates, scan, -1);
    }
    const serial = serialIn(scan);
    if (serial !== undefined) serials.add(serial);
  }
  for (const serial of serials) writeAll(gates, passagesOf(gates, serial), before);
  drop(gates, before);
}

/** The ids of those that follow from scans and rules. */
function ticketIncidents({ incidents }: Gates): Set<string> {
  return new Set(
    [...incidents.ids()].filter((id) => incidents.get(id)?.kind !== 'log_quarantined'),
  );
}

function enrol(gates: Gates, { device: id, gate }: FactOf<'device_enrolled'>, at: number): void {
  const known = gates.devices.get(id);
  if (known !== undefined) {
    known.gate = gate;
    return;
  }
  gates.devices.set(id, newDevice(gates.deviceIds.length, gate, at));
  gates.deviceIds.push(id);
}

function newDevice(number: number, gate: number, at: number): Device {
  return {
    number,
    gate,
    revokedAt: undefined,
    head: emptyLog,
    lastAt: undefined,
    lastSeenAt: at,
    unsent: 0,
    mode: 'online',
    scans: 0,
    quarantined: 0,
    quarantinedHash: new Uint8Array(),
    passed: new ScanRows(),
  };
}

function takeScan(gates: Gates, fact: FactOf<'scanned'>, at: number): void {
  const device = deviceOf(gates, fact.device);
  device.lastSeenAt = at;
  device.scans += 1;
  gates.received += 1;
  const scan = receivedOf(fact, gates.received, at);
  const serial = serialIn(scan);
  const isFirst = serial !== undefined && !gates.scans.hasRowsOf(serial);
  const isNever = isFirst && !gates.revokedAt.has(serial) && !gates.reissues.has(serial);
  const isPlain = isNever && scan.direction === 'entry';
  if (!isPlain) return settle(gates, serialsOf([scan]), () => keep(gates, device, scan));
  // Nearly every scan is the first of its ticket, and then what follows from it is plain.
  keep(gates, device, scan);
  const { checkpoint } = scan;
  const rules = gates.checkpoints.get(checkpoint)?.plan.rules;
  const day = rules === undefined ? 0 : countedDay(rules, dayOf(rules, at));
  write(gates, { serial, checkpoint, day, inside: 1, entry: scan, incidents: [] });
}

function takeLog(state: ShowState, fact: FactOf<'scans_merged'>, at: number): void {
  const { gates } = state;
  const device = deviceOf(gates, fact.device);
  const scans = scansIn(fact.scans);
  const received = takenIn(state, device, fact.device, scans, fact.offset, at);
  const { fresh, withdrawn } = sorted(gates, device, received);
  const known = scans.filter(({ seq }) => device.passed.has(seq)).length;
  const taken = withdrawn.map((row) => gates.scans.at(row, gates.deviceIds));
  settle(gates, serialsOf([...fresh, ...taken]), () => {
    for (const row of withdrawn) withdraw(gates, row);
    for (const scan of fresh) keep(gates, device, scan);
  });
  device.scans += scans.length - known;
  device.head = { seq: fact.upTo, hash: fact.hash };
  const last = received.findLast(({ isClockSuspect }) => !isClockSuspect);
  if (last !== undefined) device.lastAt = timeOf(last);
  device.lastSeenAt = at;
  gates.received += received.length;
}

/** One incident for each device, however often it tells what does not add up. */
function putAside(gates: Gates, fact: FactOf<'scans_quarantined'>, at: number): void {
  const { device: id, why, count: scans, hash } = fact;
  const device = deviceOf(gates, id);
  device.quarantined += scans;
  device.quarantinedHash = hash;
  device.lastSeenAt = at;
  gates.incidents.put({
    id: `log_quarantined:${id}`,
    kind: 'log_quarantined',
    device: id,
    gate: device.gate,
    why,
    scans: device.quarantined,
    at,
  });
}

function keep(gates: Gates, device: Device, scan: ReceivedScan): void {
  const row = gates.scans.add({ scan, device: device.number });
  device.passed.add(scan.seq, row);
  count(gates, scan);
  countNameless(gates, scan, 1);
}

function withdraw(gates: Gates, row: number): void {
  if (gates.scans.isWithdrawn(row)) return;
  gates.scans.withdraw(row);
  const scan = gates.scans.at(row, gates.deviceIds);
  uncount(gates, scan);
  countNameless(gates, scan, -1);
}

/** Whoever went through without a ticket follows from no passage, and is inside or out all the same. */
function countNameless({ checkpoints }: Gates, scan: ReceivedScan, times: number): void {
  const place = checkpoints.get(scan.checkpoint);
  if (place === undefined || serialIn(scan) !== undefined) return;
  const day = countedDayOf(place.plan.rules, scan);
  addPeople(place, day, scan.direction === 'entry' ? times : -times);
}

function addPeople({ people }: Checkpoint, day: number, more: number): void {
  people.set(day, (people.get(day) ?? 0) + more);
}

export function count({ checkpoints }: Gates, scan: ReceivedScan): void {
  const counter = checkpoints.get(scan.checkpoint)?.counters[scan.gate];
  if (counter === undefined) return;
  if (scan.direction === 'entry') countEntry(counter, timeOf(scan));
  else counter.exited += 1;
}

/** Only from the sums: the minutes say how busy a gate was. */
export function uncount({ checkpoints }: Gates, scan: ReceivedScan): void {
  const counter = checkpoints.get(scan.checkpoint)?.counters[scan.gate];
  if (counter === undefined) return;
  if (scan.direction === 'entry') counter.entered -= 1;
  else counter.exited -= 1;
}

function serialsOf(scans: readonly ReceivedScan[]): number[] {
  return [...new Set(scans.map(serialIn))].filter((serial) => serial !== undefined);
}

/** Whatever changes about some tickets, what follows from it is counted anew for them alone. */
function settle(gates: Gates, serials: readonly number[], change: () => void): void {
  const before = new Set<string>();
  for (const serial of serials) {
    for (const passage of passagesOf(gates, serial)) {
      for (const { id } of passage.incidents) before.add(id);
      erase(gates, passage);
    }
  }
  change();
  for (const serial of serials) writeAll(gates, passagesOf(gates, serial), before);
  drop(gates, before);
}

/** What is as it was before stays as it is: who looked at it, and where it stands. */
function writeAll(gates: Gates, passages: readonly Passage[], before: Set<string>): void {
  for (const passage of passages) {
    for (const { id } of passage.incidents) before.delete(id);
    write(gates, passage);
  }
}

function drop({ incidents }: Gates, ids: Iterable<string>): void {
  for (const id of ids) incidents.delete(id);
}

function erase(gates: Gates, { serial, checkpoint, day, inside }: Passage): void {
  const place = gates.checkpoints.get(checkpoint);
  if (place === undefined) return;
  const tracks = place.admissions.tracks(day);
  tracks.used.delete(serial);
  tracks.inside.delete(serial);
  addPeople(place, day, -inside);
}

function write(gates: Gates, passage: Passage): void {
  const { serial, checkpoint, day, inside, incidents, entry } = passage;
  for (const incident of incidents) gates.incidents.put(ticketIncident(serial, incident));
  const place = gates.checkpoints.get(checkpoint);
  if (place === undefined) return;
  if (entry !== undefined) {
    const tracks = place.admissions.tracks(day);
    tracks.used.add(serial);
    if (inside > 0) tracks.inside.add(serial);
  }
  addPeople(place, day, inside);
}
