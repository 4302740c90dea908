import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { PrivateServer } from '../../scripts/private-process.ts';
import { findProgram } from '../../scripts/private-programs.ts';
import { startRedis } from '../../scripts/private-redis.ts';
import { type OpenRedis, openRedis, RedisUnavailableError } from '../../src/store/redis.ts';
import { RedisSnapshots } from '../../src/store/redis-snapshots.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { newEvent } from './rows.ts';
import { describeSnapshots, snapshotAt } from './snapshots.ts';

const url = inject('redisUrl');
const prefix = inject('prefix');

if (url === undefined) skipBecause('RedisSnapshots', inject('redisMissing')!);
else {
  const redis = await openRedis(url);
  afterAll(() => redis.close());

  describeSnapshots('RedisSnapshots', async () => new RedisSnapshots({ redis, prefix }));

  describe('RedisSnapshots with several nodes', () => {
    const snapshots = new RedisSnapshots({ redis, prefix });

    it.each([
      ['a later position', { position: 8 }, 8],
      ['the same position, which mends it', { position: 7, at: 1 }, 7],
      ['a later generation, though it has gone back', { generation: 2, position: 3 }, 3],
    ])('replaces a snapshot by one of %s', async (_what, change, position) => {
      const first = snapshotAt(7);
      const second = { ...first, ...change };
      await snapshots.save(first);
      await snapshots.save(second);
      expect(await snapshots.load(first.event)).toEqual(second);
      expect(second.position).toBe(position);
    });

    it.each([
      ['an earlier position', { position: 6 }],
      ['an earlier generation, though it is ahead', { generation: 0, position: 9 }],
    ])('keeps a snapshot when a node that is behind saves one of %s', async (_what, change) => {
      const first = snapshotAt(7);
      await snapshots.save(first);
      await snapshots.save({ ...first, ...change });
      expect(await snapshots.load(first.event)).toEqual(first);
    });

    it('keeps clusters apart', async () => {
      const snapshot = snapshotAt(7);
      await snapshots.save(snapshot);
      const others = new RedisSnapshots({ redis, prefix: `${prefix}_2` });
      expect(await others.load(snapshot.event)).toBeUndefined();
    });
  });

  describe('RedisSnapshots with damaged bytes', () => {
    const client = new Redis(url);
    afterAll(() => client.disconnect());
    const snapshot = snapshotAt(42);
    const key = `${prefix}:snapshot:${snapshot.event}`;
    let ignored: string[];
    let snapshots: RedisSnapshots;

    beforeEach(async () => {
      ignored = [];
      const onIgnored = (event: string, why: string) => ignored.push(`${event}: ${why}`);
      snapshots = new RedisSnapshots({ redis, prefix, onIgnored });
      await snapshots.save(snapshot);
    });

    it('ignores them with any one bit flipped, and says so', async () => {
      const whole = (await client.hgetBuffer(key, 'bytes'))!;
      const place = fc.record({ at: fc.nat(whole.length - 1), bit: fc.nat(7) });
      await fc.assert(
        fc.asyncProperty(place, async ({ at, bit }) => {
          const bytes = Buffer.from(whole);
          bytes[at]! ^= 1 << bit;
          await client.hset(key, 'bytes', bytes);
          expect(await snapshots.load(snapshot.event)).toBeUndefined();
          expect(ignored.pop()).toContain(`${snapshot.event}: `);
        }),
      );
    });

    it.each([1, 31, 32, 33, 500])('ignores them cut off after %i bytes', async (length) => {
      const whole = (await client.hgetBuffer(key, 'bytes'))!;
      await client.hset(key, 'bytes', whole.subarray(0, length));
      expect(await snapshots.load(snapshot.event)).toBeUndefined();
      expect(ignored).toHaveLength(1);
    });

    it('ignores those of another show', async () => {
      const other = newEvent();
      await client.copy(key, `${prefix}:snapshot:${other}`);
      expect(await snapshots.load(other)).toBeUndefined();
      expect(ignored).toHaveLength(1);
    });

    it.each(['bytes', 'generation', 'position'])('mends damaged %s', async (field) => {
      await client.hset(key, field, 'damage');
      await snapshots.save(snapshot);
      expect(await snapshots.load(snapshot.event)).toEqual(snapshot);
    });

    it('says nothing of what is not there, and keeps nothing for ever', async () => {
      expect(await snapshots.load(newEvent())).toBeUndefined();
      expect(ignored).toEqual([]);
      expect(await client.ttl(key)).toBeGreaterThan(0);
    });
  });
}

