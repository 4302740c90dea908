import type pg from 'pg';
import type { OpenDatabase } from './database.ts';
import { connectionTo } from './pg-connection.ts';
import { PgDatabase } from './pg-database.ts';

/** How long an append or a claim waits for its reply before its connection is thrown away. */
const JOURNAL_REPLY_MS = 2_000;
/** The same for a heartbeat: a second one must still come in time if the first is lost. */
const LEASE_REPLY_MS = 400;
/** The same for a read that the primary can answer too. */
const REPLICA_REPLY_MS = 1_000;
/** The same for everything else, where a large read may take longer. */
const REPLY_MS = 5_000;
/**
 * A statement that waits for a lock waits at the server even when its connection was thrown away:
 * each try would leave one more, until the server takes no connection from anybody. It ends a little
 * after its caller has given up.
 */
const GENERAL_LOCK_MS = REPLY_MS + 1_000;
/** How long a caller waits for a connection, new or busy. */
const CONNECT_MS = 2_000;
/**
 * Connections of one process unless it says otherwise. Two appends in flight saturate two cores;
 * more connections for journals only keep shows apart.
 */
export const poolSizes = { journals: 4, connections: 8, leases: 1 } as const;
/** Whoever holds the lock that an append or a claim needs is stuck if it takes longer. */
const LOCK_MS = 250;
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

/**
 * Opens PostgreSQL's primary; a standby that answers in its place is not used. Connections are made
 * when they are first needed, and again when lost.
 */
export function openPg(url: string, options: PgOptions = {}): OpenDatabase {
  const database = openGeneral(url, options);
  const others = Array.from({ length: (options.journals ?? poolSizes.journals) - 1 }, () =>
    openJournal(url, options),
  );
  const journals = [openJournal(url, options), ...others] as const;
  const leases = openLeases(url, options);
  const close = async (): Promise<void> => {
    await Promise.all([database, leases, ...journals].map((each) => each.close()));
  };
  return { database, journals, leases, close };
}

/** Opens a standby, for reads that may be behind. */
export function openPgReplica(url: string, options: Pick<PgOptions, 'onIdleError'>): PgDatabase {
  const pool = connectionTo<pg.PoolConfig>(url, {
    connectionTimeoutMillis: REPLICA_REPLY_MS,
    keepAlive: true,
    application_name: 'ingressou:replica',
    max: poolSizes.connections,
    // Ends there too when nobody waits for it any more.
    statement_timeout: REPLICA_REPLY_MS,
  });
  return new PgDatabase({ pool, replyMs: REPLICA_REPLY_MS, onIdleError: options.onIdleError });
}

function openGeneral(url: string, { connections, onIdleError }: PgOptions): PgDatabase {
  const pool = connectionTo<pg.PoolConfig>(url, {
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    application_name: 'ingressou',
    max: connections ?? poolSizes.connections,
    lock_timeout: GENERAL_LOCK_MS,
    idle_in_transaction_session_timeout: IDLE_MS,
  });
  return new PgDatabase({ pool, replyMs: REPLY_MS, needsPrimary: true, onIdleError });
}

/**
 * A statement on this connection is durable when its reply arrives, on the standby too where there
 * is one. It has no `statement_timeout` and is never cancelled: cancelling a commit that waits for
 * its standby reports success, with a warning, for what the standby never saw. A line that has gone
 * dead is found by the deadline of the reply: the driver cannot set `TCP_USER_TIMEOUT`.
 */
function openJournal(url: string, { node, onIdleError }: PgOptions): PgDatabase {
  const pool = connectionTo<pg.PoolConfig>(url, {
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    application_name: node === undefined ? 'ingressou:journal' : `actor:${node}`,
    max: 1,
    idleTimeoutMillis: 0,
    // Said here because the role's own defaults may differ.
    options: '-c synchronous_commit=on -c statement_timeout=0',
    lock_timeout: LOCK_MS,
    idle_in_transaction_session_timeout: JOURNAL_IDLE_MS,
  });
  const replyMs = JOURNAL_REPLY_MS;
  return new PgDatabase({ pool, replyMs, needsPrimary: true, distrustsNotices: true, onIdleError });
}

/**
 * A heartbeat does not wait for the standby (`local`): while that is away nothing can be sold, but
 * nobody is dead, and owners that lost their leases would all have to be replaced. A standby that is
 * promoted may know older leases; that only lets somebody else try earlier.
 */
function openLeases(url: string, { node, onIdleError }: PgOptions): PgDatabase {
  const pool = connectionTo<pg.PoolConfig>(url, {
    connectionTimeoutMillis: LEASE_REPLY_MS,
    keepAlive: true,
    application_name: node === undefined ? 'ingressou:lease' : `lease:${node}`,
    max: poolSizes.leases,
    idleTimeoutMillis: 0,
    options: '-c synchronous_commit=local -c statement_timeout=0',
    lock_timeout: LOCK_MS,
    idle_in_transaction_session_timeout: JOURNAL_IDLE_MS,
  });
  return new PgDatabase({ pool, replyMs: LEASE_REPLY_MS, needsPrimary: true, onIdleError });
}
