import {
  type AsyncMessage,
  Connection,
  type Consumer,
  ConsumerStatus,
  type Publisher,
} from 'rabbitmq-client';
import type { JobKind } from '../../../src/ports/jobs.ts';

/** Marks what this program sends. */
const mark = 'faults-copy';
const attemptHeader = 'ingressou-attempt';

/** Hears every job that is published to the broker of a cluster, besides those it is meant for. */
export class BrokerTap {
  /** How often each job was published anew; what comes from the retry ladder does not count. */
  readonly published = new Map<string, number>();
  /** Copies that were sent by `repeat`. */
  copies = 0;
  readonly #prefix: string;
  readonly #exchange: string;
  readonly #queue: string;
  readonly #connection: Connection;
  readonly #publisher: Publisher;
  readonly #consumer: Consumer;
  #repeats: ((message: AsyncMessage) => readonly number[]) | undefined;
  readonly #copying = new Set<Promise<void>>();

  private constructor(url: string, prefix: string) {
    this.#prefix = prefix;
    this.#exchange = `${prefix}.tasks`;
    this.#queue = `${prefix}.tap`;
    this.#connection = new Connection(url);
    // The broker is killed under it, on purpose.
    this.#connection.on('error', () => {});
    this.#publisher = this.#connection.createPublisher({ confirm: true, maxAttempts: 20 });
    this.#consumer = this.#connection.createConsumer(
      {
        queue: this.#queue,
        queueOptions: { exclusive: true },
        queueBindings: [{ queue: this.#queue, exchange: this.#exchange, routingKey: '#' }],
        concurrency: 1,
      },
      (message) => this.#hear(message),
    );
    // It comes back with the broker.
    this.#consumer.on('error', () => {});
  }

  /** The nodes must have made the exchange. */
  static async open(url: string, prefix: string): Promise<BrokerTap> {
    const tap = new BrokerTap(url, prefix);
    await new Promise<void>((resolve) => tap.#consumer.once('ready', resolve));
    return tap;
  }

  /** How many jobs were published more than once. */
  get twice(): number {
    return [...this.published.values()].filter((times) => times > 1).length;
  }

  /** From now on each job is published again after each of these delays, in milliseconds. */
  repeat(delays: (message: AsyncMessage) => readonly number[]): void {
    this.#repeats = delays;
  }

  /** Puts something into the queue of a kind. */
  async send(kind: string, messageId: string, body: unknown): Promise<void> {
    const envelope = { exchange: this.#exchange, routingKey: kind, messageId, durable: true };
    await this.#publisher.send({ ...envelope, headers: { [mark]: 1 } }, body);
  }

  /** How many messages wait in the queues of these kinds. */
  async waiting(kinds: readonly JobKind[]): Promise<number> {
    let sum = 0;
    for (const kind of kinds) {
      const queue = `${this.#prefix}.${kind}`;
      sum += (await this.#connection.queueDeclare({ queue, passive: true })).messageCount;
    }
    return sum;
  }

  async close(): Promise<void> {
    await Promise.all(this.#copying);
    await this.#consumer.close();
    await this.#publisher.close();
    await this.#connection.close();
  }

  #hear(message: AsyncMessage): ConsumerStatus {
    const { messageId = '', headers } = message;
    if (headers?.[mark] !== undefined || headers?.[attemptHeader] !== 1) return ConsumerStatus.ACK;
    this.published.set(messageId, (this.published.get(messageId) ?? 0) + 1);
    for (const ms of this.#repeats?.(message) ?? []) this.#copyLater(message, ms);
    return ConsumerStatus.ACK;
  }

  #copyLater(message: AsyncMessage, ms: number): void {
    const copying: Promise<void> = new Promise((resolve) => setTimeout(resolve, ms))
      .then(() => this.#copy(message))
      .finally(() => this.#copying.delete(copying));
    this.#copying.add(copying);
  }

  async #copy({ messageId, headers, routingKey, type, body }: AsyncMessage): Promise<void> {
    const named = {
      ...(messageId !== undefined && { messageId }),
      ...(type !== undefined && { type }),
    };
    const where = { exchange: this.#exchange, routingKey, contentType: 'application/json' };
    const envelope = { ...where, ...named, durable: true, headers: { ...headers, [mark]: 1 } };
    await this.#publisher.send(envelope, Buffer.from(JSON.stringify(body)));
    this.copies += 1;
  }
}
