import type { Clock, Timer } from '../ports/clock.ts';

/**
 * How far ahead a timer is set at most. Deadlines are told by a clock that may be stepped forward,
 * and timers go on as before: nothing is later than this for it.
 */
const lookMs = 60_000;

/** One timer for all deadlines of one actor, however many holds it has. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #armed: { readonly at: number; readonly timer: Timer } | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at `at`, or soon after if that is past. Setting it again replaces the time. */
  set(at: number | undefined): void {
    if (at === this.#armed?.at) return;
    this.#armed?.timer.cancel();
    this.#armed = undefined;
    if (at !== undefined) this.#arm(at);
  }

  #arm(at: number): void {
    const delayMs = Math.min(Math.max(0, at - this.#clock.now()), lookMs);
    const timer = this.#clock.after(delayMs, () => {
      this.#armed = undefined;
      if (this.#clock.now() >= at) this.#ring();
      else this.#arm(at);
    });
    this.#armed = { at, timer };
  }
}
