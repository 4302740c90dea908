import { type DeviceId, limits, type OverrideReason } from '@ingressou/protocol';
import {
  dayOf,
  judge,
  type ReceivedScan,
  timeOf,
  topUpMethodOf,
  type Verdict,
} from '@ingressou/protocol/admission';
import type { Ticket, Verified } from '@ingressou/protocol/ticket';
import type { CommandOf } from './commands.ts';
import { type Decision, refuse, tell } from './decision.ts';
import type { FactOf } from './facts.ts';
import { type Checkpoint, countedDay, type Device, type Gates } from './gates.ts';
import { entriesOf, incidentNews, isWayIn } from './passages.ts';
import { nowhere } from './row-index.ts';
import type { ShowState } from './state.ts';
import { toldTopUps } from './top-ups.ts';

/** How far the numbers of online scans may be ahead of what a device has uploaded. */
const seqAheadMax = 20_000;

type Scan = CommandOf<'scan'>;

/** What a scan is judged by. */
interface Place {
  readonly device: Device;
  readonly checkpoint: Checkpoint;
}

/** The verdict on a code, and the way through if it lets somebody through. */
export function scan(state: ShowState, command: Scan, now: number): Decision {
  const { gates } = state;
  const device = gates.devices.get(command.device);
  if (device === undefined) return refuse({ reason: 'device_not_found' });
  if (device.revokedAt !== undefined) return refuse({ reason: 'device_revoked' });
  const checkpoint = gates.checkpoints.get(command.checkpoint);
  const hasGate = checkpoint !== undefined && device.gate < checkpoint.plan.gates.length;
  if (!hasGate) return refuse({ reason: 'checkpoint_not_found' });
  const place = { device, checkpoint };
  const ticket = ticketIn(state, command.verified);

  const earlier = device.passed.rowOf(command.seq);
  if (earlier !== nowhere) return again(state, command, place, earlier, now);
  if (command.seq <= device.head.seq) return refuse({ reason: 'scan_known' });
  if (command.seq > device.head.seq + seqAheadMax) return refuse({ reason: 'invalid_parameter' });

  const verdict = verdictOf(state, command, place, now);
  const { override } = command;
  const isThrough = verdict.verdict === 'admitted' || verdict.verdict === 'exited';
  if (!isThrough && override === undefined) {
    return tell(toldOf(verdict, { ticket, at: now, occupancy: occupancyOf(checkpoint, now) }));
  }
  const fact = scanned(gates, command, place, ticket, verdict, now);
  const told = toldOf(verdict, {
    ticket,
    at: now,
    occupancy: occupancyOf(checkpoint, now, stepOf(checkpoint, command, ticket, now)),
    entry: fact.entry > 0 ? fact.entry : undefined,
    override: isThrough ? undefined : override,
  });
  if (override === undefined || topUpMethodOf(override) === undefined) return tell(told, fact);
  const { device: by, seq, direction } = command;
  return tell(told, fact, ...toldTopUps(state, by, [{ seq, ticket, direction, override }]));
}

/** The same scan again, because its answer was lost: the same answer. */
function again(state: ShowState, command: Scan, place: Place, row: number, now: number): Decision {
  const { gates } = state;
  const { checkpoint } = place;
  const known = gates.scans.at(row, gates.deviceIds);
  const ticket = ticketIn(state, command.verified);
  const isSame =
    known.ticket?.serial === ticket?.serial &&
    known.checkpoint === command.checkpoint &&
    known.direction === command.direction &&
    known.override === command.override;
  if (!isSame) return refuse({ reason: 'scan_known' });
  const verdict = repeated(known, ticket) ?? verdictOf(state, command, place, now);
  const isThrough = verdict.verdict === 'admitted' || verdict.verdict === 'exited';
  const isEntry = command.direction === 'entry' && ticket !== undefined;
  const told = toldOf(verdict, {
    ticket,
    at: timeOf(known),
    occupancy: occupancyOf(checkpoint, now),
    entry: isEntry ? entryOf(gates, known, ticket.serial) : undefined,
    override: isThrough ? undefined : known.override,
  });
  return tell(told);
}

/** Which of a ticket's ways in it was. */
function entryOf(gates: Gates, { checkpoint, position }: ReceivedScan, serial: number): number {
  const later = gates.scans
    .rowsOf(serial)
    .map((row) => gates.scans.at(row, gates.deviceIds))
    .filter((each) => each.checkpoint === checkpoint && isWayIn(each))
    .filter((each) => each.position > position).length;
  return entriesOf(gates, serial, checkpoint) - later;
}

function repeated({ verdict }: ReceivedScan, ticket: Ticket | undefined): Verdict | undefined {
  if (verdict === 'exited') return { verdict, isInferred: false };
  if (verdict !== 'admitted' || ticket === undefined) return undefined;
  const { price, isNominal, isMinor } = ticket;
  return { verdict, notes: { price, isNominal, isMinor } };
}

