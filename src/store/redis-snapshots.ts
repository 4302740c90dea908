import type { EventId } from '@ingressou/protocol';
import type { Snapshot, Snapshots } from '../ports/snapshots.ts';
import type { OpenRedis } from './redis.ts';
import { bytesOf, snapshotIn } from './snapshot-bytes.ts';

export interface RedisSnapshotsOptions {
  readonly redis: OpenRedis;
  /** Begins every key, so that clusters may share a Redis. */
  readonly prefix: string;
  /** Something is kept for this show but cannot be used. */
  readonly onIgnored?: (event: EventId, why: string) => void;
}

/** A show that nobody sold for so long is read from its journal when it wakes. */
const KEPT_SECONDS = 30 * 24 * 60 * 60;

/**
 * One hash per show: generation, position, and the same bytes as in a file. Redis may forget any of
 * them at any second. An older snapshot never replaces a newer one, because a node that has lost a
 * show may still be saving it.
 */
export class RedisSnapshots implements Snapshots {
  readonly #redis: OpenRedis;
  readonly #prefix: string;
  readonly #onIgnored: (event: EventId, why: string) => void;

  constructor({ redis, prefix, onIgnored = () => {} }: RedisSnapshotsOptions) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#onIgnored = onIgnored;
  }

  async save(snapshot: Snapshot): Promise<void> {
    const bytes = Buffer.concat(await bytesOf(snapshot));
    const { event, generation, position } = snapshot;
    const values = [generation, position, bytes, KEPT_SECONDS];
    await this.#redis.writes.ask(bytes.length, (redis) =>
      redis.eval(saveUnlessOlder, 1, this.#keyOf(event), ...values),
    );
  }

  async load(event: EventId): Promise<Snapshot | undefined> {
    const key = this.#keyOf(event);
    // Its size says how long the answer may take.
    const length = await this.#redis.reads.ask(0, (redis) => redis.hstrlen(key, 'bytes'));
    if (length === 0) return undefined;
    const bytes = await this.#redis.reads.ask(length, (redis) => redis.hgetBuffer(key, 'bytes'));
    // It may have been forgotten in between.
    return bytes === null ? undefined : this.#parse(event, bytes);
  }

  #parse(event: EventId, bytes: Uint8Array): Snapshot | undefined {
    try {
      return snapshotIn(event, bytes);
    } catch (cause) {
      // A snapshot only saves time, so one that cannot be read is as good as none.
      this.#onIgnored(event, String(cause));
      return undefined;
    }
  }

  #keyOf(event: EventId): string {
    return `${this.#prefix}:snapshot:${event}`;
  }
}

/** What cannot be compared is replaced. The same position is too: that mends damaged bytes. */
const saveUnlessOlder = `
local kept = redis.call('hmget', KEYS[1], 'generation', 'position')
local generation, position = tonumber(kept[1] or ''), tonumber(kept[2] or '')
if generation and position then
  local mine = tonumber(ARGV[1])
  if generation > mine then return 0 end
  if generation == mine and position > tonumber(ARGV[2]) then return 0 end
end
redis.call('hset', KEYS[1], 'generation', ARGV[1], 'position', ARGV[2], 'bytes', ARGV[3])
redis.call('expire', KEYS[1], ARGV[4])
return 1
`;
