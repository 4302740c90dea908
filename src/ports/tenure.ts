import type { NodeId } from '@ingressou/protocol';
import type { Peer, Pin } from './leases.ts';

/** This process's right to speak for the shows it owns, as far as it can know it. */
export interface Tenure {
  readonly node: NodeId;
  /** Whether this process takes no more shows and gives away those it has. */
  readonly isLeaving: boolean;
  /** Grows whenever the lease was interrupted: what was claimed before may be somebody else's. */
  readonly term: number;
  /**
   * Whether nobody else can have been allowed to claim what this process has claimed in that term.
   * Asked right before anything leaves: past the end of the lease nothing is answered.
   */
  isHeld(term: number): boolean;
  /** Whether this process may take more shows: its lease runs and the time is not in doubt. */
  mayClaim(): boolean;
  /**
   * Whether that process has let a whole lease pass without a sign of life, by our own clock, when
   * we last looked: nobody should wait for it, whatever the database's clock says.
   */
  isSilent(node: NodeId): boolean;
  /**
   * The same as a proof against everything it has claimed until now: looks again, because one that
   * was silent when we last looked may have come back and claimed since. Never rejects.
   */
  isDead(node: NodeId): Promise<boolean>;
  /** The other processes whose lease runs, as of the last heartbeat. */
  peers(): readonly Peer[];
  /** Where operators want shows to live, as of some heartbeats ago. */
  pins(): readonly Pin[];
}
