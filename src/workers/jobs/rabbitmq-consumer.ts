import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type AsyncMessage, type Connection, type Consumer, ConsumerStatus } from 'rabbitmq-client';
import type { Clock } from '../../ports/clock.ts';
import { verdictOn } from '../../ports/job-verdict.ts';
import {
  type Consuming,
  type Delivery,
  endPatienceMs,
  type JobKind,
  JobsUnavailableError,
} from '../../ports/jobs.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { isDoneWithin } from '../../ports/within.ts';
import { deadMessageOf, deliveryIn, messageOf, waitedMs } from './job-message.ts';
import type { Addressed, Publisher } from './rabbitmq-publisher.ts';
import type { Names } from './rabbitmq-topology.ts';

export interface ConsumerOptions {
  readonly connection: Connection;
  readonly publisher: Publisher;
  readonly names: Names;
  readonly kind: JobKind;
  readonly atOnce: number;
  readonly work: (job: Delivery) => Promise<void>;
  readonly retryDelaysMs: readonly number[];
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** A job became due at this time and is taken only now. */
  readonly onTaken: (dueAt: number) => void;
}

/** How long a failed job is kept in hand before the broker is asked again to take it. */
const passOnMs = 500;
/** How long a broker is waited for that is told to take jobs back: it has them when we are gone. */
const giveBackMs = 1_000;

/** What became of work: `left` when it goes on while we do not wait for it any more. */
type Outcome = 'done' | 'left' | { readonly failure: unknown };

/**
 * Has the messages of one queue worked on. A message is acknowledged when its work is done, or when
 * a copy of it is kept elsewhere: on the ladder or with the dead.
 */
export class JobConsumer implements Consuming {
  readonly #options: ConsumerOptions;
  readonly #consumer: Consumer;
  readonly #ending = new AbortController();
  readonly #leaving = new AbortController();

  constructor(options: ConsumerOptions) {
    this.#options = options;
    const { connection, names, kind, atOnce, telemetry } = options;
    // Each job in hand may listen to them.
    setMaxListeners(atOnce + 1, this.#ending.signal, this.#leaving.signal);
    this.#consumer = connection.createConsumer(
      {
        queue: names.queueOf(kind),
        // The publisher makes the queues.
        queueOptions: { passive: true },
        qos: { prefetchCount: atOnce },
        concurrency: atOnce,
      },
      (message) => this.#take(message),
    );
    this.#consumer.on('error', (cause) => telemetry.failed(`consume ${kind}`, cause));
  }

  async end(patienceMs = endPatienceMs): Promise<void> {
    const { clock } = this.#options;
    this.#ending.abort();
    // It fails when the connection goes meanwhile: the broker has everything back then.
    const closed = this.#consumer.close().catch(() => {});
    if (await isDoneWithin(clock, patienceMs, closed)) return;
    this.#leaving.abort();
    await isDoneWithin(clock, giveBackMs, closed);
  }

  /** Never rejects: what cannot be read or settled has a place too. */
  async #take(message: AsyncMessage): Promise<ConsumerStatus> {
    // The client hands out what it has waiting when a job ends while it closes.
    if (this.#ending.signal.aborted) return ConsumerStatus.REQUEUE;
    const { kind, telemetry, clock, onTaken } = this.#options;
    const delivery = deliveryIn(message, kind);
    if (typeof delivery === 'string') return this.#bury(message, delivery);
    const begunAt = clock.now();
    const waited = waitedMs(message, begunAt);
    onTaken(begunAt - waited);
    const outcome = await this.#outcomeOf(delivery);
    if (outcome === 'left') return ConsumerStatus.REQUEUE;
    if (outcome !== 'done') return this.#settle(message, delivery, outcome.failure);
    telemetry.jobDone({ kind, waitedMs: waited, ms: clock.now() - begunAt });
    return ConsumerStatus.ACK;
  }

  /** Never rejects. */
  async #outcomeOf(delivery: Delivery): Promise<Outcome> {
    const { signal } = this.#leaving;
    let leave = (): void => {};
    const left = new Promise<Outcome>((resolve) => {
      leave = () => resolve('left');
    });
    signal.addEventListener('abort', leave);
    try {
      return await Promise.race([this.#work(delivery), left]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  async #work(delivery: Delivery): Promise<Outcome> {
    try {
      await this.#options.work(delivery);
      return 'done';
    } catch (failure) {
      return { failure };
    }
  }

  async #settle(
    message: AsyncMessage,
    delivery: Delivery,
    failure: unknown,
  ): Promise<ConsumerStatus> {
    const { kind, retryDelaysMs, names, telemetry, clock } = this.#options;
    const { id, attempt } = delivery;
    const { reason, retryMs } = verdictOn(failure, attempt, retryDelaysMs);
    if (retryMs === undefined) return this.#bury(message, reason);
    const status = await this.#passOn({
      ...messageOf(delivery, attempt + 1, clock.now() + retryMs),
      exchange: '',
      routingKey: names.stepOf(kind, retryMs),
    });
    if (status === ConsumerStatus.ACK) {
      telemetry.jobRetried({ kind, id, attempt, reason, retryMs });
    }
    return status;
  }

  async #bury(message: AsyncMessage, reason: string): Promise<ConsumerStatus> {
    const { kind, names, telemetry, clock } = this.#options;
    const dead = deadMessageOf(message, kind, reason, clock.now());
    const status = await this.#passOn({ ...dead, exchange: names.dead, routingKey: kind });
    const delivery = deliveryIn(message, kind);
    const { id, attempt } =
      typeof delivery === 'string' ? { id: 'unreadable', attempt: 1 } : delivery;
    if (status === ConsumerStatus.ACK) telemetry.jobDied({ kind, id, attempt, reason });
    return status;
  }

  /**
   * The message is ours until its copy is kept. Given back, it would come again at once and be dead
   * after a few rounds, so it stays in hand, and its queue waits with it.
   */
  async #passOn(copy: Addressed): Promise<ConsumerStatus> {
    const { signal } = this.#ending;
    for (;;) {
      try {
        await this.#options.publisher.send([copy]);
        return ConsumerStatus.ACK;
      } catch (cause) {
        if (!(cause instanceof JobsUnavailableError) || signal.aborted) {
          return ConsumerStatus.REQUEUE;
        }
      }
      // Woken only to end.
      await pause(passOnMs, undefined, { signal }).catch(() => {});
    }
  }
}
