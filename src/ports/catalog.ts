import type { EventId } from '@ingressou/protocol';

/** What a show looks like: texts that decide nothing. */
export interface Show {
  readonly id: EventId;
  /** Its name in addresses: lower-case letters, digits and hyphens. */
  readonly slug: string;
  readonly title: string;
  readonly venue: string;
  readonly city: string;
  /** Two letters of a Brazilian state. */
  readonly uf: string;
  /** When the doors open, in milliseconds since 1970. */
  readonly startsAt: number;
}

export interface Catalog {
  /**
   * Adds a show and, in the same transaction, the empty history that its actor will own. False
   * when the id or the slug is taken; nothing is changed then.
   */
  add(show: Show): Promise<boolean>;
  bySlug(slug: string): Promise<Show | undefined>;
  /** The next shows from `from` on, soonest first, at most `max`. */
  upcoming(from: number, max: number): Promise<Show[]>;
}
