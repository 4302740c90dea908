import type { EventId, LotId, OrderId, Sale } from '@ingressou/protocol';
import { limits } from '@ingressou/protocol';
import { assert } from './assert.ts';
import { DoneTable } from './done-table.ts';
import { DueQueue } from './due-queue.ts';
import { emptyGates, type Gates } from './gates.ts';
import { HoldTable } from './hold-table.ts';
import { HolderTable } from './holder-table.ts';
import { type Order, OrderTable } from './order-table.ts';
import { nowhere } from './row-index.ts';
import { TicketTable } from './ticket-table.ts';

/** One show in memory. Only `evolve` writes it. */
export interface ShowState {
  readonly event: EventId;
  /** Undefined until `show_created`. */
  rules: Rules | undefined;
  sale: Sale;
  readonly lots: Map<LotId, Lot>;
  /** The same by their numbers: lot 1 is the first. */
  readonly lotIds: LotId[];
  /** Live and paid holds, and those that ended less than `memoryMs` ago. */
  readonly holds: HoldTable;
  readonly orders: OrderTable;
  readonly tickets: TicketTable;
  /** Which phone shows which ticket, where codes rotate. */
  readonly holders: HolderTable;
  readonly gates: Gates;
  /** Money on its way back, by the id of the refund. */
  readonly refunds: Map<string, Refund>;
  /**
   * Charges whose money, or some of it, bought nothing, and all that came by them; for ever, so that
   * it goes back once.
   */
  readonly strays: Map<string, number>;
  /** Since when the show is cancelled, and the row of the next order that must be undone for it. */
  undoing: { readonly since: number; next: number } | undefined;
  /** Grows when a restore may have lost facts; 0 before the first owner. */
  generation: number;
  /** What commands other than `reserve` and `open_lot` did less than `memoryMs` ago. */
  readonly done: DoneTable;
  /** When it was last looked for what may be forgotten. */
  forgottenAt: number;
  /** Derived from the live holds: the row of the one that expires next. */
  readonly expiries: DueQueue;
}

export interface Rules {
  readonly wish: number;
  readonly holdMs: number;
  readonly extendMs: number;
  readonly limit: number;
  readonly payMs: number;
  readonly feeBasisPoints: number;
  readonly startsAt: number | undefined;
  readonly zoneMinutes: number;
  /** Tickets are shown as codes that change, by the phone that has them. */
  readonly isRotating: boolean;
}

/** Money on its way back. */
export interface Refund {
  readonly order: OrderId;
  readonly charge: string;
  readonly amountCents: number;
  /** The order was there when it fell due, and counts it. */
  readonly isCounted: boolean;
}

export interface Lot {
  readonly id: LotId;
  /** 1 for the first lot of the show. */
  readonly number: number;
  readonly wish: number;
  readonly sector: string;
  readonly name: string;
  readonly priceCents: number;
  readonly quantity: number;
  readonly isHalf: boolean;
  readonly isNominal?: boolean;
  /** Where codes rotate: its tickets may be shown on paper, too. */
  readonly isPrintable?: boolean;
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
  return showOf(event, {
    holds: new HoldTable(),
    orders: new OrderTable(),
    tickets: new TicketTable(),
    holders: new HolderTable(),
    gates: emptyGates(),
    done: new DoneTable(),
  });
}

/** A show of which nothing is known but these. */
export function showOf(
  event: EventId,
  tables: Pick<ShowState, 'holds' | 'orders' | 'tickets' | 'holders' | 'gates' | 'done'>,
): ShowState {
  return {
    event,
    rules: undefined,
    sale: { status: 'closed' },
    lots: new Map(),
    lotIds: [],
    ...tables,
    refunds: new Map(),
    strays: new Map(),
    undoing: undefined,
    generation: 0,
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

export function rulesOf({ rules }: ShowState): Rules {
  assert(rules !== undefined, 'a show with holds has rules');
  return rules;
}

export function orderOf(state: ShowState, id: OrderId): Order {
  const order = state.orders.get(id);
  assert(order !== undefined, 'an order is made before it changes');
  return order;
}

/** The same by its row, without a look at what it has. */
export function orderRowOf(state: ShowState, id: OrderId): number {
  const row = state.orders.rowOf(id);
  assert(row !== nowhere, 'an order is made before it changes');
  return row;
}

/** What is known to have come by a charge: all of it bought tickets, or goes back. */
export function knownOf({ orders, strays }: ShowState, charge: string): number {
  const paid = orders.paidBy(charge);
  return strays.get(charge) ?? (paid === undefined ? 0 : paid.ticketsCents + paid.feeCents);
}

/** The lot of this number. */
export function lotNumbered(state: ShowState, number: number): Lot {
  const id = state.lotIds[number - 1];
  assert(id !== undefined, 'a ticket is of a lot');
  return lotOf(state, id);
}

/** The row of the next order at or behind `from` that a cancelled show owes something. */
export function nextToUndo({ orders }: ShowState, from: number): number {
  for (let row = from; row < orders.rows; row += 1) {
    if (!orders.isAt(row)) continue;
    const status = orders.statusAt(row);
    if (status === 'pending' || status === 'paid') return row;
  }
  return nowhere;
}
