import type { EventId, NodeId } from '@ingressou/protocol';

/**
 * Where those who follow histories stand. A follower reads a show's facts in their order and says
 * how far it has come; of several processes that would, one does, fenced as appends are.
 */
export interface Followers {
  /**
   * Shows that some of these followers are behind in and that no other living process follows for
   * all of them. At most `max`.
   *
   * @throws {FollowersUnavailableError}
   */
  behind(names: readonly string[], node: NodeId, max: number): Promise<readonly EventId[]>;

  /**
   * Takes a show's followers over from nobody, from the dead, or from the caller itself. Those that
   * another living process has are missing from the answer.
   *
   * @throws {FollowersUnavailableError}
   */
  claim(names: readonly string[], event: EventId, node: NodeId): Promise<readonly Place[]>;

  /**
   * Says that everything up to `position` is done. Returns the new place, or undefined when
   * somebody else has taken over: what was done since may be done again by them.
   *
   * @throws {FollowersUnavailableError}
   */
  advance(place: Place, position: number): Promise<Place | undefined>;

  /**
   * Gives places up, so that anybody may take them at once.
   *
   * @throws {FollowersUnavailableError}
   */
  release(places: readonly Place[]): Promise<void>;
}

/** A follower in one show, as its present owner knows it. */
export interface Place {
  readonly name: string;
  readonly event: EventId;
  readonly owner: NodeId;
  readonly epoch: number;
  /** Everything up to the fact of this number is done. */
  readonly position: number;
  /** Of the show's history that the position is in. */
  readonly generation: number;
}

/** The places cannot be read or written now. Asking again is safe. */
export class FollowersUnavailableError extends Error {
  override readonly name = 'FollowersUnavailableError';
  constructor(options?: ErrorOptions) {
    super('The places of the followers cannot be reached.', options);
  }
}
