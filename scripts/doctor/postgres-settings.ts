import { type Finding, fail, ok, warn } from './finding.ts';
import type { PostgresReader } from './postgres-reader.ts';

/** Whether what was committed is still there after a power cut, and after a lost primary. */
export async function settings(reader: PostgresReader): Promise<readonly Finding[]> {
  return [await durability(reader), await standbys(reader)];
}

async function durability(reader: PostgresReader): Promise<Finding> {
  const name = 'PostgreSQL durability';
  const turnOn = (setting: string) => `alter system set ${setting} = on, and pg_reload_conf()`;
  if ((await reader.text('show fsync')) === 'off') {
    return fail(name, 'fsync is off: a power cut loses what was sold', turnOn('fsync'));
  }
  if ((await reader.text('show full_page_writes')) === 'off') {
    const seen = 'full_page_writes is off: a power cut may tear pages on most file systems';
    return warn(name, seen, turnOn('full_page_writes'));
  }
  const commit = await reader.text('show synchronous_commit');
  if (commit === 'off' || commit === 'local') {
    const seen = `synchronous_commit is ${commit}; journals ask for "on" themselves, nothing else does`;
    return warn(name, seen, turnOn('synchronous_commit'));
  }
  return ok(name, `fsync and full_page_writes on, synchronous_commit ${commit}`);
}

async function standbys(reader: PostgresReader): Promise<Finding> {
  const name = 'PostgreSQL standbys';
  const names = await reader.text('show synchronous_standby_names');
  if (names === '') {
    const seen = 'no commit waits for a standby: what only this disk has is lost with it';
    return warn(name, seen, 'set synchronous_standby_names once a standby streams');
  }
  const states = await reader.texts(
    `select coalesce(sync_state, 'hidden') as answer from pg_stat_replication`,
  );
  if (states.includes('hidden')) {
    return ok(name, `commits wait for ${names}; to see which stream: grant pg_monitor`);
  }
  if (states.some((state) => state === 'sync' || state === 'quorum')) {
    return ok(name, `commits wait for ${names}, ${states.length} connected`);
  }
  const seen = `commits wait for ${names}, and none of them streams: nothing can be sold`;
  return fail(
    name,
    seen,
    'start the standby; docs/operations/database-failover.md has the way out',
  );
}
