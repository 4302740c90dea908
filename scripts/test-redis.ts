import { Redis } from 'ioredis';
import { mayInstall } from './debian-packages.ts';
import { startRedis } from './private-redis.ts';
import { ANSWER_MS, type Environment, openServer, type TestServer } from './test-server.ts';

/** A Redis in which this run's keys begin with `prefix`; `close` deletes those and nothing else. */
export async function openTestRedis(
  environment: Environment,
  prefix: string,
  standardUrl = 'redis://127.0.0.1:6379',
): Promise<TestServer> {
  const server = await openServer({
    environment,
    variable: 'TEST_REDIS_URL',
    standardUrl,
    check: (url) => withRedis(url, async (redis) => void (await redis.ping())),
    start: () => startRedis({ mayInstall: mayInstall(environment) }),
  });
  const close = async () => {
    await withRedis(server.url, (redis) => removeKeys(redis, prefix));
    await server.close();
  };
  return { ...server, close };
}

async function withRedis(url: string, work: (redis: Redis) => Promise<void>): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    retryStrategy: null,
  });
  // The reason that `connect` gives is only "closed"; this is the one to tell.
  let reason: unknown;
  redis.on('error', (cause) => {
    reason ??= cause;
  });
  try {
    await redis.connect();
    await work(redis);
  } catch (failure) {
    throw reason ?? failure;
  } finally {
    redis.disconnect();
  }
}

async function removeKeys(redis: Redis, prefix: string): Promise<void> {
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
    if (keys.length > 0) await redis.unlink(keys);
  }
}
