import type { Clock, Timer } from './clock.ts';

/** A socket that has been silent for this many heartbeats is dead, whatever TCP believes. */
const deadAfter = 2.5;

export interface HeartbeatOptions {
  readonly clock: Clock;
  readonly heartbeatMs: number;
  /** Nothing was heard for one heartbeat: ask for a sign of life. */
  readonly onQuiet: () => void;
  readonly onDead: () => void;
}

/** Watches over one socket. Looks twice a heartbeat: a timer per frame would cost more than it tells. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #heardAt: number;
  #timer: Timer;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#heardAt = options.clock.monotonic();
    this.#timer = this.#wait();
  }

  /** A frame came in. */
  heard(): void {
    this.#heardAt = this.#options.clock.monotonic();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #wait(): Timer {
    return this.#options.clock.after(this.#options.heartbeatMs / 2, () => this.#look());
  }

  #look(): void {
    const { clock, heartbeatMs, onQuiet, onDead } = this.#options;
    const silentMs = clock.monotonic() - this.#heardAt;
    if (silentMs >= deadAfter * heartbeatMs) return onDead();
    this.#timer = this.#wait();
    if (silentMs >= heartbeatMs) onQuiet();
  }
}
