import type { ScanView, TicketIncident } from '@ingressou/protocol';
import {
  type Incident,
  isPassed,
  type Passage,
  type ReceivedScan,
  ScanLedger,
  timeOf,
} from '@ingressou/protocol/admission';
import type { Device, Gates } from './gates.ts';
import type { IncidentNews } from './incidents.ts';
import { nowhere } from './row-index.ts';

/** Something that is about to happen to a ticket. */
export interface Happening {
  /** Scans of it that nobody knew of. */
  readonly more?: readonly ReceivedScan[];
  /** Rows of scans by which nobody went through after all. */
  readonly withdrawn?: readonly number[];
  /** Its codes are void from now on; all, or those below a revision. */
  readonly voided?: { readonly at: number; readonly below?: number };
}

/** What became of a ticket at each checkpoint, by everything that is known, and what happens now. */
export function passagesOf(
  gates: Gates,
  serial: number,
  { more = [], withdrawn = [], voided }: Happening = {},
): Passage[] {
  const { scans, checkpoints, deviceIds, revokedAt, reissues } = gates;
  const isTaken = (row: number) => scans.isWithdrawn(row) || withdrawn.includes(row);
  const rows = scans.rowsOf(serial).filter((row) => !isTaken(row));
  if (rows.length + more.length === 0) return [];
  const ledger = new ScanLedger([...checkpoints.values()].map(({ plan }) => plan.rules));
  for (const row of rows) ledger.add(scans.at(row, deviceIds));
  for (const scan of more) ledger.add(scan);
  const at = revokedAt.get(serial);
  if (at !== undefined) ledger.revoke(serial, at);
  for (const { below, at: since } of reissues.get(serial) ?? []) {
    ledger.revoke(serial, since, below);
  }
  if (voided !== undefined) ledger.revoke(serial, voided.at, voided.below);
  return ledger.passages(serial);
}

/** Whether anybody came in with it. */
export function isUsed({ scans, deviceIds }: Gates, serial: number): boolean {
  const rows = scans.rowsOf(serial).filter((row) => !scans.isWithdrawn(row));
  return rows.map((row) => scans.at(row, deviceIds)).some(isWayIn);
}

/** How many times a ticket has come in at a checkpoint, those that were taken back too. */
export function entriesOf({ scans, deviceIds }: Gates, serial: number, checkpoint: number): number {
  return scans
    .rowsOf(serial)
    .map((row) => scans.at(row, deviceIds))
    .filter((scan) => scan.checkpoint === checkpoint && isWayIn(scan)).length;
}

/** Whether somebody came in with a ticket of the show. */
export function isWayIn({ direction, isUnissued }: ReceivedScan): boolean {
  return direction === 'entry' && !isUnissued;
}

/** What comes to light, or in another light, about some tickets, and what is explained. */
export function incidentNews(
  gates: Gates,
  happenings: Iterable<readonly [serial: number, happening: Happening]>,
): IncidentNews {
  const incidents: TicketIncident[] = [];
  const gone: string[] = [];
  for (const [serial, happening] of happenings) {
    const after = incidentsOf(passagesOf(gates, serial, happening));
    const still = new Set(after.map(({ id }) => id));
    const about = after.map((incident) => ticketIncident(serial, incident));
    incidents.push(...about.filter((incident) => gates.incidents.isNews(incident)));
    const before = incidentsOf(passagesOf(gates, serial)).map(({ id }) => id);
    gone.push(...before.filter((id) => !still.has(id)));
  }
  return gone.length === 0 ? { incidents } : { incidents, gone };
}

/** The same for tickets whose codes are void from `at` on; nothing, where nothing comes of it. */
export function newsOfVoid(
  gates: Gates,
  serials: readonly number[],
  voided: NonNullable<Happening['voided']>,
): Partial<IncidentNews> {
  const used = serials.filter((serial) => gates.scans.hasRowsOf(serial));
  const { incidents, gone } = incidentNews(
    gates,
    used.map((serial) => [serial, { voided }]),
  );
  const news = incidents.length === 0 ? {} : { incidents };
  return gone === undefined ? news : { ...news, gone };
}

function incidentsOf(passages: readonly Passage[]): Incident[] {
  return passages.flatMap(({ incidents }) => incidents);
}

/**
 * Scans of a device's log, as they meet what is known of it from when it was online. A number is one
 * scan: where the answer never reached the device, the log says what came of it.
 */
export interface SortedScans {
  /** Somebody went through, and nobody knew. */
  readonly fresh: readonly ReceivedScan[];
  /** Rows of which the device says that nobody went through, or not like that. */
  readonly withdrawn: readonly number[];
}

export function sorted(
  { scans: table, deviceIds }: Gates,
  { passed }: Device,
  scans: readonly ReceivedScan[],
): SortedScans {
  const fresh: ReceivedScan[] = [];
  const withdrawn: number[] = [];
  for (const scan of scans) {
    const row = passed.rowOf(scan.seq);
    const isKnown = row !== nowhere && isPassed(scan) && isSameWay(table.at(row, deviceIds), scan);
    if (isKnown) continue;
    if (row !== nowhere) withdrawn.push(row);
    if (isPassed(scan)) fresh.push(scan);
  }
  return { fresh, withdrawn };
}

function isSameWay(a: ReceivedScan, b: ReceivedScan): boolean {
  return (
    a.ticket?.serial === b.ticket?.serial &&
    a.checkpoint === b.checkpoint &&
    a.direction === b.direction
  );
}

/** The number of the ticket of a scan, whether or not there is such a ticket. */
export function serialIn({ ticket }: Pick<ReceivedScan, 'ticket'>): number | undefined {
  const serial = ticket?.serial ?? 0;
  return serial > 0 ? serial : undefined;
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
