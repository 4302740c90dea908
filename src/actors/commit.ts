import type { EventId } from '@ingressou/protocol';
import type { Clock } from '../ports/clock.ts';
import {
  FencedError,
  type Journal,
  JournalUnavailableError,
  OutcomeUnknownError,
  type Row,
} from '../ports/journal.ts';
import type { Telemetry } from '../ports/telemetry.ts';

/** How long a lost reply may stay unsettled before the actor stops, and between two questions. */
const settleMs = 2_000;
const settlePauseMs = 50;

export interface CommitOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** The journal did not say in time what became of a row. The next claim of the show settles it. */
export class UnsettledError extends Error {
  override readonly name = 'UnsettledError';
  constructor(event: EventId, options: ErrorOptions) {
    super(`Show ${event} stops: the fate of its last row stayed unknown.`, options);
  }
}

/**
 * Resolves once the row is durable. A lost reply is no answer: the journal is asked until it
 * knows or the time is up, at least once after each loss, and an absent row is sent again, which is
 * harmless if the first one still arrives.
 *
 * @throws {FencedError} the row is not there and never will be
 * @throws {UnsettledError} it may be there
 */
export async function commit(options: CommitOptions, row: Row): Promise<void> {
  const { clock, telemetry } = options;
  const giveUpAt = clock.monotonic() + settleMs;
  let lost = await sent(options, row);
  if (lost === undefined) return;
  for (;;) {
    const outcome = await outcomeOf(options, row);
    if (outcome !== undefined) telemetry.outcomeSettled(row.event, outcome);
    if (outcome === 'committed') return;
    if (outcome === 'fenced') throw new FencedError(row.event, row.epoch);
    // Only now: a reply may be lost so late that there is time for one question and no more.
    if (clock.monotonic() >= giveUpAt) break;
    if (outcome === 'absent') {
      const lostAgain = await sent(options, row);
      if (lostAgain === undefined) return;
      lost = lostAgain;
    }
    await pause(clock);
  }
  telemetry.outcomeSettled(row.event, 'given_up');
  throw new UnsettledError(row.event, { cause: lost });
}

/** Undefined when the row is durable, the error when its reply was lost. */
async function sent(
  { journal }: CommitOptions,
  row: Row,
): Promise<OutcomeUnknownError | undefined> {
  try {
    await journal.append(row);
    return undefined;
  } catch (error) {
    // Anything else, FencedError above all, is definite and for the actor.
    if (error instanceof OutcomeUnknownError) return error;
    throw error;
  }
}

async function outcomeOf({ journal }: CommitOptions, row: Row) {
  try {
    return await journal.outcome(row);
  } catch (error) {
    // Still out of reach: the caller asks again until its time is up.
    if (error instanceof JournalUnavailableError) return undefined;
    throw error;
  }
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.after(settlePauseMs, resolve);
  });
}
