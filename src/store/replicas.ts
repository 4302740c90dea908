import type { Clock } from '../ports/clock.ts';
import { booleanIn, numberIn } from './columns.ts';
import type { Columns, Database, Session, Statement, Value } from './database.ts';

/**
 * Replicas take reads off the primary, and nothing is decided from them. One is read only while it
 * is known to hold all that this process has written and all that anybody had written five seconds
 * ago; in doubt the primary is asked.
 *
 * How far a server is, is the end of its log: a number that only grows. The age of a replica's last
 * transaction would say nothing, because a quiet primary makes it grow too. Instead the end of the
 * primary's log is noted with the time, once a second: whoever has replayed a noted end is as new
 * as its note.
 */
export interface ReplicatedDatabaseOptions {
  readonly primary: Database;
  readonly replicas: readonly Replica[];
  readonly clock: Pick<Clock, 'monotonic'>;
  /** A replica is read no more until it has recovered, and why. Told once. */
  readonly onLeft: (replica: string, cause: unknown) => void;
}

export interface Replica {
  /** What operators call it. Not its URL: that may hold a password. */
  readonly name: string;
  readonly database: Session;
}

/** As old as what a replica shows may be. */
const LAG_MS_MAX = 5_000;

/** The primary, with replicas that answer what may lag. */
export class ReplicatedDatabase implements Database {
  readonly #options: ReplicatedDatabaseOptions;
  readonly #candidates: readonly Candidate[];
  /** Ends of the primary's log in the last seconds, oldest first. */
  #notes: Note[] = [];
  /** Transactions of this process that may have written something. */
  #writes = 0;
  /** The log's end that was noted behind so many of them. */
  #covered = { writes: -1, position: 0 };
  #turn = 0;
  #looking: Promise<void> | undefined;

  constructor(options: ReplicatedDatabaseOptions) {
    this.#options = options;
    this.#candidates = options.replicas.map((replica) => ({
      replica,
      position: 0,
      asOf: -Infinity,
    }));
  }

  async query(statement: Statement, values?: readonly Value[]): Promise<Columns[]> {
    const { primary } = this.#options;
    const candidate = statement.mayLag ? this.#choose() : undefined;
    if (candidate === undefined) return await primary.query(statement, values);
    try {
      return await candidate.replica.database.query(statement, values);
    } catch (cause) {
      // Whatever it was, the primary can answer as well.
      this.#leave(candidate, cause);
      return await primary.query(statement, values);
    }
  }

  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    try {
      return await this.#options.primary.transaction(work);
    } finally {
      // One that failed may have been kept all the same.
      this.#writes += 1;
    }
  }

  /** Finds out how far everybody is. To be called once a second; never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** One after the other gets a turn, among those that are good for it now. */
  #choose(): Candidate | undefined {
    if (this.#covered.writes !== this.#writes) return undefined;
    const oldest = this.#options.clock.monotonic() - LAG_MS_MAX;
    const fresh = this.#candidates.filter(({ position, asOf }) => {
      return position >= this.#covered.position && asOf > oldest;
    });
    this.#turn += 1;
    return fresh[this.#turn % fresh.length];
  }

  /** Replicas first: none can be ahead of what the primary says afterwards. */
  async #look(): Promise<void> {
    const positions = await Promise.all(this.#candidates.map((each) => this.#ask(each)));
    const end = await this.#noteEnd();
    if (end === undefined) return;
    for (const [index, candidate] of this.#candidates.entries()) {
      const position = positions[index];
      if (position !== undefined) this.#judge(candidate, position, end);
    }
  }

  /** Undefined, and told, when it is no good. */
  async #ask(candidate: Candidate): Promise<number | undefined> {
    try {
      const [server] = await candidate.replica.database.query(selectReplayed, []);
      if (server && booleanIn(server, 'is_standby')) return numberIn(server, 'position');
      throw new UnfitError('it is not a standby');
    } catch (cause) {
      this.#leave(candidate, cause);
      return undefined;
    }
  }

  /** Undefined when the primary does not answer; nothing can be said about anybody then. */
  async #noteEnd(): Promise<number | undefined> {
    const { primary, clock } = this.#options;
    const [at, writes] = [clock.monotonic(), this.#writes];
    try {
      const [server] = await primary.query(selectEnd, []);
      const position = numberIn(server ?? {}, 'position');
      this.#note({ at, position }, writes);
      return position;
    } catch {
      // Whoever needs the primary hears of it; here it only means that replicas grow old.
      return undefined;
    }
  }

  #note(note: Note, writes: number): void {
    const last = this.#notes.at(-1);
    // A log that became shorter is another server's, promoted: what was noted before is not in it.
    const isOther = last !== undefined && note.position < last.position;
    const recent = this.#notes.filter(({ at }) => at > note.at - 2 * LAG_MS_MAX);
    this.#notes = isOther ? [note] : [...recent, note];
    if (isOther || this.#covered.writes !== writes) {
      this.#covered = { writes, position: note.position };
    }
  }

  #judge(candidate: Candidate, position: number, end: number): void {
    // A primary that was promoted does not know what this one has replayed.
    if (position > end) return this.#leave(candidate, new UnfitError('it has another history'));
    const oldest = this.#options.clock.monotonic() - LAG_MS_MAX;
    const asOf = this.#notes.findLast((each) => each.position <= position)?.at ?? -Infinity;
    if (asOf > oldest) {
      candidate.position = position;
      candidate.asOf = asOf;
      candidate.isTold = false;
      return;
    }
    // In the first seconds nobody can be known to be behind.
    const hasWatched = (this.#notes[0]?.at ?? Infinity) <= oldest;
    if (hasWatched) this.#leave(candidate, new UnfitError('it is behind'));
  }

  #leave(candidate: Candidate, cause: unknown): void {
    candidate.asOf = -Infinity;
    if (candidate.isTold) return;
    candidate.isTold = true;
    this.#options.onLeft(candidate.replica.name, cause);
  }
}

interface Candidate {
  readonly replica: Replica;
  /** How much of the log it has replayed. */
  position: number;
  /** It shows at least what the primary showed then. */
  asOf: number;
  isTold?: boolean;
}

interface Note {
  readonly at: number;
  readonly position: number;
}

/** A replica answers, and must not be read. */
class UnfitError extends Error {
  override readonly name = 'UnfitError';
}

const selectReplayed: Statement = {
  name: 'replica_replayed',
  text: `select pg_is_in_recovery() as is_standby,
    coalesce(pg_last_wal_replay_lsn() - '0/0'::pg_lsn, 0)::bigint as position`,
};

/** Its end in memory: a commit that does not wait for the disk is in it too. */
const selectEnd: Statement = {
  name: 'primary_end',
  text: `select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint as position`,
};
