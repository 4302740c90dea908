const tickMs = 1;

/**
 * The longest time in which the event loop did nothing else, as a heartbeat would notice it: how
 * late a timer of one millisecond was at most.
 */
export class StallMeter {
  #longestMs = 0;
  #tickedAt = performance.now();
  readonly #timer = setInterval(() => this.#tick(), tickMs);

  /** Stops and tells. */
  end(): number {
    this.#tick();
    clearInterval(this.#timer);
    return this.#longestMs;
  }

  #tick(): void {
    const now = performance.now();
    this.#longestMs = Math.max(this.#longestMs, now - this.#tickedAt - tickMs);
    this.#tickedAt = now;
  }
}
