import type { Channel } from 'rabbitmq-client';
import { type JobKind, jobKinds, type QueueDepth } from '../../ports/jobs.ts';
import type { Names } from './rabbitmq-topology.ts';

/**
 * How much waits on the broker. It does not say how long: what waits now cannot have been due before
 * the last job that was taken, nor before its queue was last seen empty.
 */
export class RabbitDepths {
  readonly #names: Names;
  readonly #retryDelaysMs: readonly number[];
  readonly #now: () => number;
  /** Since when the oldest one may have been due. */
  readonly #since = new Map<QueueDepth['kind'], number>();

  constructor(names: Names, retryDelaysMs: readonly number[], now: () => number) {
    this.#names = names;
    this.#retryDelaysMs = retryDelaysMs;
    this.#now = now;
    for (const kind of [...jobKinds, 'dead' as const]) this.#since.set(kind, now());
  }

  /** A job that was due at this time has been taken. */
  taken(kind: JobKind, dueAt: number): void {
    this.#since.set(kind, Math.max(dueAt, this.#since.get(kind) ?? 0));
  }

  async read(channel: Channel): Promise<readonly QueueDepth[]> {
    const depths: QueueDepth[] = [];
    for (const kind of jobKinds) {
      const waiting = await countIn(channel, this.#names.queueOf(kind));
      depths.push({ ...this.#depthOf(kind, waiting), later: await this.#later(channel, kind) });
    }
    const dead = await countIn(channel, this.#names.dead);
    return [...depths, { ...this.#depthOf('dead', dead), later: 0 }];
  }

  async #later(channel: Channel, kind: JobKind): Promise<number> {
    let count = 0;
    for (const ms of this.#retryDelaysMs) {
      count += await countIn(channel, this.#names.stepOf(kind, ms));
    }
    return count;
  }

  #depthOf(kind: QueueDepth['kind'], waiting: number) {
    const now = this.#now();
    if (waiting === 0) this.#since.set(kind, now);
    return { kind, waiting, oldestMs: now - (this.#since.get(kind) ?? now) };
  }
}

/** Messages that nobody has in hand. */
async function countIn(channel: Channel, queue: string): Promise<number> {
  return (await channel.queueDeclare({ queue, passive: true })).messageCount;
}
