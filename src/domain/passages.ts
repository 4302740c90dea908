import { limits, type ScanView, type TicketIncident } from '@ingressou/protocol';
import {
  type Incident,
  isPassed,
  type Passage,
  type ReceivedScan,
  ScanLedger,
  timeOf,
} from '@ingressou/protocol/admission';
import type { Device, Gates } from './gates.ts';
import { nowhere } from './row-index.ts';

/** What became of a ticket at each checkpoint, by everything that is known, and by `more`. */
export function passagesOf(
  gates: Gates,
  serial: number,
  more: readonly ReceivedScan[] = [],
): Passage[] {
  const { scans, checkpoints, deviceIds, revokedAt, reissues } = gates;
  const rows = scans.rowsOf(serial).filter((row) => !scans.isWithdrawn(row));
  if (rows.length + more.length === 0) return [];
  const ledger = new ScanLedger([...checkpoints.values()].map(({ plan }) => plan.rules));
  for (const row of rows) ledger.add(scans.at(row, deviceIds));
  for (const scan of more) ledger.add(scan);
  const at = revokedAt.get(serial);
  if (at !== undefined) ledger.revoke(serial, at);
  for (const { below, at: since } of reissues.get(serial) ?? []) {
    ledger.revoke(serial, since, below);
  }
  return ledger.passages(serial);
}

/** Whether anybody came in with it. */
export function isUsed({ scans, deviceIds }: Gates, serial: number): boolean {
  const rows = scans.rowsOf(serial).filter((row) => !scans.isWithdrawn(row));
  return rows.some((row) => scans.at(row, deviceIds).direction === 'entry');
}

/** How many times a ticket has come in at a checkpoint, those that were taken back too. */
export function entriesOf({ scans, deviceIds }: Gates, serial: number, checkpoint: number): number {
  return scans
    .rowsOf(serial)
    .map((row) => scans.at(row, deviceIds))
    .filter((scan) => scan.checkpoint === checkpoint && scan.direction === 'entry').length;
}

/** What `more` scans of a ticket bring to light, or show in another light. */
export function newIncidents(
  gates: Gates,
  serial: number,
  more: readonly ReceivedScan[],
): TicketIncident[] {
  return passagesOf(gates, serial, more)
    .flatMap(({ incidents }) => incidents)
    .map((incident) => ticketIncident(serial, incident))
    .filter((incident) => gates.incidents.isNews(incident));
}

/** Scans of a device's log, as they meet what is known of it from when it was online. */
export interface SortedScans {
  /** Somebody went through, and nobody knew. */
  readonly fresh: readonly ReceivedScan[];
  /** Rows of which the device says that nobody went through: the answer never reached it. */
  readonly withdrawn: readonly number[];
}

export function sorted(
  gates: Gates,
  { number, passed }: Device,
  scans: readonly ReceivedScan[],
): SortedScans {
  const fresh: ReceivedScan[] = [];
  const withdrawn: number[] = [];
  for (const scan of scans) {
    const known = passed.has(scan.seq)
      ? gates.scans.find(number, scan.seq, scan.ticket?.serial)
      : nowhere;
    if (known === nowhere && isPassed(scan)) fresh.push(scan);
    if (known !== nowhere && !isPassed(scan)) withdrawn.push(known);
  }
  return { fresh, withdrawn };
}

/** The ticket of a scan, if it can be one of this show. */
export function serialIn({ ticket }: ReceivedScan): number | undefined {
  const serial = ticket?.serial ?? 0;
  return serial > 0 && serial <= limits.serialsMax ? serial : undefined;
}

export function ticketIncident(serial: number, incident: Incident): TicketIncident {
  const { id, kind, isClockSuspect, scan, other } = incident;
  const about = { id, kind, serial, isClockSuspect, scan: scanView(scan) };
  return other === undefined ? about : { ...about, other: scanView(other) };
}

function scanView(scan: ReceivedScan): ScanView {
  const { device, seq, checkpoint, gate, direction, mode, override } = scan;
  const about = { seq, at: timeOf(scan), checkpoint, gate, direction, mode };
  return {
    device: device as ScanView['device'],
    ...about,
    ...(override === undefined ? {} : { override }),
  };
}
