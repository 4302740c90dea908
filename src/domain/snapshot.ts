import type { EventId, Sale } from '@ingressou/protocol';
import { assert } from './assert.ts';
import { DoneTable, type PlainDone } from './done-table.ts';
import { HoldTable, type PlainHolds } from './hold-table.ts';
import { HolderTable, type PlainHolders } from './holder-table.ts';
import { OrderTable, type PlainOrders } from './order-table.ts';
import { columnsIn, shorten } from './plain-column.ts';
import { gatesOf, type PlainGates, plainGates } from './plain-gates.ts';
import { type Lot, type Refund, type Rules, type ShowState, showOf } from './state.ts';
import { type PlainTickets, TicketTable } from './ticket-table.ts';

/**
 * A show's state as plain data and back. Everybody waits while this is done, so what there is much
 * of travels as columns, in a few bytes per number: a value per hold and property took fifty times as
 * long. What can be derived (sums, buyers' lists, deadlines) is derived again.
 *
 * A new kind of fact raises the number too: an older program that began behind such a fact would not
 * meet it, and not know that it should not serve the show.
 */
export const snapshotSchema = 11;

export interface PlainShow {
  readonly event: EventId;
  readonly rules: PlainRules | null;
  readonly sale: Sale;
  readonly lots: readonly PlainLot[];
  readonly holds: PlainHolds;
  readonly orders: PlainOrders;
  readonly tickets: PlainTickets;
  readonly holders: PlainHolders;
  readonly gates: PlainGates;
  readonly refunds: readonly (readonly [string, Refund])[];
  readonly strays: readonly (readonly [string, number])[];
  readonly undoing: { readonly since: number; readonly next: number } | null;
  readonly generation: number;
  readonly done: PlainDone;
  readonly forgottenAt: number;
}

/** In the order of their numbers. */
type PlainLot = Omit<Lot, 'held' | 'sold' | 'number'>;

/** As it is now. */
export function toPlain(state: ShowState): PlainShow {
  return {
    event: state.event,
    rules: plainRules(state.rules),
    sale: state.sale,
    lots: [...state.lots.values()].map(
      ({ held: _held, sold: _sold, number: _number, ...lot }) => lot,
    ),
    holds: state.holds.plain(),
    orders: state.orders.plain(),
    tickets: state.tickets.plain(),
    holders: state.holders.plain(),
    gates: plainGates(state.gates),
    refunds: [...state.refunds],
    strays: [...state.strays],
    undoing: state.undoing === undefined ? null : { ...state.undoing },
    generation: state.generation,
    done: state.done.plain(),
    forgottenAt: state.forgottenAt,
  };
}

/**
 * Makes what is plain as short as it is saved, a column at a time: others may go first between them,
 * because it is a copy.
 */
export function* shortening(plain: PlainShow): Generator<void> {
  for (const column of columnsIn(plain)) {
    shorten(column);
    yield;
  }
}

/** All of that at once. */
export function shortened(state: ShowState): PlainShow {
  const plain = toPlain(state);
  for (const _ of shortening(plain));
  return plain;
}

/** The caller has checked that `plain` was written by `toPlain` under the same `snapshotSchema`. */
export function fromPlain(plain: PlainShow): ShowState {
  const state = showOf(plain.event, {
    holds: new HoldTable(plain.holds),
    orders: new OrderTable(plain.orders),
    tickets: new TicketTable(plain.tickets),
    holders: new HolderTable(plain.holders),
    gates: gatesOf(plain.gates),
    done: new DoneTable(plain.done),
  });
  state.rules = plain.rules === null ? undefined : { startsAt: undefined, ...plain.rules };
  state.sale = plain.sale;
  for (const lot of plain.lots) {
    state.lotIds.push(lot.id);
    state.lots.set(lot.id, { ...lot, number: state.lotIds.length, held: 0, sold: 0 });
  }
  for (const [id, refund] of plain.refunds) state.refunds.set(id, refund);
  for (const [charge, cents] of plain.strays) state.strays.set(charge, cents);
  state.undoing = plain.undoing === null ? undefined : { ...plain.undoing };
  state.generation = plain.generation;
  state.forgottenAt = plain.forgottenAt;
  countHolds(state);
  giveTickets(state);
  return state;
}

/** Msgpack knows no undefined. */
type PlainRules = Omit<Rules, 'startsAt'> & { readonly startsAt?: number };

function plainRules(rules: Rules | undefined): PlainRules | null {
  if (rules === undefined) return null;
  const { startsAt, ...others } = rules;
  return startsAt === undefined ? others : { ...others, startsAt };
}

/** The sums of the lots and the deadlines. Holds are many, and the lists of what is in them few. */
function countHolds({ holds, lots, expiries }: ShowState): void {
  const held: number[] = [];
  const sold: number[] = [];
  for (let row = 0; row < holds.rows; row += 1) {
    if (!holds.isAt(row)) continue;
    const status = holds.statusAt(row);
    if (status === 'held') expiries.push(holds.expiresAtOf(row), row);
    const counts = status === 'held' ? held : sold;
    const list = holds.listAt(row);
    if (status === 'held' || status === 'paid') counts[list] = (counts[list] ?? 0) + 1;
  }
  for (const [list, items] of holds.lists()) {
    for (const { lot: id, quantity } of items) {
      const lot = lots.get(id);
      assert(lot !== undefined, 'a hold of a snapshot names a lot of it');
      lot.held += quantity * (held[list] ?? 0);
      lot.sold += quantity * (sold[list] ?? 0);
    }
  }
}

/** To the orders they were issued for. */
function giveTickets({ orders, tickets }: ShowState): void {
  for (let row = 0; row < orders.rows; row += 1) {
    if (!orders.isAt(row)) continue;
    const { from, count } = orders.ticketsAt(row);
    if (count > 0) tickets.belong(row, from, count);
  }
}
