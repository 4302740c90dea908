import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openServices } from '../../scripts/services.ts';
import { openPg } from '../../src/store/pg.ts';
import type { JournalPlace } from './recount.ts';

/** What the servers of a run stand on: a database and a directory of their own. */
export interface Ground extends JournalPlace {
  /** Which database it is, in words. */
  readonly database: string;
  /** Where snapshots go and what joins nodes, when they answer. */
  readonly redisUrl: string | undefined;
  readonly natsUrl: string | undefined;
  /** A virtual host of this run's own, when a broker answers. */
  readonly rabbitmqUrl: string | undefined;
  /** Begins every key and every subject of this run. */
  readonly prefix: string;
  /** Drops and removes all of it. */
  close(): Promise<void>;
}

/**
 * PostgreSQL when one answers or can be started, with a new database in it; else, or when asked
 * for, the embedded database in a new directory.
 */
export async function openGround(isEmbedded: boolean): Promise<Ground> {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'ingressou-bench-'));
  const removeDirectory = () => rm(dataDirectory, { recursive: true, force: true });
  const services = isEmbedded ? undefined : await openServices();
  const url = services?.postgres && (await nearest(services.postgres.url));
  return {
    dataDirectory,
    databaseUrl: url,
    redisUrl: services?.redis?.url,
    natsUrl: services?.nats?.url,
    rabbitmqUrl: services?.rabbitmq?.url,
    prefix: services?.prefix ?? 'ingressou',
    database: url === undefined ? 'embedded PGlite (never calls fsync)' : await versionOf(url),
    async close() {
      await services?.close();
      await removeDirectory();
    },
  };
}

/**
 * The same database over the server's Unix socket if that answers, as anybody would use it who has
 * the database on the same machine: TCP was 5 % slower (63 700 against 66 900 reservations/s).
 */
async function nearest(url: string): Promise<string> {
  const socket = new URL(url);
  socket.host = encodeURIComponent(await showOf(url, 'unix_socket_directories'));
  try {
    await showOf(socket.href, 'server_version');
    return socket.href;
  } catch {
    // The socket is elsewhere, or does not let this user in: TCP does.
    return url;
  }
}

async function versionOf(url: string): Promise<string> {
  const way = new URL(url).hostname.startsWith('%2F') ? 'Unix socket' : 'TCP';
  return `PostgreSQL ${await showOf(url, 'server_version')}, over ${way}`;
}

async function showOf(url: string, setting: string): Promise<string> {
  const { database, close } = openPg(url);
  try {
    const [row] = await database.query({ name: setting, text: `show ${setting}` }, []);
    return String(row?.[setting]);
  } finally {
    await close();
  }
}
