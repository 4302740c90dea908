import type { EventId } from '@ingressou/protocol';

/** Saved states of shows: they only save time. Losing all of them loses nothing. */
export interface Snapshots {
  /** Keeps this one and forgets older ones of the show. Failures are for the caller to count. */
  save(snapshot: Snapshot): Promise<void>;

  /** The newest one whose bytes are as they were saved; undefined when there is none. */
  load(event: EventId): Promise<Snapshot | undefined>;
}

export interface Snapshot {
  readonly event: EventId;
  readonly generation: number;
  /** The state after the fact of this number, and the hash of the row that ends there. */
  readonly position: number;
  readonly hash: Uint8Array;
  /** `at` of that row. */
  readonly at: number;
  /** Which version of the state's plain form `body` holds. */
  readonly schema: number;
  /** Msgpack of the state's plain form. */
  readonly body: Uint8Array;
}
