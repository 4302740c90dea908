import type { Config } from '../../src/config.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { isOurs } from './machine.ts';
import { PostgresReader } from './postgres-reader.ts';
import { refused } from './postgres-refusal.ts';
import { schema } from './postgres-schema.ts';
import { settings } from './postgres-settings.ts';

const VERSION_MIN = 150_000;
/** A node's connections: eight for questions, four journals, one for its lease. */
const CONNECTIONS_OF_A_NODE = 13;
/** Beyond this a node refuses to claim shows when the offset jumps. */
const OFFSET_MS_MAX = 500;
/** A clock that is so far off is wrong, not late. */
const OFFSET_MS_WRONG = 60_000;

/** The primary: whether it answers, is what it must be, and how it keeps what it was given. */
export async function primary(config: Config, url: string): Promise<readonly Finding[]> {
  const name = 'PostgreSQL';
  return await PostgresReader.use(url, async (reader) => {
    const version = await reader.text('show server_version');
    if ((await reader.number('show server_version_num')) < VERSION_MIN) {
      return [fail(name, `${version} is too old`, 'move the database to PostgreSQL 15 or later')];
    }
    if (await reader.truth('select pg_is_in_recovery() as answer')) {
      const next = 'point DATABASE_URL at the primary, or promote this one: pg_ctl promote';
      return [fail(name, 'this is a standby, and takes no writes', next)];
    }
    return [
      ok(name, `${version} at ${new URL(url).host}`),
      await schema(reader),
      ...(await settings(reader)),
      await clock(reader),
      await room(reader),
      ...(await namesakes(reader, config)),
    ];
  }).catch((cause: unknown) => [refused(name, 'DATABASE_URL', url, cause)]);
}

async function clock(reader: PostgresReader): Promise<Finding> {
  const name = 'PostgreSQL clock';
  const asked = Date.now();
  const theirs = await reader.number(
    'select extract(epoch from clock_timestamp()) * 1000 as answer',
  );
  const offsetMs = Math.round(theirs - (asked + Date.now()) / 2);
  const next = 'timedatectl, chronyc tracking: on both machines';
  const seen = `${Math.abs(offsetMs)} ms ${offsetMs < 0 ? 'behind' : 'ahead of'} this machine`;
  if (Math.abs(offsetMs) > OFFSET_MS_WRONG) return fail(name, seen, next);
  return Math.abs(offsetMs) > OFFSET_MS_MAX ? warn(name, seen, next) : ok(name, seen);
}

async function room(reader: PostgresReader): Promise<Finding> {
  const name = 'PostgreSQL connections';
  const most = await reader.number('show max_connections');
  const reserved = await reader.number('show superuser_reserved_connections');
  const used = await reader.number(
    `select count(*) as answer from pg_stat_activity where backend_type = 'client backend'`,
  );
  // This one is ours and about to end.
  const free = most - reserved - (used - 1);
  if (free >= CONNECTIONS_OF_A_NODE) return ok(name, `${free} of ${most} are free`);
  const seen = `${free} of ${most} are free, and a node takes up to ${CONNECTIONS_OF_A_NODE}`;
  return warn(name, seen, 'raise max_connections, or end what holds them: pg_stat_activity');
}

/** Nodes that are alive now; a copied configuration gives two of them one name. */
async function namesakes(reader: PostgresReader, config: Config): Promise<readonly Finding[]> {
  if (!(await reader.truth(`select to_regclass('node_lease') is not null as answer`))) return [];
  const alive = await reader.texts(
    'select name as answer from node_lease where expires_at > clock_timestamp() order by name',
  );
  const isServing = await isOurs(config);
  const same = alive.filter((each) => each === config.nodeName).length - (isServing ? 1 : 0);
  const others = alive.length - (isServing ? 1 : 0);
  const name = 'other nodes';
  if (same > 0) {
    const seen = `a node named ${config.nodeName} is alive: is this configuration a copy?`;
    return [warn(name, seen, 'give each node a NODE_NAME of its own; pins find nodes by it')];
  }
  if (others > 0 && config.natsUrl === undefined) {
    const seen = `${others} alive on this database, and NATS_URL is unset: their shows are out of reach`;
    return [fail(name, seen, 'set NATS_URL to the NATS that joins them, or stop the others')];
  }
  return [ok(name, others === 0 ? 'none is alive' : `alive: ${alive.join(', ')}`)];
}
