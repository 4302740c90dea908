import type { PGlite, Transaction } from '@electric-sql/pglite';
import {
  type Columns,
  ConnectionLostError,
  type Database,
  DatabaseUnavailableError,
  type OpenDatabase,
  runWork,
  type Session,
  type Statement,
  StatementError,
  type Value,
} from './database.ts';
import { lockDirectory } from './directory-lock.ts';

/**
 * Opens the embedded PostgreSQL in `directory`, or in memory without one. It is one session in
 * this process: statements and transactions run one after the other. It never calls fsync, so
 * what it holds survives a killed process but not a power cut.
 *
 * @throws {DirectoryInUseError} another process has it open
 */
export async function openPglite(directory?: string): Promise<OpenDatabase> {
  const lock = directory === undefined ? undefined : await lockDirectory(directory);
  try {
    const pglite = await create(directory);
    const database = new PgliteDatabase(pglite);
    const close = async (): Promise<void> => {
      await pglite.close();
      await lock?.release();
    };
    return { database, journals: [database], leases: database, close };
  } catch (failure) {
    await lock?.release();
    throw failure;
  }
}

/** Loaded only when used: its WebAssembly takes seconds and hundreds of megabytes. */
async function create(directory: string | undefined): Promise<PGlite> {
  const { PGlite, types } = await import('@electric-sql/pglite');
  const parsers = { [types.INT8]: Number, [types.BYTEA]: bytesOf };
  return PGlite.create({ parsers, ...(directory !== undefined && { dataDir: directory }) });
}

/** Its own parser reads two letters at a time: a page of a hot show stalled everybody for seconds. */
function bytesOf(text: string): Uint8Array {
  return Buffer.from(text.slice(2), 'hex');
}

const commit: Statement = { name: 'commit', text: 'commit' };

class PgliteDatabase implements Database {
  readonly #pglite: PGlite;

  constructor(pglite: PGlite) {
    this.#pglite = pglite;
  }

  query(statement: Statement, values?: readonly Value[]): Promise<Columns[]> {
    if (this.#pglite.closed) return Promise.reject(new DatabaseUnavailableError());
    return send(this.#pglite, statement, values);
  }

  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    if (this.#pglite.closed) throw new DatabaseUnavailableError();
    let isWorkDone = false;
    try {
      return await this.#pglite.transaction(async (transaction) => {
        const query: Session['query'] = (statement, values) => send(transaction, statement, values);
        const result = await runWork({ query }, work);
        isWorkDone = true;
        return result;
      });
    } catch (failure) {
      // What was put off until the end, a deferred constraint for instance, refuses the commit.
      if (isWorkDone && hasCode(failure)) {
        throw new StatementError(commit, failure.code, { cause: failure });
      }
      throw failure;
    }
  }
}

async function send(
  session: PGlite | Transaction,
  statement: Statement,
  values?: readonly Value[],
): Promise<Columns[]> {
  try {
    if (values !== undefined) {
      const { rows } = await session.query<Columns>(statement.text, [...values]);
      return rows;
    }
    await session.exec(statement.text);
    return [];
  } catch (cause) {
    if (hasCode(cause)) throw new StatementError(statement, cause.code, { cause });
    throw new ConnectionLostError(statement, { cause });
  }
}

function hasCode(cause: unknown): cause is { readonly code: string } {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string';
}
