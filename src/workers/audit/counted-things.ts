import { type HoldStatus, type Item, limits, type SubjectId } from '@ingressou/protocol';

/** What whoever counts a history writes down of lots, holds and buyers. */

export interface CountedLot {
  readonly quantity: number;
  readonly priceCents: number;
  held: number;
  sold: number;
  /** Holds of this lot alone, by quantity: most lists of items are one of few, and kept once. */
  readonly singles: Map<number, readonly Item[]>;
}

export interface CountedHold {
  readonly subject: SubjectId;
  /** What is left of it. */
  items: readonly Item[];
  buyer: Buyer;
  status: HoldStatus;
  expiresAt: number;
  isExtended: boolean;
  /** When its id may be forgotten: a while after it was given back, never while it counts. */
  knownUntil: number;
}

/** What somebody holds and owns together. */
export interface Buyer {
  taken: number;
}

/** For so long an id is known; whoever uses it later is refused for its age. */
export const memoryMs = limits.idAgeMs + limits.idAheadMs;
export const never = Number.POSITIVE_INFINITY;
