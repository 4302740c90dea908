import type { EventId, HoldId, LotId, Sale } from '@ingressou/protocol';
import { limits } from '@ingressou/protocol';
import { assert } from './assert.ts';
import { DoneTable } from './done-table.ts';
import { DueQueue } from './due-queue.ts';
import { type Hold, HoldTable } from './hold-table.ts';

/** One show in memory. Only `evolve` writes it. */
export interface ShowState {
  readonly event: EventId;
  /** Undefined until `show_created`. */
  rules: Rules | undefined;
  sale: Sale;
  readonly lots: Map<LotId, Lot>;
  /** Live and paid holds, and those that ended less than `memoryMs` ago. */
  readonly holds: HoldTable;
  /** What commands other than `reserve` and `open_lot` did less than `memoryMs` ago. */
  readonly done: DoneTable;
  /** When it was last looked for what may be forgotten. */
  forgottenAt: number;
  /** Derived from the live holds: the row of the one that expires next. */
  readonly expiries: DueQueue<number>;
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

/**
 * How long an id is remembered after its thing has ended. An id is refused when its time is more
 * than `idAgeMs` behind or `idAheadMs` ahead, so whatever is forgotten after the sum of both is
 * too old to run again.
 */
export const memoryMs = limits.idAgeMs + limits.idAheadMs;

export function emptyShow(event: EventId): ShowState {
  return showOf(event, new HoldTable(), new DoneTable());
}

/** A show of which nothing is known but these. */
export function showOf(event: EventId, holds: HoldTable, done: DoneTable): ShowState {
  return {
    event,
    rules: undefined,
    sale: { status: 'closed' },
    lots: new Map(),
    holds,
    done,
    forgottenAt: 0,
    expiries: new DueQueue(),
  };
}

export function available(lot: Lot): number {
  return lot.quantity - lot.held - lot.sold;
}

export function lotOf(state: ShowState, id: LotId): Lot {
  const lot = state.lots.get(id);
  assert(lot !== undefined, 'a lot is opened before it is sold');
  return lot;
}

export function holdOf(state: ShowState, id: HoldId): Hold {
  const hold = state.holds.get(id);
  assert(hold !== undefined, 'a hold is made before it ends');
  return hold;
}
