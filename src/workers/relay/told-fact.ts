import type { EventId } from '@ingressou/protocol';
import type { Fact } from '../../domain/facts.ts';
import type { Job, JobBody, JobKind } from '../../ports/jobs.ts';

/** A fact and where it stands in the history of its show. */
export interface ToldFact {
  readonly event: EventId;
  readonly generation: number;
  readonly position: number;
  /** When it happened, in milliseconds since 1970. */
  readonly at: number;
  readonly fact: Fact;
}

/** What facts ask for. Pure: the same fact always asks for the same jobs under the same ids. */
export interface JobTable {
  /** Whether a fact of this type may ask for anything: most are holds that come and go. */
  readonly types: ReadonlySet<Fact['type']>;
  readonly jobsOf: (told: ToldFact) => readonly Job[];
}

/** A job of a fact; `what` tells it from others of its kind in this show. */
export function jobOf(
  { event, generation }: ToldFact,
  kind: JobKind,
  what: string,
  body: JobBody,
): Job {
  return { id: `${kind}:${event}:${generation}:${what}`, kind, event, body };
}
