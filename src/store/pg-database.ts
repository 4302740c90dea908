import pg from 'pg';
import {
  type Columns,
  ConnectionLostError,
  type Database,
  DatabaseUnavailableError,
  runWork,
  type Session,
  type Statement,
  StatementError,
  type Value,
} from './database.ts';
import { copyRows } from './pg-copy.ts';

export interface PgDatabaseOptions {
  readonly pool: pg.PoolConfig;
  /** After so long without a reply the connection is destroyed, never cancelled. */
  readonly replyMs: number;
  /** Whether a standby that answers is turned away, as one does behind an address that moves. */
  readonly needsPrimary?: boolean;
  /** A reply that comes with a warning counts as lost: the commit may be less than it should. */
  readonly distrustsNotices?: boolean;
  readonly onIdleError?: ((cause: unknown) => void) | undefined;
}

const begin: Statement = { name: 'begin', text: 'begin' };
const commit: Statement = { name: 'commit', text: 'commit' };
const rollback: Statement = { name: 'rollback', text: 'rollback' };
const isStandby: Statement = { name: 'is_standby', text: 'select pg_is_in_recovery() as answer' };

/** One pool of PostgreSQL connections. */
export class PgDatabase implements Database {
  readonly #pool: pg.Pool;
  readonly #replyMs: number;
  readonly #needsPrimary: boolean;
  /** Connections to a server that is not a standby. It can become one only by a restart. */
  readonly #toPrimary = new WeakSet<pg.ClientBase>();
  /** Connections that have warned; the next reply on one is its last. */
  readonly #warned = new WeakSet<pg.ClientBase>();

  constructor(options: PgDatabaseOptions) {
    const { pool, replyMs, needsPrimary = false, distrustsNotices = false, onIdleError } = options;
    this.#replyMs = replyMs;
    this.#needsPrimary = needsPrimary;
    this.#pool = new pg.Pool({ types, ...pool });
    this.#pool.on('error', (cause) => onIdleError?.(cause));
    this.#pool.on('connect', (client) => {
      // A connection that breaks in use also emits this, which would end the process unheard; who
      // waits for a reply is told by its promise.
      client.on('error', () => {});
      if (distrustsNotices) client.on('notice', () => this.#warned.add(client));
    });
  }

  query(statement: Statement, values?: readonly Value[]): Promise<Columns[]> {
    return this.#withClient((client) => this.#send(client, statement, values));
  }

  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#withClient(async (client) => {
      const session: Session = {
        query: (statement, values) => this.#send(client, statement, values),
      };
      await session.query(begin, []);
      try {
        const result = await runWork(session, work);
        await session.query(commit, []);
        return result;
      } catch (failure) {
        // The first failure is the one to tell. If this one fails the connection is closed, and
        // the server rolls back by itself.
        await session.query(rollback, []).catch(() => {});
        throw failure;
      }
    });
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch((cause: unknown) => {
      throw new DatabaseUnavailableError({ cause });
    });
    try {
      if (this.#needsPrimary) await this.#checkPrimary(client);
      return await work(client);
    } finally {
      client.release();
    }
  }

  /** A standby would answer reads with the past and writes with a no that is none. */
  async #checkPrimary(client: pg.PoolClient): Promise<void> {
    if (this.#toPrimary.has(client)) return;
    const [server] = await this.#send(client, isStandby, []).catch((cause: unknown) => {
      throw new DatabaseUnavailableError({ cause });
    });
    if (server?.answer === false) {
      this.#toPrimary.add(client);
      return;
    }
    void client.end();
    throw new DatabaseUnavailableError({ cause: new StandbyError() });
  }

  async #send(
    client: pg.PoolClient,
    statement: Statement,
    values?: readonly Value[],
  ): Promise<Columns[]> {
    try {
      if (values === undefined) return await runScript(client, statement);
      const rows = await within(this.#replyMs, ask(client, statement, values));
      if (this.#warned.has(client)) throw new WarnedError();
      return rows;
    } catch (cause) {
      if (isRefusal(cause)) throw new StatementError(statement, cause.code, { cause });
      // Nothing may be sent behind a statement whose fate is not known. With one in flight this
      // destroys the socket; the server is not asked to cancel.
      void client.end();
      throw new ConnectionLostError(statement, { cause });
    }
  }
}

/** The reply came together with a warning, on a connection where nothing of ours warns. */
class WarnedError extends Error {
  override readonly name = 'WarnedError';
  constructor() {
    super('The server warned about a statement whose commit must be complete.');
  }
}

/** The server that answers is a standby, which cannot write and may be behind. */
class StandbyError extends Error {
  override readonly name = 'StandbyError';
  constructor() {
    super('This server is a standby: check DATABASE_URL, or promote it.');
  }
}

class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  constructor(ms: number) {
    super(`No reply in ${ms} ms.`);
  }
}

async function ask(
  client: pg.PoolClient,
  { name, text, copies }: Statement,
  values: readonly Value[],
): Promise<Columns[]> {
  if (copies !== undefined) return await copyRows(client, text, values, copies);
  const { rows } = await client.query<Columns>({ name, text, values: [...values] });
  return rows;
}

async function runScript(client: pg.ClientBase, { text }: Statement): Promise<Columns[]> {
  await client.query(text);
  return [];
}

async function within<T>(ms: number, reply: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(ms)), ms);
  });
  try {
    return await Promise.race([reply, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The server has answered and goes on: the statement did not happen. FATAL and PANIC end the
 * connection, and a statement whose client saw a PANIC has been found committed afterwards.
 */
function isRefusal(cause: unknown): cause is pg.DatabaseError & { readonly code: string } {
  if (!(cause instanceof pg.DatabaseError) || cause.code === undefined) return false;
  return cause.severity !== 'FATAL' && cause.severity !== 'PANIC';
}

/** Positions and times are safe integers; `columns.ts` checks that they are. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === pg.types.builtins.INT8) return Number;
    return pg.types.getTypeParser(oid, format as 'text');
  },
};
