import { assert } from '../domain/assert.ts';
import type { Clock } from '../ports/clock.ts';
import {
  type Consuming,
  type DeadJob,
  type Delivery,
  deliveriesMax,
  type Job,
  type JobKind,
  type JobQueues,
  JobsUnavailableError,
  jobBytesMax,
  jobIdLengthMax,
  jobKinds,
  type QueueDepth,
  retryDelaysMs,
  waitingMax,
} from '../ports/jobs.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { numberIn, textIn } from './columns.ts';
import type { Columns, Database } from './database.ts';
import { DoneJobs } from './done-jobs.ts';
import { JobConsumer, jobIn } from './job-consumer.ts';
import { JobRoom } from './job-room.ts';
import { jobStatements as statements } from './job-statements.ts';

export interface DatabaseJobsOptions {
  readonly database: Database;
  /** This start of this process, as a UUID: jobs in hand are held in its name. */
  readonly owner: string;
  readonly clock: Pick<Clock, 'after'>;
  readonly telemetry: Telemetry;
  readonly retryDelaysMs?: readonly number[];
  readonly deliveriesMax?: number;
  readonly waitingMax?: number;
  /** Between two looks for what is due, by time or from another process. */
  readonly pollMs?: number;
  /** A job is due again so long after its worker was heard of. */
  readonly heldMs?: number;
}

const pollDefaultMs = 1_000;
const heldDefaultMs = 30_000;
/** One statement's worth of jobs. */
const batchMax = 500;

/**
 * Queues in the database, for when there is no broker. Several processes may share them. A worker
 * that dies gives its jobs back by its silence. What is published again while it waits is kept once,
 * and what is dead stays dead. Dead jobs have no bound but the disk.
 */
export class DatabaseJobs implements JobQueues {
  readonly #database: Database;
  readonly #options: Required<Omit<DatabaseJobsOptions, 'database'>>;
  readonly #room: JobRoom;
  readonly #doneJobs: DoneJobs;
  readonly #consumers = new Map<JobConsumer, JobKind>();
  #nextLook: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;
  #isAway = false;

  constructor({ database, ...options }: DatabaseJobsOptions) {
    this.#database = database;
    const defaults = { retryDelaysMs, deliveriesMax, waitingMax };
    this.#options = { ...defaults, pollMs: pollDefaultMs, heldMs: heldDefaultMs, ...options };
    this.#doneJobs = new DoneJobs(database);
    this.#room = new JobRoom(database, this.#options.waitingMax);
  }

  async publish(jobs: readonly Job[]): Promise<void> {
    for (let first = 0; first < jobs.length; first += batchMax) {
      await this.#publish(jobs.slice(first, first + batchMax));
    }
  }

  consume(kind: JobKind, atOnce: number, work: (job: Delivery) => Promise<void>): Consuming {
    assert(!this.#isClosed, 'closed queues hand out no jobs');
    const consumer = new JobConsumer({
      database: this.#database,
      doneJobs: this.#doneJobs,
      kind,
      atOnce,
      work,
      ...this.#options,
    });
    this.#consumers.set(consumer, kind);
    consumer.wake();
    this.#lookLater();
    return {
      end: async (patienceMs) => {
        await consumer.end(patienceMs);
        this.#consumers.delete(consumer);
      },
    };
  }

  async list(max: number): Promise<readonly DeadJob[]> {
    const dead = await this.#ask(this.#database.query(statements.listDead, [max]));
    return dead.map(deadIn);
  }

  async replay(ids?: ReadonlySet<string>): Promise<number> {
    const replayed = await this.#ask(this.#database.query(statements.replay, [listOf(ids)]));
    this.#wake(new Set(replayed.map((columns) => textIn(columns, 'kind'))));
    return replayed.length;
  }

  async drop(ids?: ReadonlySet<string>): Promise<number> {
    return (await this.#ask(this.#database.query(statements.drop, [listOf(ids)]))).length;
  }

  async depths(): Promise<readonly QueueDepth[]> {
    const rows = await this.#ask(this.#database.query(statements.depths, []));
    const seen = new Map(rows.map((columns) => [textIn(columns, 'kind'), columns]));
    return [...jobKinds, 'dead' as const].map((kind) => depthOf(kind, seen.get(kind)));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#nextLook);
    await this.#looking;
    await Promise.all([...this.#consumers.keys()].map((consumer) => consumer.end()));
    this.#consumers.clear();
  }

  async #publish(jobs: readonly Job[]): Promise<void> {
    const { telemetry } = this.#options;
    const rows = JSON.stringify(jobs.map(rowOf));
    try {
      if (!(await this.#room.take(jobs))) throw new QueueFullError();
      await this.#database.query(statements.publish, [rows]);
    } catch (cause) {
      telemetry.jobsUnpublished(jobs.length, cause);
      throw new JobsUnavailableError({ cause });
    }
    const counts = new Map<JobKind, number>();
    for (const { kind } of jobs) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    for (const [kind, count] of counts) telemetry.jobsPublished(kind, count);
    this.#wake(new Set(counts.keys()));
  }

  #wake(kinds: ReadonlySet<string>): void {
    for (const [consumer, kind] of this.#consumers) if (kinds.has(kind)) consumer.wake();
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#nextLook ??= setTimeout(() => {
      this.#looking = this.#look().finally(() => {
        this.#nextLook = undefined;
        this.#lookLater();
      });
    }, this.#options.pollMs);
  }

  /** One question for all kinds, so that idle queues cost one statement. Never rejects. */
  async #look(): Promise<void> {
    const wanted = [...new Set(this.#consumers.values())];
    if (wanted.length === 0) return;
    try {
      const due = await this.#database.query(statements.due, [JSON.stringify(wanted)]);
      this.#isAway = false;
      this.#wake(new Set(due.map((columns) => textIn(columns, 'kind'))));
    } catch (cause) {
      // An outage is told once; the next look is a second away.
      if (!this.#isAway) this.#options.telemetry.failed('look for jobs', cause);
      this.#isAway = true;
    }
  }

  async #ask<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (cause) {
      throw new JobsUnavailableError({ cause });
    }
  }
}

/**
 * Makes every job in hand due at once. Only for a database that no other process can have open, the
 * embedded one: whoever had them is dead.
 */
export async function freeJobs(database: Database): Promise<void> {
  await database.query(statements.free, []);
}

/** A queue holds as much as it may. */
class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
  constructor() {
    super('A queue is full: see the queues runbook.');
  }
}

function rowOf({ id, kind, event, body }: Job) {
  const text = JSON.stringify(body);
  assert(text.length <= jobBytesMax, 'a job names what is large');
  assert(id.length <= jobIdLengthMax, 'a job has a short id');
  return { id, kind, event_id: event ?? null, body: text };
}

function listOf(ids: ReadonlySet<string> | undefined): string | null {
  return ids === undefined ? null : JSON.stringify([...ids]);
}

function deadIn(columns: Columns): DeadJob {
  const kind = textIn(columns, 'kind');
  return {
    ...jobIn(columns),
    kind: jobKinds.find((each) => each === kind) ?? 'unknown',
    attempt: numberIn(columns, 'attempt'),
    reason: textIn(columns, 'reason'),
    diedAt: numberIn(columns, 'died_at_ms'),
  };
}

function depthOf(kind: QueueDepth['kind'], columns: Columns | undefined): QueueDepth {
  if (columns === undefined) return { kind, waiting: 0, later: 0, oldestMs: 0 };
  return {
    kind,
    waiting: numberIn(columns, 'waiting'),
    later: numberIn(columns, 'later'),
    oldestMs: numberIn(columns, 'oldest_ms'),
  };
}
