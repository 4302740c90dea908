import type { Clock, Timer } from '../../ports/clock.ts';
import type { JobQueues } from '../../ports/jobs.ts';
import type { Telemetry } from '../../ports/telemetry.ts';

export interface DepthWatchOptions {
  readonly queues: Pick<JobQueues, 'depths'>;
  readonly clock: Pick<Clock, 'after'>;
  readonly telemetry: Telemetry;
}

/** Often enough for an alarm within a minute. */
const everyMs = 15_000;

/** Tells again and again how much waits in the queues. Every worker may: all tell the same. */
export class DepthWatch {
  readonly #options: DepthWatchOptions;
  #next: Timer | undefined;
  #look: Promise<void> = Promise.resolve();
  #isEnded = false;
  #isAway = false;

  constructor(options: DepthWatchOptions) {
    this.#options = options;
    this.#again(0);
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    this.#next?.cancel();
    await this.#look;
  }

  #again(delayMs: number): void {
    if (this.#isEnded) return;
    this.#next = this.#options.clock.after(delayMs, () => {
      this.#look = this.#tell().finally(() => this.#again(everyMs));
    });
  }

  async #tell(): Promise<void> {
    const { queues, telemetry } = this.#options;
    try {
      telemetry.queuesMeasured(await queues.depths());
      this.#isAway = false;
    } catch (cause) {
      // An outage is told once; the figures stay as they were last seen.
      if (!this.#isAway) telemetry.failed('measure the queues', cause);
      this.#isAway = true;
    }
  }
}
