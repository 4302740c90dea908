import type { EventId } from '@ingressou/protocol';

/**
 * What there is to do later, by whom it is done. Each kind waits in a queue of its own, so that a
 * slow one delays no other. The first word groups them for operators.
 */
export const jobKinds = [
  'payment.create',
  'payment.cancel',
  'payment.check',
  'payment.refund',
  'ticket.issue',
  'notification.email',
  'notification.whatsapp',
  'notification.webhook',
  'export.file',
  'transfer.notice',
] as const;

export type JobKind = (typeof jobKinds)[number];

/**
 * One thing to do. Carries ids and amounts, never who or where somebody is: queues are read by
 * more people than databases.
 */
export interface Job {
  /**
   * The same for the same thing, however often it is published: `kind:show:generation:what`. Whoever
   * does it records this id with its effect.
   */
  readonly id: string;
  readonly kind: JobKind;
  /** Undefined for what is about no show. */
  readonly event?: EventId;
  readonly body: JobBody;
}

/** Plain values only, so that it reads the same as JSON. */
export type JobBody = Readonly<Record<string, string | number | boolean | readonly number[]>>;

/** A job as it is handed to whoever does it. */
export interface Delivery extends Job {
  /** 1 for the first; counts what was tried again by us, not what a crash brought back. */
  readonly attempt: number;
}

/**
 * Queues that keep what they are given through any crash. At least once: a job may come twice, at
 * the same time or days apart, and in any order.
 */
export interface Jobs {
  /**
   * Resolves when every job is kept. None, some or all are when it throws: publish them again.
   * A job that still waits and is published again may be kept once or twice.
   *
   * @throws {JobsUnavailableError} the broker is away, or a queue is full
   */
  publish(jobs: readonly Job[]): Promise<void>;

  /**
   * Has jobs of a kind done, at most `atOnce` at a time. What `work` throws decides: `RetryError`
   * and anything unforeseen bring it back after 5 s, 30 s, 5 min and 1 h, and then it is dead;
   * `RejectedJobError` makes it dead at once. Dead ones wait for an operator, with the reason.
   * Work has to end within 20 minutes: a broker gives what is kept for longer to somebody else.
   */
  consume(kind: JobKind, atOnce: number, work: (job: Delivery) => Promise<void>): Consuming;

  close(): Promise<void>;
}

/** Everything there is to a set of queues: for whoever opens them. */
export interface JobQueues extends Jobs, DeadJobs {
  /** What waits now, every kind once and `dead`. */
  depths(): Promise<readonly QueueDepth[]>;
}

export interface Consuming {
  /**
   * No work begins after this is called: what was on its way is given back untried, which a broker
   * counts as a taking that its worker did not survive. Resolves when those in hand are done or
   * given back: what is not done after `patienceMs` is anybody's again, while our work on it goes
   * on, unheard unless it comes to its end.
   */
  end(patienceMs?: number): Promise<void>;
}

/** What jobs in hand get to be done when somebody wants to end: most need less than a second. */
export const endPatienceMs = 8_000;

/** The ladder: how long a job waits after its first, second, third and fourth failure. */
export const retryDelaysMs = [5_000, 30_000, 300_000, 3_600_000] as const;

/** A job that takes its worker down comes back this often, then it is dead. */
export const deliveriesMax = 5;

/** Dead jobs, for operators. */
export interface DeadJobs {
  /** The oldest first, at most `max`. They stay where they are. */
  list(max: number): Promise<readonly DeadJob[]>;
  /** Gives dead jobs, of these ids or all, another life with all its attempts. Says how many. */
  replay(ids?: ReadonlySet<string>): Promise<number>;
  /** Forgets dead jobs for good. Says how many. */
  drop(ids?: ReadonlySet<string>): Promise<number>;
}

export interface DeadJob extends Omit<Job, 'kind'> {
  /** `unknown` for what is no job of this version: it cannot be replayed, only dropped. */
  readonly kind: JobKind | 'unknown';
  readonly attempt: number;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly diedAt: number;
}

/** How much waits: for metrics. */
export interface QueueDepth {
  readonly kind: JobKind | 'dead';
  /** What could be taken now. */
  readonly waiting: number;
  /** What failed and is not due yet. */
  readonly later: number;
  /**
   * How long the oldest of `waiting` has been due, in milliseconds; 0 when there is none. A broker
   * does not tell: there it is an upper bound, from what this process has seen.
   */
  readonly oldestMs: number;
}

/** A queue that holds so many jobs takes no more until some are done. */
export const waitingMax = 200_000;

/** The longest id of a job, in characters. */
export const jobIdLengthMax = 200;

/** The longest job in bytes of JSON. Jobs name things; what is large is kept where it is named. */
export const jobBytesMax = 64 * 1024;

/** Nothing was kept, as far as anybody can know. Publish again. */
export class JobsUnavailableError extends Error {
  override readonly name = 'JobsUnavailableError';
  constructor(options?: ErrorOptions) {
    super('The job queues cannot be reached, or one is full.', options);
  }
}

/** It may work later. `message` is for operators and names nobody. */
export class RetryError extends Error {
  override readonly name = 'RetryError';
}

/** It will never work. `message` is for operators and names nobody. */
export class RejectedJobError extends Error {
  override readonly name = 'RejectedJobError';
}
