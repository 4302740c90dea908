import { JournalUnavailableError } from '../../src/ports/journal.ts';
import { LeasesUnavailableError } from '../../src/ports/leases.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';
import { ShelfError } from './shelf.ts';
import type { World } from './world.ts';

/**
 * Writes what a process reports into the timeline. What an operator would be woken for, or what
 * only a mistake of ours can cause, is an alarm: no fault of the world around may do that.
 */
export function telemetryOf(world: World, name: string): Telemetry {
  const { trace } = world;
  const note = (what: string): void => trace.note(name, what);
  const alarm = (what: string, cause: unknown): void => {
    const sentence = trace.named(`${what}: ${causes(cause)}`);
    world.history.alarms.push({ time: world.scheduler.now, sentence: `${name} ${sentence}` });
    note(sentence);
  };
  return {
    ...unheard,
    outcomeSettled: (event, outcome) => note(`settles ${trace.nameOf(event)}: ${outcome}`),
    showServed: ({ event, epoch, position, fromSnapshot }) => {
      const source = fromSnapshot ? 'from a snapshot' : 'from the first row';
      note(`serves ${trace.nameOf(event)} epoch ${epoch} at ${position}, ${source}`);
    },
    showLeft: (event, why, cause) => {
      if (why === 'broken') alarm('broke a rule', cause);
      else note(`leaves ${trace.nameOf(event)}: ${why}`);
    },
    commandPoisonous: (_event, cause) => alarm('met a poisonous command', cause),
    showSealed: (_event, cause) => alarm('sealed a show', cause),
    historyNewer: (_event, cause) => alarm('met a history that is newer', cause),
    snapshotIgnored: (_event, why) => {
      // What the shelf makes of one is seen before it is used.
      if (why === 'does not fit') alarm('began from a snapshot that does not fit', why);
      else note(`ignores a snapshot: ${why}`);
    },
    showMoved: ({ event, to, ms }) => {
      note(`moves ${trace.nameOf(event)} to ${trace.nameOf(to)} in ${Math.round(ms)} ms`);
    },
    claimForced: (event, from) => {
      note(`takes ${trace.nameOf(event)} from ${trace.nameOf(from)}, which is silent`);
    },
    leaseRenewed: ({ isLate }) => {
      if (isLate) note('begins a new term');
    },
    leaseLapsed: () => note('has no lease any more'),
    clockJumped: (byMs) => note(`sees the clock of the database jump by ${Math.round(byMs)} ms`),
    frameRouted: ({ letters, outcome }) => {
      if (outcome !== 'received') note(`loses a frame of ${letters} letters: ${outcome}`);
    },
    failed: (what, cause) => {
      const isFromOutside =
        cause instanceof JournalUnavailableError ||
        cause instanceof LeasesUnavailableError ||
        cause instanceof ShelfError;
      if (isFromOutside) note(`fails to ${what}: ${causes(cause)}`);
      else alarm(`failed to ${what}`, cause);
    },
  };
}

const ignored = (): void => {};

/** What says nothing about right and wrong. */
const unheard = {
  turnCommitted: ignored,
  commandsAnswered: ignored,
  snapshotSaved: ignored,
  cacheChanged: ignored,
  busChanged: ignored,
  feedBroken: ignored,
  promiseBroken: ignored,
  jobsPublished: ignored,
  jobsUnpublished: ignored,
  jobDone: ignored,
  jobRetried: ignored,
  jobDied: ignored,
  queuesMeasured: ignored,
  brokerChanged: ignored,
  showAudited: ignored,
  factsFollowed: ignored,
  orderMoved: ignored,
  ticketsIssued: ignored,
  providerAnswered: ignored,
  providerChanged: ignored,
  webhookReceived: ignored,
  codeScanned: ignored,
  gateIncident: ignored,
  partnerTold: ignored,
  partnerDisabled: ignored,
  paymentSuspicious: ignored,
  refundSettled: ignored,
  refundFailed: ignored,
  socketOpened: ignored,
  socketClosed: ignored,
  frameRefused: ignored,
  deltaSent: ignored,
  socketLagged: ignored,
  requestAnswered: ignored,
  lookedAhead: ignored,
};

/** An error and what caused it, in one line. */
function causes(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} ${causes(error.cause)}`;
}
