import type { DeviceId, ScanMode } from '@ingressou/protocol';
import { Bitmap } from '@ingressou/protocol/admission';
import { assert } from './assert.ts';
import { count, uncount } from './evolve-gates.ts';
import {
  type CheckpointPlan,
  type Device,
  emptyCheckpoint,
  emptyGates,
  type Gates,
  type Reissue,
} from './gates.ts';
import { Incidents, type PlainIncidents } from './incidents.ts';
import { ScanRows } from './scan-rows.ts';
import { type PlainScans, ScanTable } from './scan-table.ts';

/** The gates as plain data and back. What the rows say quickly is counted again. */
export interface PlainGates {
  readonly checkpoints: readonly PlainCheckpoint[];
  readonly devices: readonly PlainDevice[];
  readonly scans: PlainScans;
  readonly revokedAt: readonly (readonly [serial: number, at: number])[];
  readonly reissues: readonly (readonly [serial: number, reissues: readonly Reissue[]])[];
  readonly toppedUp: Uint8Array;
  readonly incidents: PlainIncidents;
  readonly received: number;
}

interface PlainCheckpoint {
  readonly plan: CheckpointPlan;
  readonly days: readonly (readonly [day: number, used: Uint8Array, inside: Uint8Array])[];
  readonly people: readonly (readonly [day: number, people: number])[];
}

interface PlainDevice {
  readonly id: DeviceId;
  readonly gate: number;
  readonly revokedAt: number | null;
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly lastAt: number | null;
  readonly lastSeenAt: number;
  readonly unsent: number;
  readonly mode: ScanMode;
  readonly scans: number;
  readonly quarantined: number;
  readonly quarantinedHash: Uint8Array;
}

export function plainGates(gates: Gates): PlainGates {
  return {
    checkpoints: [...gates.checkpoints.values()].map(({ plan, admissions, people }) => ({
      plan,
      days: admissions.days().map((day) => {
        const { used, inside } = admissions.tracks(day);
        return [day, used.bytes(), inside.bytes()] as const;
      }),
      people: [...people],
    })),
    devices: gates.deviceIds.map((id) => plainDevice(id, gates.devices.get(id))),
    scans: gates.scans.plain(),
    revokedAt: [...gates.revokedAt],
    reissues: [...gates.reissues],
    toppedUp: gates.toppedUp.bytes(),
    incidents: gates.incidents.plain(),
    received: gates.received,
  };
}

function plainDevice(id: DeviceId, device: Device | undefined): PlainDevice {
  assert(device !== undefined, 'every device has its number');
  const {
    number: _number,
    passed: _passed,
    head,
    revokedAt = null,
    lastAt = null,
    ...own
  } = device;
  return { id, ...own, revokedAt, lastAt, seq: head.seq, hash: head.hash };
}

export function gatesOf(plain: PlainGates): Gates {
  const gates = emptyGates(new ScanTable(plain.scans), new Incidents(plain.incidents));
  for (const { plan, days, people } of plain.checkpoints) {
    const checkpoint = emptyCheckpoint(plan);
    for (const [day, used, inside] of days) {
      const [all, here] = [Bitmap.ofBytes(used), Bitmap.ofBytes(inside)];
      const outside = Bitmap.of([...all.numbers()].filter((serial) => !here.has(serial)));
      checkpoint.admissions.load(day, all, outside);
    }
    for (const [day, inside] of people) checkpoint.people.set(day, inside);
    gates.checkpoints.set(plan.rules.checkpoint, checkpoint);
  }
  for (const device of plain.devices) addDevice(gates, device);
  for (const [serial, at] of plain.revokedAt) {
    gates.gone.add(serial);
    gates.revokedAt.set(serial, at);
  }
  for (const [serial, reissues] of plain.reissues) gates.reissues.set(serial, reissues);
  for (const serial of Bitmap.ofBytes(plain.toppedUp).numbers()) gates.toppedUp.add(serial);
  gates.received = plain.received;
  countRows(gates);
  return gates;
}

function addDevice(gates: Gates, { id, seq, hash, revokedAt, lastAt, ...own }: PlainDevice): void {
  gates.devices.set(id, {
    ...own,
    number: gates.deviceIds.length,
    head: { seq, hash },
    revokedAt: revokedAt ?? undefined,
    lastAt: lastAt ?? undefined,
    passed: new ScanRows(),
  });
  gates.deviceIds.push(id);
}

/** What went through each gate, and by which scans of each device. */
function countRows(gates: Gates): void {
  const { scans, deviceIds, devices } = gates;
  for (let row = 0; row < scans.rows; row += 1) {
    const scan = scans.at(row, deviceIds);
    devices.get(scan.device as DeviceId)?.passed.add(scan.seq, row);
    count(gates, scan);
    if (scans.isWithdrawn(row)) uncount(gates, scan);
  }
}
