import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import pg from 'pg';
import { mayInstall } from './debian-packages.ts';
import { startPostgres } from './private-postgres.ts';

export interface TestPostgres {
  readonly url: string;
  readonly where: string;
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const STANDARD_PORT = 5432;

/**
 * A new, empty database: on the server that `TEST_DATABASE_URL` names, else on the one at the
 * standard port, else on a private one that lives as long as this run.
 */
export async function openPostgres(environment: Environment): Promise<TestPostgres> {
  const url = environment.TEST_DATABASE_URL;
  if (url !== undefined) return createDatabase(url, 'the server of TEST_DATABASE_URL');
  return (await openStandard(environment)) ?? openPrivate(environment);
}

async function openStandard(environment: Environment): Promise<TestPostgres | undefined> {
  const port = Number(environment.PGPORT ?? STANDARD_PORT);
  const users = new Set([environment.PGUSER, 'postgres', userInfo().username]);
  for (const user of users) {
    if (user === undefined) continue;
    const url = `postgres://${encodeURIComponent(user)}@127.0.0.1:${port}/postgres`;
    try {
      return await createDatabase(url, `the server on 127.0.0.1:${port}, as ${user}`);
    } catch {
      // No server, or one that does not let this user create a database: try the next way.
    }
  }
  return undefined;
}

async function openPrivate(environment: Environment): Promise<TestPostgres> {
  const server = await startPostgres({ mayInstall: mayInstall(environment) });
  try {
    const database = await createDatabase(server.url, `a private server of ${server.programs}`);
    const close = async (): Promise<void> => {
      await database.close();
      await server.remove();
    };
    return { ...database, close };
  } catch (failure) {
    await server.remove();
    throw failure;
  }
}

/** Creates an empty database on the server that `serverUrl` leads to; `close` drops it. */
export async function createDatabase(serverUrl: string, where: string): Promise<TestPostgres> {
  const name = `ingressou_test_${randomBytes(6).toString('hex')}`;
  // Not from the usual template: it may be in use, and its locale decides how texts are sorted.
  const options = `template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`;
  await run(serverUrl, `create database ${name} ${options}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  // Whatever a test left open ends with its database.
  const close = () => run(serverUrl, `drop database if exists ${name} with (force)`);
  return { url: url.href, where, close };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}
