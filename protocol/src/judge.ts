import { type CheckpointRules, dayAt, isIn, placesIn, sectorOf } from './admission-rules.ts';
import type { Notes, Sighting, Verdict } from './admission-verdicts.ts';
import type { Admissions } from './admissions.ts';
import type { Revocations } from './revocations.ts';
import { type Ticket, ticketEnd } from './ticket-payload.ts';
import type { Verified } from './ticket-verify.ts';

/** A scan as it is judged, at the gate or by the show's actor. */
export interface Attempt {
  readonly direction: 'entry' | 'exit';
  readonly gate: number;
  /** Milliseconds since 1970, corrected by the server's clock. */
  readonly now: number;
  /** The gate is cut off, and its producer wants no ticket to come in twice. */
  readonly isStrict: boolean;
  /** The operator has seen the document, or half price was topped up to full. */
  readonly hasProof: boolean;
}

/** What is known where the scan is judged. */
export interface Knowledge {
  readonly rules: CheckpointRules;
  readonly admissions: Pick<Admissions, 'entry' | 'exitDay' | 'whereabouts'>;
  readonly revocations: Pick<Revocations, 'refusal'>;
  /** The last scan of a ticket, if it is known here. */
  lastOf(serial: number): Sighting | undefined;
}

/**
 * The verdict on a code that was verified, in one order everywhere: what the code is, what the
 * ticket is worth, when, where, whether it was used, and last what only a person can check. Changes
 * nothing: whoever keeps the state does so when the verdict is `admitted` or `exited`.
 */
export function judge(verified: Verified, attempt: Attempt, known: Knowledge): Verdict {
  // Whoever wants out gets out: it is enough to know which ticket it is.
  if (attempt.direction === 'exit' && isKnown(verified)) {
    return exitOf(verified.ticket, attempt, known);
  }
  if (!verified.isGenuine) {
    return verified.reason === 'not_a_ticket'
      ? { verdict: 'not_a_ticket', fault: verified.fault }
      : { verdict: verified.reason };
  }
  const { ticket } = verified;
  return (
    worth(ticket, known) ??
    time(ticket, attempt, known) ??
    place(ticket, attempt, known) ??
    use(ticket, attempt, known) ??
    proof(ticket, attempt, known) ?? { verdict: 'admitted', notes: notesOf(ticket) }
  );
}

/** A picture of a rotating code is no way in, but it says rightly whose ticket it is. */
export function isKnown(verified: Verified): verified is Verified & { readonly ticket: Ticket } {
  if (verified.isGenuine) return true;
  return verified.reason === 'rotating_needed' || verified.reason === 'stale_code';
}

/** The day that a scan counts for, even while the gates are closed. */
export function dayOf({ days }: CheckpointRules, now: number): number {
  return Math.max(
    0,
    days.findLastIndex(({ from }) => now >= from),
  );
}

function exitOf(ticket: Ticket, { now }: Attempt, { rules, admissions }: Knowledge): Verdict {
  const { serial } = ticket;
  const before = admissions.whereabouts(serial, admissions.exitDay(serial, dayOf(rules, now)));
  return { verdict: 'exited', isInferred: before === 'never' };
}

function worth({ serial, revision }: Ticket, { revocations }: Knowledge): Verdict | undefined {
  const refusal = revocations.refusal(serial, revision);
  return refusal && { verdict: refusal };
}

function time(ticket: Ticket, { now }: Attempt, { rules }: Knowledge): Verdict | undefined {
  if (now < ticket.notBefore) return { verdict: 'not_yet_valid', from: ticket.notBefore };
  const end = ticketEnd(ticket);
  if (now >= end) return { verdict: 'expired', until: end };
  const day = dayAt(rules, now);
  const days = sectorOf(rules, ticket.lot)?.days ?? everyDay;
  if (day === undefined) return closed(rules, days, now);
  return isIn(days, day) ? undefined : { verdict: 'wrong_day', days: placesIn(days) };
}

const everyDay = -1;

/** Of the days that the ticket is for: the others are nothing to wait for. */
function closed(rules: CheckpointRules, days: number, now: number): Verdict {
  const own = rules.days.filter((_, day) => isIn(days, day));
  const next = own.find(({ from }) => from > now);
  if (next !== undefined) return { verdict: 'not_yet_valid', from: next.from };
  return { verdict: 'expired', until: own.at(-1)?.until ?? now };
}

/** A lot that came after the rules goes in anywhere, unless nothing may be left to chance. */
function place(ticket: Ticket, attempt: Attempt, { rules }: Knowledge): Verdict | undefined {
  const sector = sectorOf(rules, ticket.lot);
  const anywhere = attempt.isStrict ? 0 : -1;
  const gates = (attempt.isStrict ? sector?.strictGates : sector?.gates) ?? anywhere;
  if (isIn(gates, attempt.gate)) return undefined;
  return { verdict: 'wrong_gate', gates: placesIn(gates) };
}

function use({ serial }: Ticket, { now }: Attempt, known: Knowledge): Verdict | undefined {
  const entry = known.admissions.entry(serial, dayOf(known.rules, now));
  if (entry === 'admitted') return undefined;
  const last = known.lastOf(serial);
  return last === undefined ? { verdict: entry } : { verdict: entry, last };
}

function proof(ticket: Ticket, { hasProof }: Attempt, { rules }: Knowledge): Verdict | undefined {
  const isAsked = rules.needsProof && (ticket.price !== 'full' || ticket.isNominal);
  if (!isAsked || hasProof) return undefined;
  return { verdict: 'proof_needed', notes: notesOf(ticket) };
}

function notesOf({ price, isNominal, isMinor }: Ticket): Notes {
  return { price, isNominal, isMinor };
}