if (findProgram('redis-server') === undefined) {
  skipBecause('RedisSnapshots while Redis has trouble', 'no Redis of our own can be started');
} else {
  describe('RedisSnapshots while Redis has trouble', () => {
    const snapshot = snapshotAt(42);
    let server: PrivateServer;
    let redis: OpenRedis | undefined;
    let snapshots: RedisSnapshots;
    let failures: string[];
    let changes: boolean[];

    const open = async (address: string) => {
      failures = [];
      changes = [];
      redis = await openRedis(address, {
        onFailure: (cause) => failures.push(String(cause)),
        onChange: (isUp) => changes.push(isUp),
      });
      snapshots = new RedisSnapshots({ redis, prefix });
    };
    beforeEach(async () => {
      server = await startRedis({ mayInstall: false, password: 'open sesame' });
    });
    afterEach(async () => {
      redis?.close();
      await server.remove();
    });

    it('tells that it came, went and came back, each once, and not that we leave', async () => {
      await open(server.url);
      expect(changes).toEqual([true]);
      await server.kill();
      await expect.poll(() => changes).toEqual([true, false]);
      await server.start();
      await expect.poll(() => changes).toEqual([true, false, true]);
      const client = new Redis(server.url);
      redis!.close();
      await expect.poll(async () => client.client('LIST')).not.toContain('name=ingressou');
      client.disconnect();
      expect(changes).toEqual([true, false, true]);
    });

    it('finds nothing after everything was deleted', async () => {
      await open(server.url);
      await snapshots.save(snapshot);
      const client = new Redis(server.url);
      await client.flushall();
      client.disconnect();
      expect(await snapshots.load(snapshot.event)).toBeUndefined();
      await snapshots.save(snapshot);
      expect(await snapshots.load(snapshot.event)).toEqual(snapshot);
    });

    it('says so at once while it is away, and uses it when it is back', async () => {
      await server.stop();
      await open(server.url);
      await expect(snapshots.load(snapshot.event)).rejects.toThrow(RedisUnavailableError);
      await expect(redis!.ping()).rejects.toThrow('Redis is not connected');
      expect(failures).toEqual([expect.stringContaining('ECONNREFUSED')]);
      await server.start();
      await expect.poll(() => snapshots.save(snapshot).catch(String)).toBeUndefined();
      await server.kill();
      await expect.poll(() => redis!.ping().catch(String)).toContain('RedisUnavailableError');
      await server.start();
      await expect.poll(() => redis!.ping().catch(String)).toBeUndefined();
    });

    it('gives a hanging one up, for everybody at once, and uses it when it goes on', async () => {
      await open(server.url);
      await snapshots.save(snapshot);
      process.kill(server.pid, 'SIGSTOP');
      const loads = await Promise.allSettled(
        Array.from({ length: 100 }, () => snapshots.load(snapshot.event)),
      );
      const reasons = loads.map((load) => (load.status === 'rejected' ? String(load.reason) : ''));
      expect(reasons[0]).toContain('did not answer in 300 ms');
      expect(new Set(reasons.slice(1))).toEqual(
        new Set(['RedisUnavailableError: Redis is not connected']),
      );
      expect(failures).toHaveLength(1);
      await expect.poll(() => changes).toEqual([true, false]);
      process.kill(server.pid, 'SIGCONT');
      await expect
        .poll(() => snapshots.load(snapshot.event).catch(String), { timeout: 10_000 })
        .toEqual(snapshot);
      await expect.poll(() => changes).toEqual([true, false, true]);
    });

    it('tells what it is that Redis refuses', async () => {
      const wrong = new URL(server.url);
      wrong.password = 'wrong';
      await open(wrong.href);
      await expect(snapshots.save(snapshot)).rejects.toThrow('Redis is not connected');
      expect(failures).toEqual([expect.stringContaining('WRONGPASS')]);
      expect(changes).toEqual([false]);
    });

    it('tells that Redis is full, and reads on', async () => {
      await open(server.url);
      await snapshots.save(snapshot);
      const client = new Redis(server.url);
      await client.config('SET', 'maxmemory', '1');
      client.disconnect();
      await expect(snapshots.save(snapshotAt(43))).rejects.toThrow('OOM');
      expect(await snapshots.load(snapshot.event)).toEqual(snapshot);
    });
  });
}
