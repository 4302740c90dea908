import { type Rate, type Rhythm, takeOne, waitMs } from './rate.ts';

/** Keys remembered at once. Beyond it the one that was not seen for longest is forgotten. */
const keysMax = 50_000;

/** One rate for each of many keys: subjects, sources. Bounded, and synchronous. */
export class RateLimiter {
  readonly #rate: Rate;
  /** In the order of their last use. */
  readonly #rhythms = new Map<string, Rhythm>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Milliseconds that the key must wait; 0 when it was let through and counted. */
  take(key: string, now: number): number {
    const rhythm = this.#rhythms.get(key) ?? 0;
    const wait = waitMs(this.#rate, rhythm, now);
    this.#rhythms.delete(key);
    this.#rhythms.set(key, wait === 0 ? takeOne(this.#rate, rhythm, now) : rhythm);
    if (this.#rhythms.size > keysMax) this.#rhythms.delete(this.#rhythms.keys().next().value ?? '');
    return wait;
  }
}
