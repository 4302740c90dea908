import type { EventId, NodeId } from '@ingressou/protocol';

/**
 * Which processes are alive, by the database's clock. Leases decide when somebody else may try to
 * own a show, never whether: that is the fence of the journal.
 */
export interface Leases {
  /**
   * Prolongs the caller's lease to `leaseMs` from the database's now; the first call begins it.
   * Tells the database's time and everybody else's lease.
   *
   * @throws {LeasesUnavailableError} it is prolonged or not
   */
  renew(lease: Lease, leaseMs: number): Promise<Renewal>;

  /**
   * Ends a lease at once: whatever its process still owned is anybody's.
   *
   * @throws {LeasesUnavailableError}
   */
  end(node: NodeId): Promise<void>;

  /**
   * Where operators want shows to live.
   *
   * @throws {LeasesUnavailableError}
   */
  pins(): Promise<Pin[]>;
}

/** What a process says about itself. */
export interface Lease {
  /** This start of this process: a new one at every start. */
  readonly node: NodeId;
  /** What operators call it; the same after a restart. */
  readonly name: string;
  /** Whether shows may live in it. */
  readonly hasActors: boolean;
  /** It takes no more shows and gives away those it has. */
  readonly isLeaving: boolean;
}

/** Another process. */
export interface Peer extends Lease {
  /** How long its lease lasts, by the database's clock; not above 0 when it is over. */
  readonly leftMs: number;
}

export interface Renewal {
  /** The database's clock when it prolonged the lease, in milliseconds since 1970. */
  readonly now: number;
  /** Everybody else, those included whose lease ended less than a minute ago. */
  readonly others: readonly Peer[];
}

/** An operator wants this show on the node of that name, and alone there if asked. */
export interface Pin {
  readonly event: EventId;
  readonly name: string;
  readonly isAlone: boolean;
}

/** The database did not answer. Asking again is safe. */
export class LeasesUnavailableError extends Error {
  override readonly name = 'LeasesUnavailableError';
  constructor(options: ErrorOptions) {
    super('The leases cannot be reached.', options);
  }
}
