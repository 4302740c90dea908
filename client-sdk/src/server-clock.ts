import type { Clock } from './clock.ts';

/**
 * The server's time, for countdowns and ids: a buyer's own clock may be hours off. It follows the
 * monotonic clock between two lessons, so setting the machine's clock does not move it.
 */
export class ServerClock {
  readonly #clock: Clock;
  #offset: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since 1970; before the first lesson they are the machine's. */
  now(): number {
    if (this.#offset === undefined) return this.#clock.now();
    return this.#clock.monotonic() + this.#offset;
  }

  /** To be added to the machine's clock, in milliseconds. */
  get offsetMs(): number {
    return this.now() - this.#clock.now();
  }

  /**
   * The server said `at` in answer to a frame sent at `askedAt` (monotonic). The middle of the
   * round trip is off by half of it at most.
   */
  learn(at: number, askedAt: number): void {
    this.#offset = at - (askedAt + this.#clock.monotonic()) / 2;
  }
}
