import type { Clock } from './ports/clock.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { isDoneWithin } from './ports/within.ts';

// How a node leaves. Its supervisor kills it some time after the signal, and what matters most must
// have happened by then: its shows are given away at once, beside whatever else goes on, and nothing
// that hangs or breaks keeps the next thing from being done.

/** What a node has to end. */
export interface LeavingNode {
  /** Takes no more work, and gives back what is not done soon. */
  readonly workers: (() => Promise<void>) | undefined;
  /** Gives the shows away. */
  readonly shows: () => Promise<void>;
  /** Sends people away: after their shows, which they find again at once. */
  readonly gateway: () => Promise<void>;
  /** Everything that those needed, one after the other. */
  readonly rest: readonly [Rest, Rest, Rest, Rest];
}

/** One thing to end, and what an operator calls that. */
interface Rest {
  readonly what: string;
  readonly end: () => Promise<void>;
}

export interface StopOptions {
  readonly clock: Pick<Clock, 'after'>;
  readonly telemetry: Pick<Telemetry, 'failed'>;
}

const workersMs = 15_000;
const showsMs = 9_000;
const gatewayMs = 7_000;
const restMs = 2_000;
/** The longest way through. A supervisor has to wait for longer. */
export const stopMsMax = Math.max(workersMs, showsMs + gatewayMs) + 4 * restMs;

/** Never rejects, and ends in bounded time: what failed or hung is told. */
export async function stopNode(node: LeavingNode, options: StopOptions): Promise<void> {
  const ended = (what: string, waitMs: number, end: () => Promise<void>) =>
    endedWithin(options, what, waitMs, end);
  const { workers, shows, gateway, rest } = node;
  await Promise.all([
    workers && ended('end the work in hand', workersMs, workers),
    ended('give the shows away', showsMs, shows).then(() =>
      ended('send people away', gatewayMs, gateway),
    ),
  ]);
  for (const { what, end } of rest) await ended(what, restMs, end);
}

async function endedWithin(
  { clock, telemetry }: StopOptions,
  what: string,
  waitMs: number,
  end: () => Promise<void>,
): Promise<void> {
  try {
    const isDone = await isDoneWithin(clock, waitMs, end());
    if (!isDone) throw new StopDeadlineError(waitMs);
  } catch (cause) {
    // The process ends soon; the next thing is still worth doing.
    telemetry.failed(what, cause);
  }
}

/** It has not ended in time, and is left behind. */
class StopDeadlineError extends Error {
  override readonly name = 'StopDeadlineError';
  constructor(ms: number) {
    super(`It was not done in ${ms} ms.`);
  }
}
