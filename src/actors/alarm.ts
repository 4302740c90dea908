import type { Clock, Timer } from '../ports/clock.ts';

/** How far ahead a timer is set at most: Node's own are wrong beyond 24 days. */
const sleepMaxMs = 60 * 60 * 1000;

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
    this.#armed = at === undefined ? undefined : { at, timer: this.#timer(at) };
  }

  #timer(at: number): Timer {
    const delayMs = Math.min(Math.max(0, at - this.#clock.now()), sleepMaxMs);
    return this.#clock.after(delayMs, () => {
      this.#armed = undefined;
      this.#ring();
    });
  }
}
