import type { DeviceId, ScanMode } from '@ingressou/protocol';
import {
  Admissions,
  Bitmap,
  type CheckpointRules,
  type LogHead,
} from '@ingressou/protocol/admission';
import { assert } from './assert.ts';
import { Incidents } from './incidents.ts';
import type { ScanRows } from './scan-rows.ts';
import { ScanTable } from './scan-table.ts';

/** The gates of one show in memory: who came in where, and what the scanners have told. */
export interface Gates {
  readonly checkpoints: Map<number, Checkpoint>;
  readonly devices: Map<DeviceId, Device>;
  /** The same by their numbers. */
  readonly deviceIds: DeviceId[];
  /** Everybody who went through. */
  readonly scans: ScanTable;
  /** Serials that admit nobody any more, and since when. */
  readonly gone: Bitmap;
  readonly revokedAt: Map<number, number>;
  /** Serials that were issued again, and since when which revisions are void. */
  readonly reissues: Map<number, readonly Reissue[]>;
  /** Half-price tickets whose difference was paid at the gate. */
  readonly toppedUp: Bitmap;
  readonly incidents: Incidents;
  /** Scans that were ever taken in; the next one's position is one more. */
  received: number;
}

/** Codes below a revision are void from a time on. */
export interface Reissue {
  readonly below: number;
  readonly at: number;
}

/** A checkpoint as a producer plans it. The gates' numbers are their places in the list. */
export interface CheckpointPlan {
  readonly name: string;
  readonly gates: readonly string[];
  readonly rules: CheckpointRules;
  /** Gates may have cards that say who comes with a ticket; absent where they may not. */
  readonly hasCards?: boolean;
}

export interface Checkpoint {
  readonly plan: CheckpointPlan;
  readonly admissions: Admissions;
  /**
   * People inside, by the day they came in: a sum, whatever order it comes in. Below zero where more
   * went out without a ticket than came in; then nobody is.
   */
  readonly people: Map<number, number>;
  readonly counters: readonly GateCounter[];
}

/** What went through one gate. */
export interface GateCounter {
  entered: number;
  exited: number;
  /** The last minute in which anybody came in, in milliseconds since 1970. */
  minute: number;
  /** Entries of the last minutes up to that one. */
  perMinute: number[];
}

export interface Device {
  readonly number: number;
  gate: number;
  revokedAt: number | undefined;
  /** Where its log ends, as far as it was told. */
  head: LogHead;
  /** When the last scan of its log was, by the server's time. */
  lastAt: number | undefined;
  lastSeenAt: number;
  unsent: number;
  mode: ScanMode;
  /** Scans of it that are known: of its log, and online ones that are not in there yet. */
  scans: number;
  quarantined: number;
  /** The hash of the last part that was kept aside: a device that sends it again is not believed more. */
  quarantinedHash: Uint8Array;
  readonly passed: ScanRows;
}

/** Minutes that a gate's rate is shown for. */
export const minutesMax = 15;
const minuteMs = 60_000;

export function emptyGates(scans = new ScanTable(), incidents = new Incidents()): Gates {
  return {
    checkpoints: new Map(),
    devices: new Map(),
    deviceIds: [],
    scans,
    gone: new Bitmap(),
    revokedAt: new Map(),
    reissues: new Map(),
    toppedUp: new Bitmap(),
    incidents,
    received: 0,
  };
}

export function emptyCheckpoint(plan: CheckpointPlan): Checkpoint {
  const counters = plan.gates.map(() => ({ entered: 0, exited: 0, minute: 0, perMinute: [] }));
  return { plan, admissions: new Admissions(plan.rules), people: new Map(), counters };
}

export function deviceOf({ devices }: Gates, id: DeviceId): Device {
  const device = devices.get(id);
  assert(device !== undefined, 'a device is enrolled before it scans');
  return device;
}

/** Which day of a checkpoint's counts a day of the show is. */
export function countedDay({ isDaily }: CheckpointRules, day: number): number {
  return isDaily ? day : 0;
}

/** Somebody came in at that time. Those of before the minutes that are shown count in the sum alone. */
export function countEntry(counter: GateCounter, at: number): void {
  counter.entered += 1;
  const minute = Math.floor(at / minuteMs) * minuteMs;
  const ahead = (minute - counter.minute) / minuteMs;
  if (ahead > 0) {
    const kept = ahead >= minutesMax ? [] : counter.perMinute;
    const gap = ahead >= minutesMax ? 0 : ahead - 1;
    counter.perMinute = [...kept, ...Array<number>(gap).fill(0), 1].slice(-minutesMax);
    counter.minute = minute;
    return;
  }
  const place = counter.perMinute.length - 1 + ahead;
  if (place >= 0) counter.perMinute[place]! += 1;
}
