import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NodeId, uuid7 } from '@ingressou/protocol';
import { Directory } from './actors/directory.ts';
import { systemClock as clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Catalog } from './ports/catalog.ts';
import type { Commands, Committed } from './ports/commands.ts';
import type { Journal } from './ports/journal.ts';
import { DatabaseCatalog } from './store/catalog.ts';
import type { Database, OpenDatabase } from './store/database.ts';
import { DatabaseJournal } from './store/journal.ts';
import { MemoryJournal } from './store/memory-journal.ts';
import { migrate } from './store/migrate.ts';
import { openPg } from './store/pg.ts';
import { openPglite } from './store/pglite.ts';
import { FolderSnapshots } from './store/snapshots.ts';
import { openTelemetry, type RunningTelemetry } from './telemetry.ts';
import { AccessTokens, openSigningKey } from './transport/access-tokens.ts';
import { Fanout } from './transport/fanout.ts';
import { routes } from './transport/routes.ts';
import { openServer } from './transport/server.ts';
import { SessionRegistry } from './transport/session-registry.ts';
import { StaticFiles } from './transport/static-files.ts';
import { loadUws } from './transport/uws.ts';

/** A node that serves. */
export interface RunningNode {
  /** Where its pages and sockets are. */
  readonly url: string;
  readonly commands: Commands;
  readonly catalog: Catalog;
  /** Answers what it has taken, saves its shows, sends its sockets away and closes everything. */
  stop(): Promise<void>;
}

/** How often sleeping shows are asked whether their time has come, and idle ones put to sleep. */
const sweepMs = 1_000;

/**
 * Starts a node: the parts in the order a command passes them, back to front, so that nothing is
 * asked before it can answer.
 *
 * @throws {SchemaError}, {ListenError}, {DirectoryInUseError} or what a service said
 */
export async function startNode(config: Config): Promise<RunningNode> {
  const telemetry = openTelemetry(config.logLevel);
  const node = uuid7<NodeId>(clock.now(), randomBytes(16));
  const store = await openStore(config, node, telemetry);
  // The directory tells the fan-out what is committed, the fan-out asks the directory: the
  // directory comes first and hears of nobody until the fan-out is there.
  let follow = (_committed: Committed): void => {};
  const directory = new Directory({
    ...config,
    ...store,
    node,
    clock,
    telemetry,
    snapshots: snapshotsOf(config, telemetry),
    onCommitted: (committed) => follow(committed),
  });
  const gateway = await openGateway(config, directory, store, telemetry);
  follow = (committed) => gateway.fanout.follow(committed);
  const sweep = setInterval(() => {
    void directory.wakeDue();
    directory.sleepIdle();
  }, sweepMs);

  return {
    url: gateway.url,
    commands: directory,
    catalog: store.catalog,
    async stop() {
      clearInterval(sweep);
      gateway.drain();
      await directory.close();
      gateway.close();
      await store.close();
    },
  };
}

interface Store {
  readonly journal: Journal;
  readonly catalog: Catalog;
  readonly database: Database;
  readonly close: () => Promise<void>;
}

async function openStore(
  config: Config,
  node: NodeId,
  telemetry: RunningTelemetry,
): Promise<Store> {
  const open = await openDatabase(config, node, telemetry);
  for (const name of await migrate(open.database, projectPath('migrations'))) {
    telemetry.say('migration applied', { name });
  }
  const { database, close } = open;
  const catalog = new DatabaseCatalog(database);
  if (config.journal === 'database') {
    return { journal: new DatabaseJournal(open), catalog, database, close };
  }
  telemetry.say('JOURNAL=memory: nothing is durable, every show is lost at the end');
  const journal = new MemoryJournal();
  return { journal, catalog: withHistories(catalog, journal), database, close };
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

/** The database begins a show's history with its catalogue row; memory must be told. */
function withHistories(catalog: Catalog, journal: MemoryJournal): Catalog {
  return {
    bySlug: (slug) => catalog.bySlug(slug),
    upcoming: (from, max) => catalog.upcoming(from, max),
    async add(show) {
      const isNew = await catalog.add(show);
      if (isNew) journal.create(show.id);
      return isNew;
    },
  };
}

function snapshotsOf({ dataDirectory }: Config, telemetry: RunningTelemetry): FolderSnapshots {
  const directory = path.join(dataDirectory, 'snapshots');
  return new FolderSnapshots({ directory, onIgnored: telemetry.snapshotIgnored });
}

interface Gateway {
  readonly url: string;
  readonly fanout: Fanout;
  /** Says that this node is not ready any more. */
  drain(): void;
  close(): void;
}

async function openGateway(
  config: Config,
  commands: Commands,
  { catalog, database }: Store,
  telemetry: RunningTelemetry,
): Promise<Gateway> {
  const { uws, build } = loadUws();
  const tokens = new AccessTokens(await openSigningKey(config.tokenKeyFile));
  const registry = new SessionRegistry(config.socketsPerSubjectMax);
  const fanout = new Fanout({ commands, registry, clock, telemetry });
  const page = await StaticFiles.read(projectPath('web/buyer/dist'));
  let isDraining = false;
  const obstacles = async () => (isDraining ? ['leaving'] : await databaseObstacles(database));
  const { metrics } = telemetry;
  const server = await openServer({
    ...config,
    uws,
    commands,
    fanout,
    registry,
    tokens,
    clock,
    telemetry,
    random: Math.random,
    routes: routes({ catalog, tokens, clock, page, obstacles, metrics }),
  });
  const url = `http://${config.host}:${config.port}`;
  telemetry.say('serving', { url, uws: build });
  return {
    url,
    fanout,
    drain: () => {
      isDraining = true;
    },
    close: () => server.close(),
  };
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
function projectPath(name: string): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const root = path.basename(path.dirname(here)) === 'dist' ? '../..' : '..';
  return path.join(here, root, name);
}
