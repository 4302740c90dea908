import type {
  EventId,
  HoldId,
  HoldStatus,
  Item,
  LotId,
  Sale,
  SubjectId,
} from '@ingressou/protocol';
import { limits } from '@ingressou/protocol';
import { assert } from './assert.ts';
import { DueQueue } from './due-queue.ts';

/** One show in memory. Only `evolve` writes it. */
export interface ShowState {
  readonly event: EventId;
  /** Undefined until `show_created`. */
  rules: Rules | undefined;
  sale: Sale;
  readonly lots: Map<LotId, Lot>;
  /** Live and paid holds, and those that ended less than `memoryMs` ago. */
  readonly holds: Map<HoldId, Hold>;
  readonly buyers: Map<SubjectId, Buyer>;
  /** What commands other than `reserve` and `open_lot` have done, oldest first. */
  readonly done: Map<string, Done>;
  /** Ended holds and when they ended, oldest first: what may be forgotten next. */
  readonly ended: Map<HoldId, number>;
  /** When it was last looked for what may be forgotten. */
  forgottenAt: number;
  /** Derived from the live holds: which expires next. */
  readonly expiries: DueQueue<HoldId>;
}

export interface Rules {
  readonly wish: number;
  readonly holdMs: number;
  readonly extendMs: number;
  readonly limit: number;
}

export interface Lot {
  readonly id: LotId;
  readonly wish: number;
  readonly sector: string;
  readonly name: string;
  readonly priceCents: number;
  readonly quantity: number;
  held: number;
  sold: number;
}

export interface Hold {
  readonly id: HoldId;
  readonly wish: number;
  readonly subject: SubjectId;
  readonly items: readonly Item[];
  status: HoldStatus;
  /** As `reserve` was answered; a retry gets the same answer. */
  readonly reservedUntil: number;
  expiresAt: number;
  isExtended: boolean;
}

/** What one buyer has of this show: units in live and paid holds, and those holds. */
export interface Buyer {
  taken: number;
  readonly holds: Hold[];
}

export interface Done {
  readonly wish: number;
  readonly at: number;
  /** What `extend` answered. */
  readonly expiresAt?: number;
}

/**
 * How long an id is remembered after its thing has ended. An id is refused when its time is more
 * than `idAgeMs` behind or `idAheadMs` ahead, so whatever is forgotten after the sum of both is
 * too old to run again.
 */
export const memoryMs = limits.idAgeMs + limits.idAheadMs;

export function emptyShow(event: EventId): ShowState {
  return {
    event,
    rules: undefined,
    sale: { status: 'closed' },
    lots: new Map(),
    holds: new Map(),
    buyers: new Map(),
    done: new Map(),
    ended: new Map(),
    forgottenAt: 0,
    expiries: new DueQueue(),
  };
}

export function available(lot: Lot): number {
  return lot.quantity - lot.held - lot.sold;
}

/** Units of all items together. */
export function unitsOf(items: readonly Item[]): number {
  let units = 0;
  for (const item of items) units += item.quantity;
  return units;
}

export function lotOf(state: ShowState, id: LotId): Lot {
  const lot = state.lots.get(id);
  assert(lot !== undefined, `lot ${id} exists`);
  return lot;
}

export function holdOf(state: ShowState, id: HoldId): Hold {
  const hold = state.holds.get(id);
  assert(hold !== undefined, `hold ${id} exists`);
  return hold;
}
