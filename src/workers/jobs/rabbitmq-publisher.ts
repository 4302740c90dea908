import { setImmediate as nextPass } from 'node:timers/promises';
import type { Channel, Connection } from 'rabbitmq-client';
import { JobsUnavailableError } from '../../ports/jobs.ts';
import type { JobMessage } from './job-message.ts';

export interface PublisherOptions {
  readonly connection: Connection;
  /** Makes what messages are sent to, on every new connection. */
  readonly declare: (channel: Channel) => Promise<void>;
  /** A broker that has not confirmed by then may have the message or not. */
  readonly confirmMs: number;
  readonly onFailure: (cause: unknown) => void;
  /** Messages can be sent now, or not any more. */
  readonly onChange: (isUp: boolean) => void;
}

/** A message and where it goes. */
export interface Addressed extends JobMessage {
  readonly exchange: string;
  readonly routingKey: string;
}

/** Messages of one call that are under way together. */
const batchMax = 500;
/** Messages of all calls. One that nobody confirms counts until its connection ends. */
const underWayMax = 10_000;
const reopenMs = 1_000;

/** Sends messages and knows of each whether the broker keeps it. */
export class Publisher {
  readonly #options: PublisherOptions;
  #channel: Channel | undefined;
  #opening: Promise<void> | undefined;
  #reopening: NodeJS.Timeout | undefined;
  /** Why there is no channel. */
  #obstacle: unknown;
  #isClosed = false;
  #underWay = 0;
  #next = 0;
  readonly #returned = new Set<string>();

  constructor(options: PublisherOptions) {
    this.#options = options;
    const { connection, onChange } = options;
    connection.on('connection', () => void this.open());
    connection.on('error', (cause: unknown) => {
      if (!this.isUp) this.#obstacle = cause;
    });
    connection.on('connection.blocked', (reason) => {
      this.#obstacle = new BlockedError(reason);
      onChange(false);
    });
    connection.on('connection.unblocked', () => {
      if (this.isUp) onChange(true);
    });
  }

  /** Whether a message would leave now: connected, declared, and the broker takes some. */
  get isUp(): boolean {
    return this.#channel !== undefined && this.#options.connection.ready;
  }

  /** What stands in the way, if anything does and it is known. */
  get obstacle(): unknown {
    return this.isUp ? undefined : this.#obstacle;
  }

  /** Never rejects. */
  open(): Promise<void> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /**
   * Resolves when the broker keeps every message.
   *
   * @throws {JobsUnavailableError} it does not, or nobody knows
   */
  async send(messages: readonly Addressed[]): Promise<void> {
    for (let first = 0; first < messages.length; first += batchMax) {
      await this.#sendBatch(messages.slice(first, first + batchMax));
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#reopening);
    await this.#opening;
    const channel = this.#channel;
    this.#channel = undefined;
    // A broker that takes nothing does not hear this either; its connection is closed next.
    if (this.#options.connection.ready) await channel?.close();
  }

  async #open(): Promise<void> {
    if (this.#isClosed || this.#channel?.active) return;
    const { connection, declare, onChange } = this.#options;
    let channel: Channel | undefined;
    try {
      channel = await connection.acquire();
      this.#listen(channel);
      await declare(channel);
      await channel.confirmSelect();
      this.#channel = channel;
      this.#obstacle = undefined;
      onChange(true);
    } catch (cause) {
      this.#fail(cause);
      await channel?.close();
      this.#reopenLater();
    }
  }

  #listen(channel: Channel): void {
    channel.on('basic.return', ({ correlationId = '' }) => this.#returned.add(correlationId));
    channel.once('close', () => {
      if (this.#channel !== channel) return;
      this.#channel = undefined;
      this.#obstacle = new LostError();
      this.#options.onChange(false);
      this.#reopenLater();
    });
  }

  /** The same obstacle is told once, however often it is met. */
  #fail(cause: unknown): void {
    if (String(cause) !== String(this.#obstacle)) this.#options.onFailure(cause);
    this.#obstacle = cause;
  }

  /** A channel can go while its connection stays; a new connection opens one by itself. */
  #reopenLater(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#reopening);
    this.#reopening = setTimeout(() => {
      if (this.#options.connection.ready) void this.open();
    }, reopenMs);
  }

  async #sendBatch(messages: readonly Addressed[]): Promise<void> {
    const channel = this.#channel;
    if (channel === undefined || !this.isUp) {
      throw new JobsUnavailableError({ cause: this.#obstacle });
    }
    if (this.#underWay + messages.length > underWayMax) {
      throw new JobsUnavailableError({ cause: new CrowdedError() });
    }
    try {
      const kept = Promise.all(messages.map((message) => this.#send(channel, message)));
      await within(this.#options.confirmMs, kept);
    } catch (cause) {
      throw new JobsUnavailableError({ cause });
    }
  }

  async #send(channel: Channel, { envelope, exchange, routingKey, body }: Addressed) {
    const correlationId = String(this.#next++);
    this.#underWay += 1;
    try {
      await channel.basicPublish({ ...envelope, exchange, routingKey, correlationId }, body);
      // What no queue wanted is returned first and confirmed next, and the client tells of the
      // return one pass later than of the confirmation.
      await nextPass();
      if (this.#returned.delete(correlationId)) throw new UnroutableError(exchange, routingKey);
    } finally {
      this.#underWay -= 1;
    }
  }
}

/** There is no queue for it: somebody has deleted one, and it is made again with the next connection. */
class UnroutableError extends Error {
  override readonly name = 'UnroutableError';
  constructor(exchange: string, routingKey: string) {
    super(`The broker has no queue for ${routingKey} of ${exchange || 'the default exchange'}.`);
  }
}

class CrowdedError extends Error {
  override readonly name = 'CrowdedError';
  constructor() {
    super(`${underWayMax} messages wait for the broker to confirm them.`);
  }
}

/** An alarm of the broker: what is sent now is read by it when the alarm is over. */
class BlockedError extends Error {
  override readonly name = 'BlockedError';
  constructor(reason: string) {
    super(`The broker takes nothing: ${reason}.`);
  }
}

class LostError extends Error {
  override readonly name = 'LostError';
  constructor() {
    super('The connection to the broker is lost.');
  }
}

class UnconfirmedError extends Error {
  override readonly name = 'UnconfirmedError';
  constructor(ms: number) {
    super(`The broker has not confirmed in ${ms} ms.`);
  }
}

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UnconfirmedError(ms)), ms);
  });
  try {
    return await Promise.race([answer, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
