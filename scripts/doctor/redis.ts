import { Redis } from 'ioredis';
import { type Finding, fail, ok, warn } from './finding.ts';
import { PATIENCE_MS, reasonOf, unreachable } from './unreachable.ts';

const VERSION_MIN = 6;

/** Redis keeps snapshots: whether it answers, takes writes, and what it does when it is full. */
export async function redis(url: string): Promise<readonly Finding[]> {
  const name = 'Redis';
  try {
    const about = await informationOf(url);
    const version = about.get('redis_version') ?? 'unknown';
    if (Number.parseInt(version, 10) < VERSION_MIN) {
      return [fail(name, `${version} is too old`, `install Redis ${VERSION_MIN} or later`)];
    }
    if (about.get('role') === 'slave') {
      return [
        fail(name, 'this is a replica, and takes no writes', 'point REDIS_URL at its primary'),
      ];
    }
    return [ok(name, `${version} at ${new URL(url).host}`), memory(about)];
  } catch (cause) {
    const reason = reasonOf(cause);
    if (!/^(WRONGPASS|NOAUTH|NOPERM)/.test(reason)) {
      return [unreachable(name, 'REDIS_URL', url, cause)];
    }
    const next = 'correct user and password in REDIS_URL';
    return [fail(name, `${new URL(url).host}: ${reason}`, next)];
  }
}

function memory(about: ReadonlyMap<string, string>): Finding {
  const name = 'Redis memory';
  const policy = about.get('maxmemory_policy') ?? 'unknown';
  const most = about.get('maxmemory_human') ?? 'unknown';
  if (about.get('maxmemory') === '0') {
    return ok(name, 'no limit: it holds one snapshot for each show of the last 30 days');
  }
  if (policy !== 'noeviction') return ok(name, `up to ${most}, then ${policy}`);
  const seen = `up to ${most}, then it refuses snapshots (noeviction), and shows start more slowly`;
  return warn(name, seen, 'config set maxmemory-policy allkeys-lru');
}

async function informationOf(url: string): Promise<ReadonlyMap<string, string>> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
    retryStrategy: null,
  });
  // The reason that `connect` gives is only "closed"; this is the one to tell.
  let reason: unknown;
  client.on('error', (cause) => {
    reason ??= cause;
  });
  try {
    await client.connect();
    const lines = (await client.info()).split('\r\n').map((line) => line.split(':'));
    return new Map(lines.map(([key = '', value = '']) => [key, value]));
  } catch (failure) {
    throw reason ?? failure;
  } finally {
    client.disconnect();
  }
}
