import type { EventId } from '@ingressou/protocol';

/** What other nodes make durable. Whoever shows a show to people follows it, wherever it lives. */
export interface Feeds {
  /** From now on the facts of this show are heard of, whichever node commits them. */
  follow(event: EventId): void;
  unfollow(event: EventId): void;
}

/** How far a show has come: a follower that is behind this has missed something. */
export interface Standing {
  readonly event: EventId;
  readonly generation: number;
  readonly position: number;
}
