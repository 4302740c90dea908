import type { EventId } from '@ingressou/protocol';
import type { Fact } from '../../domain/facts.ts';
import type { Place } from '../../ports/followers.ts';

/** A fact with its number and when it happened. */
export interface FollowedFact {
  readonly position: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly fact: Fact;
}

/** Facts `from`+1 … `to` of one show, in their order. */
export interface FollowedFacts {
  readonly event: EventId;
  readonly generation: number;
  readonly from: number;
  readonly to: number;
  readonly facts: readonly FollowedFact[];
}

/** What one follower does with the facts of any show. */
export interface Work {
  /** Of its places; it is kept for ever. */
  readonly name: string;

  /**
   * Does what these facts ask for. Pages come in their order and without a gap, one at a time for
   * each show, and after a crash the last ones come again. What it throws is told, and brings the
   * page back later; meanwhile other followers of the show go on.
   */
  take(page: FollowedFacts, place: Place): Promise<Taken>;
}

/**
 * `nothing`: there was nothing to do, so nobody minds if the page comes again after a crash;
 * `done`: something was, and the place should move now; or the place that the work has moved
 * itself, undefined when somebody else has taken it over.
 */
export type Taken = 'nothing' | 'done' | { readonly place: Place | undefined };
