import type { EventId } from './ids.ts';

/** What a show looks like, as `/v1/shows` tells it: texts that decide nothing. */
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
