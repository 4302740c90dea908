/**
 * A generic cell rate algorithm (ITU-T I.371): one number per key, exact at any rate, and
 * synchronous, because a promise per message would cost more than the message.
 */
export interface Rate {
  readonly perSecond: number;
  /** Messages that may come at once after a pause. */
  readonly burst: number;
}

/** When a key's next message would be in rhythm; what `take` reads and returns. */
export type Rhythm = number;

/** Milliseconds to wait before this message is within the rate; 0 when it is now. */
export function waitMs(rate: Rate, rhythm: Rhythm, now: number): number {
  const spacingMs = 1000 / rate.perSecond;
  const earliest = rhythm - (rate.burst - 1) * spacingMs;
  return Math.max(0, Math.ceil(earliest - now));
}

/** The rhythm after a message that was let through. */
export function takeOne(rate: Rate, rhythm: Rhythm, now: number): Rhythm {
  return Math.max(rhythm, now) + 1000 / rate.perSecond;
}
