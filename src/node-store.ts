import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NodeId } from '@ingressou/protocol';
import { systemClock as clock } from './clock.ts';
import type { Config } from './config.ts';
import { openSaleStore, type SaleStore } from './node-sale-store.ts';
import type { Catalog } from './ports/catalog.ts';
import type { Journal } from './ports/journal.ts';
import type { Leases } from './ports/leases.ts';
import type { Snapshots } from './ports/snapshots.ts';
import { DatabaseCatalog } from './store/catalog.ts';
import type { Database, OpenDatabase } from './store/database.ts';
import { freeJobs } from './store/jobs.ts';
import { DatabaseJournal } from './store/journal.ts';
import { DatabaseLeases, forgetLeases } from './store/leases.ts';
import { MemoryJournal } from './store/memory-journal.ts';
import { migrate } from './store/migrate.ts';
import { openPg, openPgReplica } from './store/pg.ts';
import { openPglite } from './store/pglite.ts';
import { openRedis } from './store/redis.ts';
import { RedisSnapshots } from './store/redis-snapshots.ts';
import { ReplicatedDatabase } from './store/replicas.ts';
import { FolderSnapshots } from './store/snapshots.ts';
import type { RunningTelemetry } from './telemetry.ts';

/** Everything a node keeps, or finds again, outside of itself. */
export interface OpenStore extends SaleStore {
  readonly journal: Journal;
  readonly leases: Leases;
  readonly catalog: Catalog;
  readonly snapshots: Snapshots;
  /** Whether what must be there answers, in words; empty when it does. */
  obstacles(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const replicasLookMs = 1_000;

/** @throws {SchemaError}, {DirectoryInUseError} or what the database said */
export async function openStore(
  config: Config,
  node: NodeId,
  telemetry: RunningTelemetry,
): Promise<OpenStore> {
  const open = await openDatabase(config, node, telemetry);
  for (const name of await migrate(open.database, projectPath('migrations'))) {
    telemetry.say('migration applied', { name });
  }
  // The lock on the embedded database proves that whoever had its shows and jobs is gone.
  if (config.databaseUrl === undefined) {
    await forgetLeases(open.database);
    await freeJobs(open.database);
  }
  const lists = openLists(config, open.database, telemetry);
  const saved = await openSnapshots(config, telemetry);
  const catalog = new DatabaseCatalog(lists.database);
  const sale = await openSaleStore(config, open.database, lists.database, node, telemetry);
  return {
    ...sale,
    ...journalOf(config, open, catalog, telemetry),
    leases: new DatabaseLeases(open),
    snapshots: saved.snapshots,
    obstacles: () => databaseObstacles(open.database),
    async close() {
      await sale.jobs.close();
      saved.close();
      await lists.close();
      await open.close();
    },
  };
}

async function openDatabase(
  { databaseUrl, dataDirectory }: Config,
  node: NodeId,
  telemetry: RunningTelemetry,
): Promise<OpenDatabase> {
  if (databaseUrl !== undefined) {
    const onIdleError = (cause: unknown) => telemetry.failed('keep a database connection', cause);
    return openPg(databaseUrl, { node, onIdleError });
  }
  telemetry.say('embedded database: it survives a killed process but not a power cut', {
    directory: dataDirectory,
  });
  return openPglite(path.join(dataDirectory, 'pglite'));
}

function journalOf(
  config: Config,
  open: OpenDatabase,
  catalog: Catalog,
  telemetry: RunningTelemetry,
): { readonly journal: Journal; readonly catalog: Catalog } {
  if (config.journal === 'database') return { journal: new DatabaseJournal(open), catalog };
  telemetry.say('JOURNAL=memory: nothing is durable, every show is lost at the end');
  const journal = new MemoryJournal();
  return { journal, catalog: withHistories(catalog, journal) };
}

/** The database begins a show's history with its catalogue row; memory must be told. */
function withHistories(catalog: Catalog, journal: MemoryJournal): Catalog {
  return {
    bySlug: (slug) => catalog.bySlug(slug),
    byId: (id) => catalog.byId(id),
    upcoming: (from, max) => catalog.upcoming(from, max),
    async add(show) {
      const isNew = await catalog.add(show);
      if (isNew) journal.create(show.id);
      return isNew;
    },
  };
}

interface OpenLists {
  readonly database: Database;
  close(): Promise<void>;
}

/** Where lists are read: from standbys when there are any, as long as they keep up. */
function openLists(
  { databaseReplicaUrls }: Config,
  primary: Database,
  telemetry: RunningTelemetry,
): OpenLists {
  if (databaseReplicaUrls.length === 0) return { database: primary, close: async () => {} };
  const onIdleError = (cause: unknown) => telemetry.failed('keep a connection to a replica', cause);
  const replicas = databaseReplicaUrls.map((url) => ({
    name: new URL(url).host,
    database: openPgReplica(url, { onIdleError }),
  }));
  const onLeft = (name: string, cause: unknown) => telemetry.failed(`read replica ${name}`, cause);
  const database = new ReplicatedDatabase({ primary, replicas, clock, onLeft });
  const look = setInterval(() => void database.look(), replicasLookMs);
  return {
    database,
    async close() {
      clearInterval(look);
      await Promise.all(replicas.map((replica) => replica.database.close()));
    },
  };
}

interface OpenSnapshots {
  readonly snapshots: Snapshots;
  close(): void;
}

async function openSnapshots(
  { redisUrl, clusterPrefix, dataDirectory }: Config,
  telemetry: RunningTelemetry,
): Promise<OpenSnapshots> {
  const onIgnored = telemetry.snapshotIgnored;
  if (redisUrl === undefined) {
    const directory = path.join(dataDirectory, 'snapshots');
    return { snapshots: new FolderSnapshots({ directory, onIgnored }), close() {} };
  }
  const onFailure = (cause: unknown) => telemetry.failed('reach Redis', cause);
  const onChange = (isUp: boolean) => telemetry.cacheChanged(isUp);
  const redis = await openRedis(redisUrl, { onFailure, onChange });
  const snapshots = new RedisSnapshots({ redis, prefix: clusterPrefix, onIgnored });
  return { snapshots, close: () => redis.close() };
}

async function databaseObstacles(database: Database): Promise<string[]> {
  try {
    await database.query({ name: 'ready', text: 'select 1' }, []);
    return [];
  } catch {
    // The cause is in the log of whoever needed the database; here it is only an answer.
    return ['database: no answer'];
  }
}

/** From `src/` as from the build: the directory that holds `migrations/`. */
export function projectPath(name: string): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const root = path.basename(path.dirname(here)) === 'dist' ? '../..' : '..';
  return path.join(here, root, name);
}
