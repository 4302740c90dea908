import type pg from 'pg';
import type { OpenDatabase } from './database.ts';
import { PgDatabase } from './pg-database.ts';

/** How long an append or a claim waits for its reply before its connection is thrown away. */
const JOURNAL_REPLY_MS = 2_000;
/** The same for everything else, where a large read may take longer. */
const REPLY_MS = 5_000;
/** How long a caller waits for a connection, new or busy. */
const CONNECT_MS = 2_000;
/** Two appends in flight saturate two cores; more connections only keep shows apart. */
const JOURNALS_DEFAULT = 4;
const CONNECTIONS_DEFAULT = 8;
/** Whoever holds the lock that an append or a claim needs is stuck if it takes longer. */
const LOCK_MS = 500;
/** A process that freezes inside a transaction keeps its locks no longer than this. */
const JOURNAL_IDLE_MS = 1_000;
const IDLE_MS = 10_000;

export interface PgOptions {
  /** Tells this process apart in `pg_stat_activity`, so that a frozen owner can be ended. */
  readonly node?: string;
  /** Connections that carry appends and claims; at least one. */
  readonly journals?: number;
  /** Connections for everything else. */
  readonly connections?: number;
  /** An idle connection broke. The next caller gets a new one. */
  readonly onIdleError?: (cause: unknown) => void;
}

/** Opens PostgreSQL. Connections are made when they are first needed, and again when lost. */
export function openPg(url: string, options: PgOptions = {}): OpenDatabase {
  const database = openGeneral(url, options);
  const others = Array.from({ length: (options.journals ?? JOURNALS_DEFAULT) - 1 }, () =>
    openJournal(url, options),
  );
  const journals = [openJournal(url, options), ...others] as const;
  const close = async (): Promise<void> => {
    await Promise.all([database, ...journals].map((each) => each.close()));
  };
  return { database, journals, close };
}

function openGeneral(url: string, options: PgOptions): PgDatabase {
  const pool: pg.PoolConfig = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    application_name: 'ingressou',
    max: options.connections ?? CONNECTIONS_DEFAULT,
    idle_in_transaction_session_timeout: IDLE_MS,
  };
  return new PgDatabase({ pool, replyMs: REPLY_MS, onIdleError: options.onIdleError });
}

/**
 * A statement on this connection is durable when its reply arrives, on the standby too where there
 * is one. It has no `statement_timeout` and is never cancelled: cancelling a commit that waits for
 * its standby reports success, with a warning, for what the standby never saw.
 */
function openJournal(url: string, options: PgOptions): PgDatabase {
  const pool: pg.PoolConfig = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    application_name: options.node === undefined ? 'ingressou:journal' : `actor:${options.node}`,
    max: 1,
    idleTimeoutMillis: 0,
    // Said here because the role's own defaults may differ.
    options: '-c synchronous_commit=on -c statement_timeout=0',
    lock_timeout: LOCK_MS,
    idle_in_transaction_session_timeout: JOURNAL_IDLE_MS,
  };
  const { onIdleError } = options;
  return new PgDatabase({ pool, replyMs: JOURNAL_REPLY_MS, distrustsNotices: true, onIdleError });
}
