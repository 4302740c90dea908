import { setTimeout as pause } from 'node:timers/promises';
import { pack } from '@ingressou/protocol';
import { Redis } from 'ioredis';
import type { Snapshot } from '../../../src/ports/snapshots.ts';
import { bytesOf, snapshotIn } from '../../../src/store/snapshot-bytes.ts';
import type { Owned } from '../cluster-view.ts';
import { comesTrue } from '../comes-true.ts';
import type { Ground } from '../ground.ts';
import { stateOf } from '../process-state.ts';
import { onStage, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** So that every show is saved again and again while a scenario runs. */
const oftenSaved = { SNAPSHOT_FACTS: '20', SNAPSHOT_SECONDS: '1' };
const savedWithinMs = 20_000;
const memoryMax = '1mb';

export const f40: Scenario = {
  id: 'F40',
  title: 'Redis is killed, emptied and full while owners die',
  play: (ground) =>
    onRedis(ground, 'F40', async (stage, redis, server) => {
      await untilSaved(stage, redis);
      const { pid } = server;
      await server.kill();
      stage.prove(`Redis ${pid} is gone`, (await stateOf(pid)) === undefined);
      await failOver(stage, 'kill -9 to a new yes, without Redis');

      await server.start();
      await untilSaved(stage, redis);
      const kept = await redis.dbsize();
      await redis.flushall();
      stage.prove(`FLUSHALL took ${kept} snapshots`, kept > 0);
      await failOver(stage, 'kill -9 to a new yes, Redis emptied');

      await redis.config('SET', 'maxmemory', memoryMax);
      await pause(1_000);
      stage.prove(`Redis may use ${memoryMax} and refuses to write`, await refusesWrites(redis));
      await failOver(stage, 'kill -9 to a new yes, Redis full');
      await redis.config('SET', 'maxmemory', '0');
    }),
};

export const f41: Scenario = {
  id: 'F41',
  title: 'snapshots are changed, cut off, of another schema, generation, or ahead of the journal',
  play: (ground) =>
    onRedis(ground, 'F41', async (stage, redis) => {
      const damaged: string[] = [];
      let ignored = 0;
      for (const some of [damages.slice(0, 3), damages.slice(2)]) {
        await untilSaved(stage, redis);
        const { node, shows } = await stage.victim();
        const others = stage.nodes.filter((each) => each !== node);
        const before = await ignoredBy(others);
        const since = performance.now();
        await node.kill();
        for (const [index, show] of shows.entries()) {
          const damage = some[index % some.length]!;
          if (await spoil(stage, redis, show, damage)) damaged.push(damage.name);
        }
        await stage.untilYes('kill -9 to a new yes, snapshots damaged', shows, since);
        ignored += (await ignoredBy(others)) - before;
        await node.start();
        await stage.calm();
      }
      stage.prove(
        `these were kept instead: ${[...new Set(damaged)].join(', ')}`,
        damaged.length > 2,
      );
      stage.prove(`whoever read them found out and ignored them, ${ignored} times`, ignored > 0);
    }),
};

interface Damage {
  readonly name: string;
  readonly make: (bytes: Buffer, snapshot: Snapshot) => Buffer | Promise<Buffer>;
}

/** The first two break the checksum; the others have a good one and say something else. */
const damages: readonly Damage[] = [
  {
    name: 'a changed bit',
    make: (bytes) => {
      const changed = Buffer.from(bytes);
      changed[changed.length >> 1]! ^= 1;
      return changed;
    },
  },
  { name: 'half of one', make: (bytes) => bytes.subarray(0, bytes.length >> 1) },
  {
    name: 'an older schema',
    make: (_, snapshot) => joined({ ...snapshot, schema: snapshot.schema - 1 }),
  },
  {
    name: 'one from the future',
    make: (_, snapshot) => joined({ ...snapshot, position: snapshot.position + 1_000_000 }),
  },
  {
    name: 'another generation',
    make: (_, snapshot) => joined({ ...snapshot, generation: snapshot.generation + 1 }),
  },
  {
    name: 'one whose hash the journal does not know',
    make: (_, snapshot) => joined({ ...snapshot, hash: new Uint8Array(32), body: pack({}) }),
  },
];

async function joined(snapshot: Snapshot): Promise<Buffer> {
  return Buffer.concat(await bytesOf(snapshot));
}

async function onRedis(
  ground: Ground,
  name: string,
  play: (stage: Stage, redis: Redis, server: Awaited<ReturnType<Ground['redis']>>) => Promise<void>,
) {
  const server = await ground.redis();
  const redis = new Redis(server.url, { lazyConnect: true });
  // It is killed under it, on purpose.
  redis.on('error', () => {});
  const environment = { ...oftenSaved, REDIS_URL: server.url };
  try {
    return await onStage(ground, name, { environment }, (stage) => play(stage, redis, server));
  } finally {
    redis.disconnect();
  }
}

async function failOver(stage: Stage, name: string): Promise<void> {
  const { node, shows } = await stage.victim();
  const since = performance.now();
  await node.kill();
  await stage.untilYes(name, shows, since);
  await node.start();
  await stage.calm();
}

/** Waits until there is a snapshot of every show. */
async function untilSaved(stage: Stage, redis: Redis): Promise<void> {
  const hasAll = async () => (await redis.dbsize()) >= stage.shows.length;
  stage.expect('every show has a snapshot', await comesTrue(hasAll, savedWithinMs));
}

/** Whether the show's snapshot is damaged now. */
async function spoil(
  stage: Stage,
  redis: Redis,
  { event }: Owned,
  { make }: Damage,
): Promise<boolean> {
  const key = `${stage.environment('any').CLUSTER_PREFIX}:snapshot:${event}`;
  const bytes = await redis.hgetBuffer(key, 'bytes');
  if (bytes === null) return false;
  await redis.hset(key, 'bytes', await make(bytes, snapshotIn(event, bytes)));
  return true;
}

async function ignoredBy(nodes: Stage['nodes']): Promise<number> {
  const counts = nodes.map((node) => node.metric('ingressou_snapshots_ignored_total'));
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

async function refusesWrites(redis: Redis): Promise<boolean> {
  try {
    await redis.set('probe', 'x'.repeat(100_000));
    return false;
  } catch (error) {
    // That is what "full" means; an error of another kind is no proof.
    return error instanceof Error && error.message.includes('OOM');
  }
}
