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

/** As long as a lease runs, and a little. */
const pastMs = 1_500;

/**
 * Whether somebody may have spoken from the past between two times of the run. When the clock of the
 * database steps forward all leases seem to be over, and whoever comes just then claims shows whose
 * owners have not heard of it: their leases still run by all that they know. They write nothing any
 * more, but what they say is true only of the moment before.
 */
export function isForgiven({ server }: World, from: number, to: number): boolean {
  return server.hasStepped(from - pastMs, to);
}
