import type { EventId, Show } from '@ingressou/protocol';

/** The shows there are, for lists and pages. */
export interface Catalog {
  /**
   * Adds a show and, in the same transaction, the empty history that its actor will own. False
   * when the id or the slug is taken; nothing is changed then.
   */
  add(show: Show): Promise<boolean>;
  bySlug(slug: string): Promise<Show | undefined>;
  byId(id: EventId): Promise<Show | undefined>;
  /** The next shows from `from` on, soonest first, at most `max`. */
  upcoming(from: number, max: number): Promise<Show[]>;
}
