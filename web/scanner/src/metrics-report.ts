import { backoffMs, type Random } from '@ingressou/client-sdk/backoff';
import type { Clock, Timer } from '@ingressou/client-sdk/clock';
import type { Metrics, Sample } from './metrics.ts';

export interface MetricsReportOptions {
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly isLive: () => boolean;
  readonly send: (scans: readonly Sample[]) => Promise<void>;
}

/** How often the server is told what was measured. */
const tellMs = 15_000;
/** It waits for so many of these at most, however often it could not be told. */
const waitsMax = 16;

/**
 * Tells the server what a scanner has measured. Figures may wait, and people may not: each failure
 * doubles the pause, so that a server in trouble is not asked by a whole venue for what it can miss.
 */
export class MetricsReport {
  readonly #options: MetricsReportOptions;
  #failures = 0;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: MetricsReportOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, random } = this.#options;
    const floorMs = tellMs * Math.min(2 ** this.#failures, waitsMax);
    this.#timer = clock.after(backoffMs(this.#failures, random, floorMs), () => void this.#tell());
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  async #tell(): Promise<void> {
    const { metrics, isLive, send } = this.#options;
    try {
      if (isLive()) await metrics.tell(send);
      this.#failures = 0;
    } catch {
      // Whatever the server or the network says: what was not told is kept, the newest of it.
      this.#failures += 1;
    }
    if (!this.#isClosed) this.start();
  }
}
