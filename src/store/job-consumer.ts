import { setImmediate as nextPass } from 'node:timers/promises';
import type { EventId } from '@ingressou/protocol';
import type { Clock } from '../ports/clock.ts';
import { type JobVerdict, verdictOn } from '../ports/job-verdict.ts';
import {
  type Consuming,
  type Delivery,
  endPatienceMs,
  type JobBody,
  type JobKind,
} from '../ports/jobs.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { isDoneWithin } from '../ports/within.ts';
import { booleanIn, numberIn, textIn } from './columns.ts';
import type { Columns, Database } from './database.ts';
import type { DoneJobs } from './done-jobs.ts';
import { jobStatements as statements } from './job-statements.ts';

export interface ConsumerOptions {
  readonly database: Database;
  readonly doneJobs: DoneJobs;
  /** This start of this process. */
  readonly owner: string;
  readonly kind: JobKind;
  readonly atOnce: number;
  readonly work: (job: Delivery) => Promise<void>;
  readonly retryDelaysMs: readonly number[];
  readonly deliveriesMax: number;
  /** A job is due again so long after its worker was heard of. */
  readonly heldMs: number;
  readonly clock: Pick<Clock, 'after'>;
  readonly telemetry: Telemetry;
}

/** Jobs taken by one statement, however many may be done at once. */
const takenMax = 50;

/** A job in hand. */
interface Taken {
  readonly delivery: Delivery;
  /** With the owner, what tells this taking of the job from a later one. */
  readonly deliveries: number;
  readonly waitedMs: number;
}

