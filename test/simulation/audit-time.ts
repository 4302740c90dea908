import type { World } from './world.ts';

/**
 * How long an owner may go by what it last heard of the database's clock: for as long as it was
 * frozen, or its turn waited to be durable.
 */
const beliefMs = 15_000;
/** How far a reading may be off: as long as it was on its way. */
const readingErrorMs = 1_000;

/** The times that an owner may take for the database's at a time of the run. */
export function believedTimes({ server }: World, time: number) {
  const { earliest, latest } = server.clockBetween(time - beliefMs, time);
  return { earliest: earliest - readingErrorMs, latest: latest + readingErrorMs };
}