function verdictOf(state: ShowState, command: Scan, place: Place, now: number): Verdict {
  const { gates, tickets } = state;
  const { verified, direction } = command;
  const { device, checkpoint } = place;
  const ticket = verified.isGenuine ? verified.ticket : undefined;
  if (ticket !== undefined && direction === 'entry' && !isIssued(state, ticket)) {
    return { verdict: 'unknown_ticket' };
  }
  const isToppedUp = ticket !== undefined && gates.toppedUp.has(ticket.serial);
  const hasProof = command.hasProof || (isToppedUp && !ticket.isNominal);
  return judge(
    verified,
    { direction, gate: device.gate, now, isStrict: false, hasProof },
    {
      rules: checkpoint.plan.rules,
      admissions: checkpoint.admissions,
      revocations: {
        refusal(serial, revision) {
          if (gates.gone.has(serial)) return 'revoked';
          return revision < tickets.revisionAt(serial) ? 'old_revision' : undefined;
        },
      },
      lastOf(serial) {
        const [newest] = gates.scans.rowsOf(serial).filter((row) => isOf(gates, row, checkpoint));
        if (newest === undefined) return undefined;
        const last = gates.scans.at(newest, gates.deviceIds);
        return { at: timeOf(last), gate: last.gate };
      },
    },
  );
}

function isOf({ scans, deviceIds }: Gates, row: number, { plan }: Checkpoint): boolean {
  if (scans.isWithdrawn(row)) return false;
  return scans.at(row, deviceIds).checkpoint === plan.rules.checkpoint;
}

/** Rightly signed is not enough: the show knows each of its tickets. */
function isIssued({ tickets }: ShowState, { serial, revision, lot }: Ticket): boolean {
  return (
    tickets.isIssued(serial) &&
    revision <= tickets.revisionAt(serial) &&
    tickets.lotAt(serial) === lot + 1
  );
}

/** Of a code that is what it says, whether or not it admits anybody. */
function ticketIn(state: ShowState, verified: Verified): Ticket | undefined {
  const ticket = claimedIn(verified);
  if (ticket === undefined) return undefined;
  const isOurs = ticket.serial > 0 && ticket.serial <= limits.serialsMax;
  return isOurs && state.tickets.isIssued(ticket.serial) ? ticket : undefined;
}

function claimedIn(verified: Verified): Ticket | undefined {
  if (verified.isGenuine) return verified.ticket;
  const { reason } = verified;
  return reason === 'rotating_needed' || reason === 'stale_code' ? verified.ticket : undefined;
}

interface Passing {
  readonly ticket: Ticket | undefined;
  readonly at: number;
  readonly occupancy: number;
  readonly entry?: number | undefined;
  readonly override?: OverrideReason | undefined;
}

function toldOf(verdict: Verdict, { ticket, at, occupancy, entry, override }: Passing) {
  const { serial, lot } = ticket ?? {};
  return { type: 'verdict', at, occupancy, serial, lot, entry, override, ...verdict } as const;
}

function scanned(
  gates: Gates,
  command: Scan,
  { device }: Place,
  ticket: Ticket | undefined,
  verdict: Verdict,
  now: number,
): FactOf<'scanned'> {
  const { id, device: deviceId, seq, checkpoint, direction, hasProof, override } = command;
  const isEntry = direction === 'entry';
  const serial = ticket?.serial;
  const before = isEntry && serial !== undefined ? entriesOf(gates, serial, checkpoint) : 0;
  const fact: FactOf<'scanned'> = {
    type: 'scanned',
    id,
    device: deviceId,
    seq,
    checkpoint,
    gate: device.gate,
    direction,
    serial,
    revision: ticket?.revision,
    entry: isEntry ? before + 1 : 0,
    verdict: verdict.verdict,
    override,
    hasProof,
    incidents: [],
  };
  // The first way in of a ticket, by the verdict, says nothing that anybody should look at.
  const isPlain = isEntry && override === undefined && before === 0;
  if (isPlain || serial === undefined) return fact;
  const received = receivedOf(fact, gates.received + 1, now);
  return Object.assign(fact, incidentNews(gates, [[serial, { more: [received] }]]));
}

/** An online scan as it is kept: at the server's own time. */
export function receivedOf(fact: FactOf<'scanned'>, position: number, at: number): ReceivedScan {
  const { seq, checkpoint, gate, direction, serial, revision = 0, verdict, override } = fact;
  return {
    device: fact.device satisfies DeviceId,
    seq,
    at,
    offset: 0,
    ticket: serial === undefined ? undefined : { serial, revision },
    checkpoint,
    gate,
    direction,
    mode: 'online',
    verdict,
    override,
    hasProof: fact.hasProof,
    position,
    receivedAt: at,
    isClockSuspect: false,
    isDeviceRevoked: false,
    isUnissued: false,
  };
}

/** How many people are inside, of those who came in today if days count, once so many more are. */
export function occupancyOf({ plan, people }: Checkpoint, now: number, more = 0): number {
  const inside = people.get(countedDay(plan.rules, dayOf(plan.rules, now))) ?? 0;
  return Math.max(0, inside + more);
}

/** By how many a scan changes that. */
function stepOf(
  { plan, admissions }: Checkpoint,
  { direction }: Scan,
  ticket: Ticket | undefined,
  now: number,
): number {
  if (direction === 'entry') return 1;
  if (ticket === undefined) return -1;
  const day = countedDay(plan.rules, dayOf(plan.rules, now));
  const isOfToday = admissions.exitDay(ticket.serial, day) === day;
  return isOfToday && admissions.whereabouts(ticket.serial, day) === 'inside' ? -1 : 0;
}
