import type { Channel } from 'rabbitmq-client';
import { assert } from '../../domain/assert.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  type Consuming,
  type DeadJob,
  type Delivery,
  deliveriesMax,
  type Job,
  type JobKind,
  type JobQueues,
  JobsUnavailableError,
  type QueueDepth,
  retryDelaysMs,
  waitingMax,
} from '../../ports/jobs.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { messageOf } from './job-message.ts';
import { type OpenConnection, openConnection } from './rabbitmq-connection.ts';
import { JobConsumer } from './rabbitmq-consumer.ts';
import { RabbitDeadJobs } from './rabbitmq-dead.ts';
import { RabbitDepths } from './rabbitmq-depths.ts';
import { Publisher } from './rabbitmq-publisher.ts';
import { declare, namesOf, TopologyError } from './rabbitmq-topology.ts';

export interface RabbitJobsOptions {
  /** Begins every exchange and every queue, so that clusters may share a broker. */
  readonly prefix: string;
  /** What the broker's own tools call these connections. */
  readonly name: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly retryDelaysMs?: readonly number[];
  readonly deliveriesMax?: number;
  readonly waitingMax?: number;
  readonly confirmMs?: number;
}

const confirmDefaultMs = 5_000;

/**
 * Opens the queues of a RabbitMQ from 3.10 on. Resolves after the first attempt, whether the broker
 * is there or not; attempts go on for ever. Exchanges and queues are made where they are missing.
 *
 * @throws {TopologyError} the broker has other queues of the same names
 */
export async function openRabbitJobs(url: string, options: RabbitJobsOptions): Promise<JobQueues> {
  const jobs = new RabbitJobs(url, options);
  const obstacle = await jobs.open();
  if (!(obstacle instanceof TopologyError)) return jobs;
  await jobs.close();
  throw obstacle;
}

/**
 * Two connections: a broker that is short of disk or memory stops reading from those that publish,
 * and acknowledgements must still arrive.
 */
class RabbitJobs implements JobQueues {
  readonly #options: Required<RabbitJobsOptions>;
  readonly #names: ReturnType<typeof namesOf>;
  readonly #outgoing: OpenConnection;
  readonly #incoming: OpenConnection;
  readonly #publisher: Publisher;
  readonly #dead: RabbitDeadJobs;
  readonly #depths: RabbitDepths;
  readonly #consumers = new Set<JobConsumer>();
  readonly #now: () => number;
  #isClosed = false;

  constructor(url: string, options: RabbitJobsOptions) {
    const defaults = { retryDelaysMs, deliveriesMax, waitingMax, confirmMs: confirmDefaultMs };
    this.#options = { ...defaults, ...options };
    const { prefix, name, clock, telemetry, confirmMs } = this.#options;
    this.#names = namesOf(prefix);
    this.#now = () => clock.now();
    const onFailure = (cause: unknown) => telemetry.failed('reach RabbitMQ', cause);
    this.#outgoing = openConnection(url, `${name} out`, { onFailure });
    // Both go and come together; one of them tells.
    this.#incoming = openConnection(url, `${name} in`, { onFailure() {} });
    const { connection } = this.#outgoing;
    this.#publisher = new Publisher({
      connection,
      declare: (channel) => declare(channel, this.#options),
      confirmMs,
      onFailure,
      onChange: (isUp) => {
        if (!this.#isClosed) telemetry.brokerChanged(isUp);
      },
    });
    const shared = { publisher: this.#publisher, names: this.#names, now: this.#now };
    this.#dead = new RabbitDeadJobs({ connection: this.#incoming.connection, ...shared });
    this.#depths = new RabbitDepths(this.#names, this.#options.retryDelaysMs, this.#now);
  }

  /** Resolves with what stands in the way, if anything does. */
  async open(): Promise<unknown> {
    await Promise.all([this.#outgoing.tried, this.#incoming.tried]);
    if (this.#outgoing.connection.ready) await this.#publisher.open();
    else this.#options.telemetry.brokerChanged(false);
    return this.#publisher.obstacle;
  }

  async publish(jobs: readonly Job[]): Promise<void> {
    const { telemetry } = this.#options;
    const now = this.#now();
    const messages = jobs.map((job) => ({
      ...messageOf(job, 1, now),
      exchange: this.#names.tasks,
      routingKey: job.kind,
    }));
    try {
      await this.#publisher.send(messages);
    } catch (cause) {
      telemetry.jobsUnpublished(jobs.length, cause);
      throw cause;
    }
    const counts = new Map<JobKind, number>();
    for (const { kind } of jobs) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    for (const [kind, count] of counts) telemetry.jobsPublished(kind, count);
  }

  consume(kind: JobKind, atOnce: number, work: (job: Delivery) => Promise<void>): Consuming {
    assert(!this.#isClosed, 'closed queues hand out no jobs');
    const consumer = new JobConsumer({
      connection: this.#incoming.connection,
      publisher: this.#publisher,
      names: this.#names,
      kind,
      atOnce,
      work,
      retryDelaysMs: this.#options.retryDelaysMs,
      telemetry: this.#options.telemetry,
      clock: this.#options.clock,
      onTaken: (dueAt) => this.#depths.taken(kind, dueAt),
    });
    this.#consumers.add(consumer);
    return {
      end: async (patienceMs) => {
        await consumer.end(patienceMs);
        this.#consumers.delete(consumer);
      },
    };
  }

  list(max: number): Promise<readonly DeadJob[]> {
    return this.#ask(() => this.#dead.list(max));
  }

  replay(ids?: ReadonlySet<string>): Promise<number> {
    return this.#ask(() => this.#dead.replay(ids));
  }

  drop(ids?: ReadonlySet<string>): Promise<number> {
    return this.#ask(() => this.#dead.drop(ids));
  }

  depths(): Promise<readonly QueueDepth[]> {
    return this.#ask(async () => {
      const channel: Channel = await this.#incoming.connection.acquire();
      try {
        return await this.#depths.read(channel);
      } finally {
        await channel.close();
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#consumers].map((consumer) => consumer.end()));
    this.#consumers.clear();
    await this.#publisher.close();
    await Promise.all([this.#outgoing.close(), this.#incoming.close()]);
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    if (!this.#incoming.connection.ready) {
      throw new JobsUnavailableError({ cause: this.#publisher.obstacle });
    }
    try {
      return await question();
    } catch (cause) {
      throw cause instanceof JobsUnavailableError ? cause : new JobsUnavailableError({ cause });
    }
  }
}
