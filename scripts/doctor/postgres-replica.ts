import { type Finding, fail, ok, warn } from './finding.ts';
import { PostgresReader } from './postgres-reader.ts';
import { refused } from './postgres-refusal.ts';

const LAG_BYTES_MAX = 16 * 1024 * 1024;

/** One standby: whether it follows, and how far it is behind. */
export async function replica(
  url: string,
  primaryUrl: string,
  number: number,
): Promise<readonly Finding[]> {
  const name = `replica ${number}`;
  return await PostgresReader.use(url, async (reader) => {
    if (!(await reader.truth('select pg_is_in_recovery() as answer'))) {
      const next = 'name a streaming standby in DATABASE_REPLICA_URLS, or none';
      return [fail(name, 'this is no standby: it takes writes of its own', next)];
    }
    return [await lag(name, reader, primaryUrl)];
  }).catch((cause: unknown) => [refused(name, 'DATABASE_REPLICA_URLS', url, cause)]);
}

async function lag(name: string, reader: PostgresReader, primaryUrl: string): Promise<Finding> {
  const written = await PostgresReader.use(primaryUrl, (other) =>
    other.text('select pg_current_wal_lsn()::text as answer'),
  ).catch(() => undefined);
  if (written === undefined) return ok(name, 'follows; its primary does not answer us');
  const behind = await reader.number(
    'select greatest(0, pg_wal_lsn_diff($1::pg_lsn, pg_last_wal_replay_lsn())) as answer',
    [written],
  );
  if (behind <= LAG_BYTES_MAX) return ok(name, `follows, ${behind} bytes behind`);
  const next = 'see pg_stat_replication on the primary; is the replay paused, the disk slow?';
  return warn(name, `is ${Math.round(behind / 1024 / 1024)} MB behind its primary`, next);
}
