import type { Delivery } from '../../../src/ports/jobs.ts';
import { openTelemetry, type RunningTelemetry } from '../../../src/telemetry.ts';
import { Counter } from '../load/counter.ts';
import { Samples } from '../samples.ts';
import type { Told } from './messages.ts';

/** What the workers are seen to do. */
export class WorkersTally {
  readonly telemetry: RunningTelemetry;
  readonly #taken = new Counter();
  #refused = new Counter();
  #payments = new Samples();
  #projector = new Samples();

  constructor() {
    this.telemetry = {
      ...openTelemetry('error'),
      jobsUnpublished() {},
      failed: (what, cause) => this.#fail(what, cause),
      factsFollowed: ({ follower, lagMs }) => {
        if (follower === 'projector') this.#projector.add(lagMs);
      },
    };
  }

  /** Forgets what was left over from before. Jobs in hand are not: they go on being slow. */
  begin(): void {
    this.#refused = new Counter();
    this.#payments = new Samples();
    this.#projector = new Samples();
  }

  /** A job is in somebody's hands. */
  take({ kind, body: { at } }: Delivery): void {
    this.#taken.add(kind);
    if (typeof at === 'number') this.#payments.add(Date.now() - at);
  }

  told(waiting: number): Told {
    return {
      taken: this.#taken.counts(),
      waiting,
      payments: this.#payments.summary(),
      refused: this.#refused.counts(),
      projector: this.#projector.summary(),
    };
  }

  /** A relay that stops at a full queue is what is measured; anything else is worth a line. */
  #fail(what: string, cause: unknown): void {
    const [, follower] = / as (relay\.\w+)$/.exec(what) ?? [];
    if (follower !== undefined) return this.#refused.add(follower);
    const why = cause instanceof Error ? cause.message : String(cause);
    process.stderr.write(`bench workers: could not ${what}: ${why}\n`);
  }
}
