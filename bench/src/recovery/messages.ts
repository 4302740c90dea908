import type { EventId } from '@ingressou/protocol';

/** Where the snapshot is that a recovery finds. */
export const snapshotPlaces = {
  none: 'no snapshot: every fact is folded',
  head: 'a snapshot at the last fact',
  behind: 'a snapshot some thousand facts behind',
} as const;

export type SnapshotPlace = keyof typeof snapshotPlaces;

export interface HistoryPlan {
  readonly facts: number;
  readonly daysPerMillion: number;
  /** How far behind the head the older snapshot is. */
  readonly behindFacts: number;
}

export type ToRecovery =
  | { readonly type: 'make_history'; readonly plan: HistoryPlan }
  | { readonly type: 'recover'; readonly event: EventId; readonly snapshot: SnapshotPlace };

export type FromRecovery =
  | { readonly type: 'ready' }
  | { readonly type: 'appended'; readonly facts: number }
  | { readonly type: 'history'; readonly history: History }
  | { readonly type: 'recovered'; readonly recovery: Recovery };

/** What is in the journal. */
export interface History {
  readonly event: EventId;
  readonly facts: number;
  readonly rows: number;
  /** Of the facts alone. */
  readonly bytes: number;
  /** How many of each type. */
  readonly mix: Readonly<Record<string, number>>;
  readonly holds: number;
  readonly done: number;
  /** SHA-256 of the plain form of the state that decided it all. */
  readonly digest: string;
}

/** What one process measured of one recovery. */
export interface Recovery {
  readonly isFromSnapshot: boolean;
  /** From the claim to the state. */
  readonly ms: number;
  readonly cpuMs: number;
  /** The longest time in which nothing else ran meanwhile. */
  readonly stallMs: number;
  /** Making its snapshot, in which nothing else runs. */
  readonly encodeMs: number;
  /** Saving that, and the longest time in which nothing else ran. */
  readonly save?: { readonly ms: number; readonly stallMs: number };
  readonly snapshotBytes: number;
  /** Of the process when the state is there. */
  readonly residentBytes: number;
  readonly digest: string;
}
