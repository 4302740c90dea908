/**
 * The seam between our SQL and whatever runs it. Everything in this room speaks to a `Database`;
 * `pg`, PGlite and the simulator each are one.
 */
export interface Database extends Session {
  /**
   * Runs `work` in one transaction on one connection. Everything it did is kept when the promise
   * resolves, and nothing when `work` throws or one of its statements failed, even if `work`
   * swallowed that failure.
   *
   * @throws {ConnectionLostError} the reply to the commit is lost: it is kept or not
   */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
}

export interface Session {
  /**
   * Runs one statement. Without `values` the text is a script: any number of statements, no
   * parameters, no deadline, no rows.
   *
   * @throws {StatementError} the server said no; nothing of the statement happened
   * @throws {ConnectionLostError} no reply: it happened or not
   * @throws {DatabaseUnavailableError} it was never sent
   */
  query(statement: Statement, values?: readonly Value[]): Promise<Columns[]>;
}

/** SQL with a name: servers prepare it once under that name, a simulator models it by that name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  /** Its columns, when they are large: a server that can sends them as bytes and not as text. */
  readonly copies?: Readonly<Record<string, ColumnType>>;
  /** It only reads, and what was true some seconds ago will do: a replica may answer it. */
  readonly mayLag?: true;
}

/** What a column can be that is sent as bytes; never null. */
export type ColumnType = 'int8' | 'uuid' | 'bytea';

/** What a parameter can be. Times travel as milliseconds. */
export type Value = string | number | boolean | Uint8Array | null;

/** One row of an answer; `columns.ts` reads it. */
export type Columns = Readonly<Record<string, unknown>>;

/** What an opener gives. */
export interface OpenDatabase {
  /** For everything that may wait. */
  readonly database: Database;
  /** Connections that only appends and claims use; a show always uses the same one. */
  readonly journals: readonly [Database, ...Database[]];
  /** For heartbeats, which must not wait behind anything. */
  readonly leases: Database;
  close(): Promise<void>;
}

/** The server refused a statement and answered with its SQLSTATE. */
export class StatementError extends Error {
  override readonly name = 'StatementError';
  readonly code: string;

  constructor(statement: Statement, code: string, options: ErrorOptions) {
    super(`The database refused ${statement.name} with ${code}.`, options);
    this.code = code;
  }
}

/** A statement was sent and its reply never came: it may have happened or not. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
  constructor(statement: Statement, options?: ErrorOptions) {
    super(`The reply to ${statement.name} is lost.`, options);
  }
}

/** There was no connection to send anything on: nothing happened. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
  constructor(options?: ErrorOptions) {
    super('There is no connection to the database: check DATABASE_URL.', options);
  }
}

/**
 * Runs `work` and throws the first failure among its statements even if `work` swallowed it: the
 * server has given the transaction up by then, and its commit would quietly keep nothing.
 */
export async function runWork<T>(session: Session, work: (session: Session) => Promise<T>) {
  const failures: unknown[] = [];
  const query: Session['query'] = async (statement, values) => {
    try {
      return await session.query(statement, values);
    } catch (failure) {
      failures.push(failure);
      throw failure;
    }
  };
  const result = await work({ query });
  if (failures.length > 0) throw failures[0];
  return result;
}
