import { limits, type MergeResult } from '@ingressou/protocol';
import {
  decodeScan,
  emptyLog,
  type Hash,
  type ReceivedScan,
  readBatch,
  receive,
  type Scan,
  scanBytes,
  timeOf,
} from '@ingressou/protocol/admission';
import { assert } from './assert.ts';
import type { CommandOf } from './commands.ts';
import { type Decision, type MergeTold, refuse, tell } from './decision.ts';
import type { FactOf, MergedEntry } from './facts.ts';
import type { Device, Gates } from './gates.ts';
import { entriesOf, type Happening, incidentNews, isWayIn, serialIn, sorted } from './passages.ts';
import type { ShowState } from './state.ts';
import { toldTopUps } from './top-ups.ts';

/** Parts of a log that are kept aside at most, for each device; then the answer is all there is. */
const quarantinedMax = 50 * limits.uploadScansMax;

/**
 * Takes a part of a device's log in. Sent twice it is taken in once, because the log says where it
 * begins; that of a revoked device is taken in like any other, and says so.
 */
export function mergeScans(
  state: ShowState,
  command: CommandOf<'merge_scans'>,
  now: number,
): Decision {
  const { gates, event } = state;
  const { log, chain } = command;
  const device = gates.devices.get(command.device);
  if (device === undefined) return refuse({ reason: 'device_not_found' });
  const owner = { event, device: command.device };
  const read = readBatch(owner, device.head, log, hashesIn(chain));
  switch (read.kind) {
    case 'gap':
    case 'duplicate':
      return tell(mergeTold(device, read.kind));
    case 'fork':
    case 'broken':
      return quarantine(device, command, read.kind);
    case 'new': {
      const { fact, fresh } = merged(state, device, command, read.scans, now);
      const head = { seq: read.head.seq, hash: read.head.hash };
      const told = { ...mergeTold({ head }, 'new'), incidents: fact.incidents.length };
      return tell(told, fact, ...toldTopUps(state, command.device, fresh));
    }
  }
}

/** The gateway has made them in the order in which they are asked for. */
function hashesIn(chain: Uint8Array): Hash {
  const { length } = emptyLog.hash;
  let at = 0;
  return () => {
    const hash = chain.subarray(at, at + length);
    at += length;
    return hash;
  };
}

function mergeTold({ head }: Pick<Device, 'head'>, result: MergeResult): MergeTold {
  const { seq: upTo, hash } = head;
  return { type: 'merged', result, upTo, hash, incidents: 0, quarantined: 0 };
}

/** What does not add up is kept as it came, once. Nothing of it is believed, nor its money booked. */
function quarantine(
  device: Device,
  { id, device: deviceId, log }: CommandOf<'merge_scans'>,
  why: 'fork' | 'broken',
): Decision {
  const { hash } = log;
  const count = log.scans.length;
  const told = { ...mergeTold(device, why), quarantined: count };
  const isKept = isSame(device.quarantinedHash, hash) || device.quarantined >= quarantinedMax;
  if (isKept) return tell(told);
  const scans = joined(log.scans);
  const about = { id, device: deviceId, why, count, hash, scans };
  return tell(told, { type: 'scans_quarantined', ...about });
}

function merged(
  state: ShowState,
  device: Device,
  { id, device: deviceId, log, offset }: CommandOf<'merge_scans'>,
  scans: readonly Scan[],
  now: number,
): { readonly fact: FactOf<'scans_merged'>; readonly fresh: readonly ReceivedScan[] } {
  const { gates } = state;
  const news = log.scans.slice(-scans.length);
  const about = { id, device: deviceId, upTo: device.head.seq + scans.length, hash: log.hash };
  const received = takenIn(state, device, deviceId, scans, offset, now);
  const { fresh, withdrawn } = sorted(gates, device, received);
  const fact: FactOf<'scans_merged'> = {
    type: 'scans_merged',
    ...about,
    offset,
    scans: joined(news),
    entries: entriesIn(gates, fresh),
    ...incidentNews(gates, happeningsIn(gates, fresh, withdrawn)),
  };
  return { fact, fresh };
}

/** The scans of a fact, as they were taken in when it happened. */
export function takenIn(
  { gates, tickets }: ShowState,
  device: Device,
  id: string,
  scans: readonly Scan[],
  offset: number,
  now: number,
): ReceivedScan[] {
  return receive(scans, {
    device: id,
    receivedAt: now,
    offset,
    isDeviceRevoked: device.revokedAt !== undefined,
    position: gates.received + 1,
    previousAt: device.lastAt,
    isIssued: (serial) => tickets.isIssued(serial),
  });
}

/** The other way round of what a fact keeps them as. */
export function scansIn(bytes: Uint8Array): Scan[] {
  return Array.from({ length: bytes.length / scanBytes }, (_, at) => {
    const scan = decodeScan(bytes.subarray(at * scanBytes, (at + 1) * scanBytes));
    assert(scan !== undefined, 'a fact keeps scans that were read');
    return scan;
  });
}

function entriesIn(gates: Gates, fresh: readonly ReceivedScan[]): MergedEntry[] {
  const counts = new Map<string, number>();
  return fresh.flatMap((scan) => {
    const serial = serialIn(scan);
    if (serial === undefined || !isWayIn(scan)) return [];
    const { checkpoint, gate, verdict, mode } = scan;
    const slot = `${serial}:${checkpoint}`;
    const entry = (counts.get(slot) ?? entriesOf(gates, serial, checkpoint)) + 1;
    counts.set(slot, entry);
    const isOffline = mode !== 'online';
    return [{ serial, checkpoint, gate, entry, verdict, at: timeOf(scan), isOffline }];
  });
}

/** By ticket. */
function happeningsIn(
  { scans, deviceIds }: Gates,
  fresh: readonly ReceivedScan[],
  withdrawn: readonly number[],
): Map<number, Happening> {
  const found = new Map<number, { more: ReceivedScan[]; withdrawn: number[] }>();
  const about = (scan: ReceivedScan) => {
    const serial = serialIn(scan);
    if (serial === undefined) return undefined;
    const known = found.get(serial) ?? { more: [], withdrawn: [] };
    found.set(serial, known);
    return known;
  };
  for (const scan of fresh) about(scan)?.more.push(scan);
  for (const row of withdrawn) about(scans.at(row, deviceIds))?.withdrawn.push(row);
  return found;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.length * scanBytes);
  for (const [at, part] of parts.entries()) bytes.set(part.subarray(0, scanBytes), at * scanBytes);
  return bytes;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
