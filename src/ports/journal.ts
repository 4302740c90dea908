import type { EventId, NodeId } from '@ingressou/protocol';

/**
 * The facts of each show, numbered 1, 2, 3… in the order they happened: one row per turn. Whoever
 * holds the newest claim on a show is its only writer.
 */
export interface Journal {
  /**
   * Makes `owner` the only writer of a show and says where its history ends. Whatever an earlier
   * owner sends from now on is refused. Undefined when there is no such show. `insteadOf` is an
   * epoch whose owner is known to be dead though its lease seems to run: that one may be followed.
   *
   * @throws {OwnedError} a process with a running lease owns it
   * @throws {SealedError} an operator must look at this show first
   * @throws {JournalUnavailableError} or the lease of `owner` itself is over
   */
  claim(event: EventId, owner: NodeId, insteadOf?: number): Promise<Head | undefined>;

  /**
   * Gives a show up, if it is still the caller's in this epoch: from now on anybody may claim it.
   *
   * @throws {JournalUnavailableError} it is given up or not
   */
  release(event: EventId, epoch: number, owner: NodeId): Promise<void>;

  /**
   * Who owns a show and for how long its lease still runs. Undefined when there is no such show.
   *
   * @throws {JournalUnavailableError}
   */
  locate(event: EventId): Promise<Location | undefined>;

  /**
   * Where a show's history ends now, for reading without claiming. Undefined when there is none.
   *
   * @throws {JournalUnavailableError}
   */
  head(event: EventId): Promise<Head | undefined>;

  /**
   * Appends a row right behind `row.position`, all or nothing. Resolves once it is durable:
   * whatever the caller does next may rely on it surviving a crash. The same row sent twice is
   * there once.
   *
   * @throws {FencedError} somebody else claimed the show or wrote behind that position
   * @throws {OutcomeUnknownError} the reply is lost: it may be durable or not. Ask `outcome`.
   */
  append(row: Row): Promise<void>;

  /**
   * What became of an append whose reply was lost. `absent`: it has not happened and the caller is
   * still the writer. It may still arrive late, so the only thing to do is to send the same row
   * again: an append that finds itself there already has succeeded.
   *
   * @throws {JournalUnavailableError} still not known; ask again
   */
  outcome(row: Row): Promise<'committed' | 'absent' | 'fenced'>;

  /**
   * Yields the rows behind `after` up to and with `upTo`, in order. `upTo` ends a row.
   *
   * @throws {JournalUnavailableError}
   */
  read(event: EventId, after: number, upTo: number): AsyncIterable<Row>;

  /**
   * Refuses every claim and append until an operator has unsealed the show.
   *
   * @throws {JournalUnavailableError}
   */
  seal(event: EventId): Promise<void>;

  /**
   * Shows that must be awake, their deadline is at or before `now`, and that are `node`'s own or
   * nobody's with a running lease. Soonest first, at most `max`.
   *
   * @throws {JournalUnavailableError}
   */
  due(node: NodeId, now: number, max: number): Promise<Due[]>;

  /**
   * The heads of all shows behind `after` in the order of their ids, at most `max`.
   *
   * @throws {JournalUnavailableError}
   */
  list(after: EventId | undefined, max: number): Promise<Head[]>;
}

/** A show that must be awake. */
export interface Due {
  readonly event: EventId;
  /** Undefined when nobody owns it. Its lease is over unless it is the node that asked. */
  readonly owner: NodeId | undefined;
}

/** Where a show lives. */
export interface Location {
  /** Undefined when it was given up or never owned. */
  readonly owner: NodeId | undefined;
  readonly epoch: number;
  /** How long the owner's lease still runs, by the database's clock; 0 when it is over. */
  readonly leftMs: number;
}

/** Where a show's history ends and who may go on with it. */
export interface Head {
  readonly event: EventId;
  readonly epoch: number;
  /** Undefined for a show that was never owned, or was given up. */
  readonly owner: NodeId | undefined;
  /** Number of the last fact; 0 before the first. */
  readonly position: number;
  /** Hash of the last row; empty before the first. */
  readonly hash: Uint8Array;
  /** Grows when a restore may have lost facts. */
  readonly generation: number;
  readonly isSealed: boolean;
}

/** One turn of one show. */
export interface Row {
  readonly event: EventId;
  readonly epoch: number;
  readonly owner: NodeId;
  /** Number of the last fact before this row. */
  readonly position: number;
  /** Number of this row's last fact. */
  readonly last: number;
  /** When the turn was taken, in milliseconds since 1970; never less than the row before. */
  readonly at: number;
  /** Msgpack of the array of facts. */
  readonly facts: Uint8Array;
  /** SHA-256 over the hash of the row before and everything above. */
  readonly hash: Uint8Array;
  /** The show's next deadline, or null: when it must be awake. Not part of the history. */
  readonly wakeAt: number | null;
}

/** Another owner writes this show now. The caller must stop, and must not try again. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
  constructor(event: EventId, epoch: number) {
    super(`Show ${event} was claimed by another owner; epoch ${epoch} is over.`);
  }
}

/** A process whose lease runs owns this show. */
export class OwnedError extends Error {
  override readonly name = 'OwnedError';
  readonly owner: NodeId;
  readonly epoch: number;
  constructor(event: EventId, owner: NodeId, epoch: number) {
    super(`Show ${event} is owned by ${owner}, epoch ${epoch}.`);
    this.owner = owner;
    this.epoch = epoch;
  }
}

/** Nobody may write this show before an operator has looked at it. */
export class SealedError extends Error {
  override readonly name = 'SealedError';
  constructor(event: EventId) {
    super(`Show ${event} is sealed: its history did not add up.`);
  }
}

/** The connection broke after the row was sent. */
export class OutcomeUnknownError extends Error {
  override readonly name = 'OutcomeUnknownError';
  constructor(event: EventId, options: ErrorOptions) {
    super(`Whether the last row of show ${event} is durable is not known.`, options);
  }
}

/** The journal did not answer. Asking again is safe. */
export class JournalUnavailableError extends Error {
  override readonly name = 'JournalUnavailableError';
  constructor(options: ErrorOptions) {
    super('The journal does not answer.', options);
  }
}