/** Takes jobs of one kind as long as any are due and hands are free. */
export class JobConsumer implements Consuming {
  readonly #options: ConsumerOptions;
  readonly #inHand = new Map<Taken, Promise<void>>();
  readonly #holding: NodeJS.Timeout;
  #isDue = true;
  #isEnded = false;
  #taking: Promise<void> | undefined;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#holding = setInterval(() => void this.#hold(), options.heldMs / 3);
  }

  /** Something may be due. */
  wake(): void {
    this.#isDue = true;
    // One statement at a time; what comes meanwhile is seen by the next.
    this.#taking ??= this.#takeAll().finally(() => {
      this.#taking = undefined;
      // Somebody may have called in between.
      if (this.#isDue && this.#handsFree > 0 && !this.#isEnded) this.wake();
    });
  }

  async end(patienceMs = endPatienceMs): Promise<void> {
    this.#isEnded = true;
    await this.#taking;
    await isDoneWithin(this.#options.clock, patienceMs, Promise.all(this.#inHand.values()));
    clearInterval(this.#holding);
    const left = [...this.#inHand.keys()];
    this.#inHand.clear();
    if (left.length > 0) await this.#giveBack(left);
  }

  get #handsFree(): number {
    return this.#options.atOnce - this.#inHand.size;
  }

  async #takeAll(): Promise<void> {
    while (this.#isDue && !this.#isEnded) {
      // Hands that become free together take together.
      await nextPass();
      const wanted = Math.min(this.#handsFree, takenMax);
      // Whoever becomes free comes here again; who was told to end meanwhile asks for nothing.
      if (wanted <= 0 || this.#isEnded) return;
      this.#isDue = false;
      const taken = await this.#take(wanted);
      if (taken.length === wanted) this.#isDue = true;
      await this.#handOut(taken);
    }
  }

  async #take(most: number): Promise<readonly Columns[]> {
    const { database, kind, owner, heldMs, deliveriesMax, telemetry } = this.#options;
    const reason = `Taken ${deliveriesMax + 1} times, and its worker died each time.`;
    const values = [kind, most, owner, heldMs, deliveriesMax, reason];
    try {
      return await database.query(statements.take, values);
    } catch (cause) {
      // If it was done after all, the jobs are due again when the time of their holding is over.
      telemetry.failed(`take jobs of ${kind}`, cause);
      return [];
    }
  }

  async #handOut(rows: readonly Columns[]): Promise<void> {
    const isDead = (columns: Columns) => booleanIn(columns, 'is_dead');
    for (const columns of rows.filter(isDead)) this.#tellOfDead(columns);
    const living = rows.filter((columns) => !isDead(columns));
    const taken = living.map((columns) => takenIn(columns, this.#options.kind));
    if (!this.#isEnded) for (const each of taken) this.#begin(each);
    else if (taken.length > 0) await this.#giveBack(taken);
  }

  #tellOfDead(columns: Columns): void {
    const { kind, telemetry } = this.#options;
    const { id } = jobIn(columns);
    const [attempt, reason] = [numberIn(columns, 'attempt'), textIn(columns, 'reason')];
    telemetry.jobDied({ kind, id, attempt, reason });
  }

  /** We were told to end while they were on their way, or before they were done. */
  async #giveBack(taken: readonly Taken[]): Promise<void> {
    const { database, owner, telemetry, kind } = this.#options;
    const rows = taken.map(({ delivery: { id }, deliveries }) => ({ id, deliveries }));
    try {
      await database.query(statements.giveBack, [owner, JSON.stringify(rows)]);
    } catch (cause) {
      // They are due again when the time of their holding is over.
      telemetry.failed(`give back jobs of ${kind}`, cause);
    }
  }

  #begin(taken: Taken): void {
    const working = this.#work(taken).finally(() => {
      this.#inHand.delete(taken);
      if (this.#isDue) this.wake();
    });
    this.#inHand.set(taken, working);
  }

  /** Never rejects: a job whose end cannot be written down is done again. */
  async #work(taken: Taken): Promise<void> {
    const { telemetry, kind } = this.#options;
    const begunAt = performance.now();
    const verdict = await this.#try(taken.delivery);
    try {
      if (verdict === undefined) await this.#finish(taken, performance.now() - begunAt);
      else await this.#settle(taken, verdict);
    } catch (cause) {
      telemetry.failed(`write down the end of a job of ${kind}`, cause);
    }
  }

  /** Undefined when it is done. */
  async #try(delivery: Delivery): Promise<JobVerdict | undefined> {
    try {
      await this.#options.work(delivery);
      return undefined;
    } catch (failure) {
      return verdictOn(failure, delivery.attempt, this.#options.retryDelaysMs);
    }
  }

  async #finish({ delivery, waitedMs }: Taken, ms: number): Promise<void> {
    const { doneJobs, telemetry, kind } = this.#options;
    await doneJobs.add(delivery.id);
    telemetry.jobDone({ kind, waitedMs, ms });
  }

  async #settle(taken: Taken, { reason, retryMs }: JobVerdict): Promise<void> {
    // Given back meanwhile: whoever has it now says what becomes of it.
    if (!this.#inHand.has(taken)) return;
    const { database, owner, telemetry, kind } = this.#options;
    const { delivery, deliveries } = taken;
    const { id, attempt } = delivery;
    const values = [id, owner, deliveries, reason];
    if (retryMs === undefined) {
      await database.query(statements.bury, values);
      telemetry.jobDied({ kind, id, attempt, reason });
    } else {
      await database.query(statements.retry, [...values, retryMs]);
      telemetry.jobRetried({ kind, id, attempt, reason, retryMs });
    }
  }

  /** Only what is really in hand: a taking whose reply was lost must become due again. */
  async #hold(): Promise<void> {
    const { database, owner, heldMs, telemetry, kind } = this.#options;
    if (this.#inHand.size === 0) return;
    try {
      const ids = [...this.#inHand.keys()].map(({ delivery }) => delivery.id);
      await database.query(statements.hold, [owner, JSON.stringify(ids), heldMs]);
    } catch (cause) {
      // Two more tries follow before anybody else may take them.
      telemetry.failed(`keep jobs of ${kind} in hand`, cause);
    }
  }
}

function takenIn(columns: Columns, kind: JobKind): Taken {
  return {
    delivery: { ...jobIn(columns), kind, attempt: numberIn(columns, 'attempt') },
    deliveries: numberIn(columns, 'deliveries'),
    waitedMs: numberIn(columns, 'waited_ms'),
  };
}

/** What every row says of its job. We wrote the body ourselves. */
export function jobIn(columns: Columns) {
  return {
    id: textIn(columns, 'id'),
    ...(columns.event_id === null ? {} : { event: textIn<EventId>(columns, 'event_id') }),
    body: JSON.parse(textIn(columns, 'body')) as JobBody,
  };
}
