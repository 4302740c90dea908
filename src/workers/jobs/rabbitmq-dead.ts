import { setTimeout as pause } from 'node:timers/promises';
import type { Channel, Connection, SyncMessage } from 'rabbitmq-client';
import type { DeadJob, DeadJobs } from '../../ports/jobs.ts';
import { deadJobIn, messageOf } from './job-message.ts';
import type { Publisher } from './rabbitmq-publisher.ts';
import type { Names } from './rabbitmq-topology.ts';

export interface RabbitDeadJobsOptions {
  readonly connection: Connection;
  readonly publisher: Publisher;
  readonly names: Names;
  readonly now: () => number;
}

/** How long given back messages are waited for, in looks. Others may take them at once. */
const looksMax = 50;
const lookMs = 10;

/**
 * The dead queue. It is read by taking its messages and giving back what is not settled, so two
 * operators at the same time see different parts of it.
 */
export class RabbitDeadJobs implements DeadJobs {
  readonly #options: RabbitDeadJobsOptions;

  constructor(options: RabbitDeadJobsOptions) {
    this.#options = options;
  }

  async list(max: number): Promise<readonly DeadJob[]> {
    const dead: DeadJob[] = [];
    await this.#browse(max, async (message) => {
      dead.push(deadJobIn(message));
      return false;
    });
    return dead.sort((one, other) => one.diedAt - other.diedAt);
  }

  replay(ids?: ReadonlySet<string>): Promise<number> {
    const { publisher, names, now } = this.#options;
    return this.#browse(Number.POSITIVE_INFINITY, async (message) => {
      const { kind, ...job } = deadJobIn(message);
      if (kind === 'unknown' || !isAmong(ids, job.id)) return false;
      const copy = messageOf({ ...job, kind }, 1, now());
      await publisher.send([{ ...copy, exchange: names.tasks, routingKey: kind }]);
      return true;
    });
  }

  drop(ids?: ReadonlySet<string>): Promise<number> {
    return this.#browse(Number.POSITIVE_INFINITY, async (message) =>
      isAmong(ids, deadJobIn(message).id),
    );
  }

  /** Takes every message that is there now, deletes those that are settled, and counts them. */
  async #browse(max: number, settle: (message: SyncMessage) => Promise<boolean>): Promise<number> {
    const channel = await this.#options.connection.acquire();
    let taken = 0;
    let settled = 0;
    try {
      const most = Math.min(max, await this.#waiting(channel));
      for (; taken < most; taken += 1) {
        const message = await channel.basicGet(this.#options.names.dead);
        if (message === undefined) break;
        if (!(await settle(message))) continue;
        channel.basicAck({ deliveryTag: message.deliveryTag });
        settled += 1;
      }
      await this.#giveBack(channel, taken - settled);
      return settled;
    } finally {
      // Gives back, in their old order, those that were not acknowledged, if an error came between.
      await channel.close();
    }
  }

  /** The broker takes its time with it, and the next look should see them again. */
  async #giveBack(channel: Channel, count: number): Promise<void> {
    if (count === 0) return;
    channel.basicNack({ deliveryTag: 0, multiple: true, requeue: true });
    for (let look = 0; look < looksMax; look += 1) {
      if ((await this.#waiting(channel)) >= count) return;
      await pause(lookMs);
    }
  }

  async #waiting(channel: Channel): Promise<number> {
    const { dead: queue } = this.#options.names;
    return (await channel.queueDeclare({ queue, passive: true })).messageCount;
  }
}

function isAmong(ids: ReadonlySet<string> | undefined, id: string): boolean {
  return ids === undefined || ids.has(id);
}
