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
 * A show's state as plain data and back. Holds travel as columns, each a single text or a single
 * run of bytes, however many there are: everybody waits while this is done, and a value per hold
 * and column takes ten times as long. What can be derived (sums, buyers, deadlines) is derived
 * again.
 */
export const snapshotSchema = 2;

export interface PlainShow {
  readonly event: EventId;
  readonly rules: Rules | null;
  readonly sale: Sale;
  readonly lots: readonly PlainLot[];
  readonly holds: PlainHolds;
  readonly done: readonly (readonly [string, Done])[];
  readonly ended: readonly (readonly [HoldId, number])[];
  readonly forgottenAt: number;
}

interface PlainHolds {
  readonly count: number;
  /** All ids one behind the other, with a blank between two. */
  readonly ids: string;
  readonly subjects: string;
  /** Few lists of items are different: `itemLists` has each once, `items` says which. */
  readonly itemLists: readonly (readonly Item[])[];
  /** Columns of 32-bit and 64-bit numbers, as the bytes they have in memory. */
  readonly items: Uint8Array;
  readonly wish: Uint8Array;
  readonly reservedUntil: Uint8Array;
  readonly expiresAt: Uint8Array;
  /** A byte per hold: the index in `statuses`, plus `extendedBit`. */
  readonly status: Uint8Array;
}

interface PlainLot {
  readonly id: LotId;
  readonly wish: number;
  readonly sector: string;
  readonly name: string;
  readonly priceCents: number;
  readonly quantity: number;
}

const statuses = ['held', 'released', 'expired', 'paid'] as const satisfies HoldStatus[];
const extendedBit = 0x80;
const separator = ' ';

export function toPlain(state: ShowState): PlainShow {
  return {
    event: state.event,
    rules: state.rules ?? null,
    sale: state.sale,
    lots: [...state.lots.values()].map(({ held: _held, sold: _sold, ...lot }) => lot),
    holds: plainHolds(state.holds),
    done: [...state.done],
    ended: [...state.ended],
    forgottenAt: state.forgottenAt,
  };
}

function plainHolds(holds: ReadonlyMap<HoldId, Hold>): PlainHolds {
  const count = holds.size;
  const ids = new Array<string>(count);
  const subjects = new Array<string>(count);
  const items = new Uint32Array(count);
  const wish = new Float64Array(count);
  const reservedUntil = new Float64Array(count);
  const expiresAt = new Float64Array(count);
  const status = new Uint8Array(count);
  const lists = new ItemLists();
  let index = 0;
  for (const hold of holds.values()) {
    ids[index] = hold.id;
    subjects[index] = hold.subject;
    items[index] = lists.indexOf(hold.items);
    wish[index] = hold.wish;
    reservedUntil[index] = hold.reservedUntil;
    expiresAt[index] = hold.expiresAt;
    status[index] = statuses.indexOf(hold.status) | (hold.isExtended ? extendedBit : 0);
    index += 1;
  }
  return {
    count,
    ids: ids.join(separator),
    subjects: subjects.join(separator),
    itemLists: lists.all,
    items: bytesOf(items),
    wish: bytesOf(wish),
    reservedUntil: bytesOf(reservedUntil),
    expiresAt: bytesOf(expiresAt),
    status,
  };
}

/** Every different list of items once, numbered as they come. */
class ItemLists {
  readonly all: (readonly Item[])[] = [];
  readonly #indexes = new Map<string, number>();
  /** Most holds are of one lot: by lot and quantity, without making a text of them. */
  readonly #singles = new Map<LotId, number[]>();

  indexOf(items: readonly Item[]): number {
    const [first, second] = items;
    if (first === undefined || second !== undefined) return this.#indexOfMany(items);
    const byQuantity = this.#singles.get(first.lot) ?? [];
    const known = byQuantity[first.quantity];
    if (known !== undefined) return known;
    this.#singles.set(first.lot, byQuantity);
    byQuantity[first.quantity] = this.#add(items);
    return this.all.length - 1;
  }

  #indexOfMany(items: readonly Item[]): number {
    const text = items.map(({ lot, quantity }) => `${lot}${separator}${quantity}`).join(separator);
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    this.#indexes.set(text, this.all.length);
    return this.#add(items);
  }

  #add(items: readonly Item[]): number {
    return this.all.push(items) - 1;
  }
}

/** Numbers as they lie in memory: little-endian on everything Node runs on. */
function bytesOf(column: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(column.buffer);
}

/** The caller has checked that `plain` was written by `toPlain` under the same `snapshotSchema`. */
export function fromPlain(plain: PlainShow): ShowState {
  const state = emptyShow(plain.event);
  state.rules = plain.rules ?? undefined;
  state.sale = plain.sale;
  for (const lot of plain.lots) state.lots.set(lot.id, { ...lot, held: 0, sold: 0 });
  addHolds(state, plain.holds);
  for (const [id, done] of plain.done) state.done.set(id, done);
  for (const [id, at] of plain.ended) state.ended.set(id, at);
  state.forgottenAt = plain.forgottenAt;
  return state;
}

function addHolds(state: ShowState, plain: PlainHolds): void {
  const { count, itemLists } = plain;
  if (count === 0) return;
  const ids = plain.ids.split(separator) as HoldId[];
  const subjects = plain.subjects.split(separator) as SubjectId[];
  const items = new Uint32Array(copyOf(plain.items));
  const wish = new Float64Array(copyOf(plain.wish));
  const reservedUntil = new Float64Array(copyOf(plain.reservedUntil));
  const expiresAt = new Float64Array(copyOf(plain.expiresAt));
  for (let index = 0; index < count; index += 1) {
    const status = cell(plain.status, index);
    addHold(state, {
      id: cell(ids, index),
      wish: cell(wish, index),
      subject: cell(subjects, index),
      items: cell(itemLists, cell(items, index)),
      status: cell(statuses, status & ~extendedBit),
      reservedUntil: cell(reservedUntil, index),
      expiresAt: cell(expiresAt, index),
      isExtended: (status & extendedBit) !== 0,
    });
  }
}

/** Where the numbers lie decides whether they may be read in place: a copy always may. */
function copyOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function cell<T>(column: ArrayLike<T>, index: number): T {
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
