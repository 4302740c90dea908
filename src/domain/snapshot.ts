import type {
  EventId,
  HoldId,
  HoldStatus,
  Item,
  LotId,
  Sale,
  SubjectId,
} from '@ingressou/protocol';
import { assert } from './assert.ts';
import { type Done, emptyShow, type Hold, type Rules, type ShowState, unitsOf } from './state.ts';

/**
 * A show's state as plain data and back. Holds travel as columns, which encode several times
 * faster than a map each; what can be derived (sums, buyers, deadlines) is derived again.
 */
export const snapshotSchema = 1;

export interface PlainShow {
  readonly event: EventId;
  readonly rules: Rules | null;
  readonly sale: Sale;
  readonly lots: readonly PlainLot[];
  readonly holds: {
    readonly id: readonly HoldId[];
    readonly wish: readonly number[];
    readonly subject: readonly SubjectId[];
    readonly items: readonly (readonly Item[])[];
    readonly status: readonly HoldStatus[];
    readonly reservedUntil: readonly number[];
    readonly expiresAt: readonly number[];
    readonly isExtended: readonly boolean[];
  };
  readonly done: readonly (readonly [string, Done])[];
  readonly ended: readonly (readonly [HoldId, number])[];
  readonly forgottenAt: number;
}

interface PlainLot {
  readonly id: LotId;
  readonly wish: number;
  readonly sector: string;
  readonly name: string;
  readonly priceCents: number;
  readonly quantity: number;
}

export function toPlain(state: ShowState): PlainShow {
  const holds = [...state.holds.values()];
  return {
    event: state.event,
    rules: state.rules ?? null,
    sale: state.sale,
    lots: [...state.lots.values()].map(({ held: _held, sold: _sold, ...lot }) => lot),
    holds: {
      id: holds.map((hold) => hold.id),
      wish: holds.map((hold) => hold.wish),
      subject: holds.map((hold) => hold.subject),
      items: holds.map((hold) => hold.items),
      status: holds.map((hold) => hold.status),
      reservedUntil: holds.map((hold) => hold.reservedUntil),
      expiresAt: holds.map((hold) => hold.expiresAt),
      isExtended: holds.map((hold) => hold.isExtended),
    },
    done: [...state.done],
    ended: [...state.ended],
    forgottenAt: state.forgottenAt,
  };
}

/** The caller has checked that `plain` was written by `toPlain` under the same `snapshotSchema`. */
export function fromPlain(plain: PlainShow): ShowState {
  const state = emptyShow(plain.event);
  state.rules = plain.rules ?? undefined;
  state.sale = plain.sale;
  for (const lot of plain.lots) state.lots.set(lot.id, { ...lot, held: 0, sold: 0 });
  for (const [index, id] of plain.holds.id.entries()) addHold(state, holdAt(plain, index, id));
  for (const [id, done] of plain.done) state.done.set(id, done);
  for (const [id, at] of plain.ended) state.ended.set(id, at);
  state.forgottenAt = plain.forgottenAt;
  return state;
}

function holdAt({ holds }: PlainShow, index: number, id: HoldId): Hold {
  return {
    id,
    wish: cell(holds.wish, index),
    subject: cell(holds.subject, index),
    items: cell(holds.items, index),
    status: cell(holds.status, index),
    reservedUntil: cell(holds.reservedUntil, index),
    expiresAt: cell(holds.expiresAt, index),
    isExtended: cell(holds.isExtended, index),
  };
}

function cell<T>(column: readonly T[], index: number): T {
  const value = column[index];
  assert(value !== undefined, 'the columns of a snapshot are of one length');
  return value;
}

function addHold(state: ShowState, hold: Hold): void {
  state.holds.set(hold.id, hold);
  if (hold.status !== 'held' && hold.status !== 'paid') return;
  const buyer = state.buyers.get(hold.subject) ?? { taken: 0, holds: [] };
  buyer.taken += unitsOf(hold.items);
  buyer.holds.push(hold);
  state.buyers.set(hold.subject, buyer);
  for (const { lot: id, quantity } of hold.items) {
    const lot = state.lots.get(id);
    assert(lot !== undefined, 'a hold of a snapshot names a lot of it');
    if (hold.status === 'held') lot.held += quantity;
    else lot.sold += quantity;
  }
  if (hold.status === 'held') state.expiries.push(hold.expiresAt, hold.id);
}
