import type { OrderId, OrderStatus, PaymentMethod, PaymentRefusal } from '@ingressou/protocol';
import { Ages, type PlainAges } from './ages.ts';
import { assert } from './assert.ts';
import { ChargeIndex } from './charge-index.ts';
import { grown, rowsFor, rowsMin } from './columns.ts';
import { NumberColumns } from './number-columns.ts';
import type { PlainColumn } from './plain-column.ts';
import { nowhere } from './row-index.ts';
import { ShortTexts } from './short-texts.ts';
import { type PlainUuids, UuidTable } from './uuid-table.ts';

/** One order as it is at this moment. */
export interface Order {
  readonly id: OrderId;
  readonly row: number;
  readonly wish: number;
  /** The row of its hold, which is remembered for longer. */
  readonly hold: number;
  readonly status: OrderStatus;
  readonly method: PaymentMethod;
  readonly ticketsCents: number;
  readonly feeCents: number;
  readonly payBy: number;
  /** As `checkout` was answered; a retry gets the same answer. */
  readonly expiresAt: number;
  /** The provider has it. */
  readonly isPayable: boolean;
  readonly refusal: PaymentRefusal | undefined;
  /** When it got its status; for one that is paid, when that was. */
  readonly changedAt: number;
  /** The charge that paid it; empty before. */
  readonly charge: string;
  /** Its tickets: `count` serials from `from` on; none before it is paid. */
  readonly from: number;
  readonly count: number;
  readonly hasCodes: boolean;
  readonly refundDueCents: number;
  readonly refundedCents: number;
}

export type NewOrder = Pick<
  Order,
  'id' | 'wish' | 'hold' | 'method' | 'ticketsCents' | 'feeCents' | 'payBy' | 'expiresAt'
>;

/** Columns by row. */
export interface PlainOrders {
  readonly ids: PlainUuids;
  readonly ages: PlainAges;
  readonly charges: Uint8Array;
  /** In the order of their places. */
  readonly columns: readonly PlainColumn[];
}

/** Which column is what. */
const place = {
  wish: 0,
  hold: 1,
  status: 2,
  changedAt: 3,
  ticketsCents: 4,
  feeCents: 5,
  payBy: 6,
  expiresAt: 7,
  method: 8,
  refusal: 9,
  first: 10,
  count: 11,
  flags: 12,
  refundDueCents: 13,
  refundedCents: 14,
} as const;
const places = Object.keys(place).length;

/**
 * The orders of a show in columns, as the holds are. Those that came to nothing are forgotten when
 * their ids are too old to come again; those that were paid are remembered for ever, because money
 * may come for them at any time.
 */
export class OrderTable {
  readonly #ids: UuidTable<OrderId>;
  readonly #ages: Ages;
  readonly #charges: ShortTexts;
  readonly #columns: NumberColumns;
  readonly #byCharge: ChargeIndex;
  /** By the row of the hold: the order of it that is pending or was paid. */
  #byHold = new Int32Array(rowsMin).fill(nowhere);

  constructor(saved?: PlainOrders) {
    this.#ids = new UuidTable(saved?.ids);
    this.#ages = new Ages(saved?.ages);
    this.#charges = new ShortTexts(saved?.charges);
    this.#columns = new NumberColumns(places, saved?.columns);
    this.#byCharge = new ChargeIndex(this.#charges, this.#ids.rows);
    for (let row = 0; row < this.#ids.rows; row += 1) this.#noteHold(row);
  }

  get size(): number {
    return this.#ids.size;
  }

  /** Rows that were ever needed at a time; some of them may be free. */
  get rows(): number {
    return this.#ids.rows;
  }

  has(id: OrderId): boolean {
    return this.#ids.rowOf(id) !== nowhere;
  }

  /** The row of an order, or `nowhere`. */
  rowOf(id: OrderId): number {
    return this.#ids.rowOf(id);
  }

  get(id: OrderId): Order | undefined {
    const row = this.#ids.rowOf(id);
    return row === nowhere ? undefined : this.at(row);
  }

  /** The order of a hold that is pending or was paid. */
  ofHold(hold: number): Order | undefined {
    const row = this.#byHold[hold] ?? nowhere;
    return row === nowhere ? undefined : this.at(row);
  }

  /** The order that this charge has paid. */
  paidBy(charge: string): Order | undefined {
    const row = this.#byCharge.rowOf(charge);
    return row === nowhere ? undefined : this.at(row);
  }

  *values(): Iterable<Order> {
    for (let row = 0; row < this.#ids.rows; row += 1) if (this.isAt(row)) yield this.at(row);
  }

  /** Whether an order is in this row. */
  isAt(row: number): boolean {
    return this.#get(row, place.status) !== statusOfNone;
  }

  statusAt(row: number): OrderStatus {
    const status = statuses[this.#get(row, place.status)];
    assert(status !== undefined, 'an order has a status');
    return status;
  }

  /** The row of its hold. */
  holdAt(row: number): number {
    return this.#get(row, place.hold);
  }

  /** Its tickets: `count` serials from `from` on; none before it is paid. */
  ticketsAt(row: number): { readonly from: number; readonly count: number } {
    return { from: this.#get(row, place.first), count: this.#get(row, place.count) };
  }

  /** Whether a charge has ever paid it. */
  wasPaidAt(row: number): boolean {
    return !this.#charges.isEmptyAt(row);
  }

  at(row: number): Order {
    const flags = this.#get(row, place.flags);
    return {
      id: this.#ids.idAt(row),
      row,
      wish: this.#get(row, place.wish),
      hold: this.#get(row, place.hold),
      status: this.statusAt(row),
      method: methods[this.#get(row, place.method)]!,
      ticketsCents: this.#get(row, place.ticketsCents),
      feeCents: this.#get(row, place.feeCents),
      payBy: this.#get(row, place.payBy),
      expiresAt: this.#get(row, place.expiresAt),
      isPayable: (flags & payableBit) !== 0,
      refusal: refusals[this.#get(row, place.refusal)],
      changedAt: this.#get(row, place.changedAt),
      charge: this.#charges.at(row),
      from: this.#get(row, place.first),
      count: this.#get(row, place.count),
      hasCodes: (flags & codesBit) !== 0,
      refundDueCents: this.#get(row, place.refundDueCents),
      refundedCents: this.#get(row, place.refundedCents),
    };
  }

  /** The row of a new order, which is pending. */
  add(order: NewOrder, at: number): number {
    const { size } = this.#ids;
    const row = this.#ids.rowFor(order.id);
    assert(this.#ids.size > size, 'an order is made once');
    this.#columns.clear(row);
    this.#charges.makeRoom(row + 1);
    this.#charges.set(row, '');
    this.#byCharge.makeRoom(row + 1);
    this.#set(row, place.wish, order.wish);
    this.#set(row, place.hold, order.hold);
    this.#set(row, place.ticketsCents, order.ticketsCents);
    this.#set(row, place.feeCents, order.feeCents);
    this.#set(row, place.payBy, order.payBy);
    this.#set(row, place.expiresAt, order.expiresAt);
    this.#set(row, place.method, methods.indexOf(order.method));
    this.#setStatus(row, 'pending', at);
    return row;
  }

  begin(row: number): void {
    this.#raise(row, payableBit);
  }

  pay(row: number, charge: string, at: number): void {
    this.#charges.set(row, charge);
    this.#byCharge.add(row);
    this.#set(row, place.refusal, 0);
    this.#setStatus(row, 'paid', at);
  }

  /** It came to nothing, as far as anybody can know. */
  end(row: number, status: 'failed' | 'expired' | 'cancelled', at: number): void {
    this.#setStatus(row, status, at);
    this.#ages.push(row, at);
  }

  refuse(row: number, refusal: PaymentRefusal, at: number): void {
    this.end(row, 'failed', at);
    this.#set(row, place.refusal, refusals.indexOf(refusal));
  }

  issue(row: number, from: number, count: number): void {
    this.#set(row, place.first, from);
    this.#set(row, place.count, count);
  }

  sign(row: number): void {
    this.#raise(row, codesBit);
  }

  /** All its tickets are revoked. Since when it is paid stays known. */
  empty(row: number): void {
    this.#setStatus(row, 'refunded', this.#get(row, place.changedAt));
  }

  addRefund(row: number, dueCents: number, doneCents: number): void {
    const due = this.#get(row, place.refundDueCents) + dueCents;
    const done = this.#get(row, place.refundedCents) + doneCents;
    assert(due >= 0, 'no more is refunded than was due');
    this.#set(row, place.refundDueCents, due);
    this.#set(row, place.refundedCents, done);
  }

  /** Forgets the orders that came to nothing at `until` or before, and were not paid since. */
  forget(until: number): void {
    for (;;) {
      const row = this.#ages.takeUntil(until);
      if (row === undefined) return;
      if (!forgotten.has(this.#get(row, place.status))) continue;
      this.#ids.delete(row);
      this.#set(row, place.status, statusOfNone);
    }
  }

  plain(): PlainOrders {
    const { rows } = this.#ids;
    return {
      ids: this.#ids.plain(),
      ages: this.#ages.plain(),
      charges: this.#charges.plain(rows),
      columns: this.#columns.plain(rows),
    };
  }

  #get(row: number, at: number): number {
    return this.#columns.get(row, at);
  }

  #set(row: number, at: number, value: number): void {
    this.#columns.set(row, at, value);
  }

  #raise(row: number, bit: number): void {
    this.#set(row, place.flags, this.#get(row, place.flags) | bit);
  }

  #setStatus(row: number, status: OrderStatus, at: number): void {
    this.#set(row, place.status, statuses.indexOf(status));
    this.#set(row, place.changedAt, at);
    this.#noteHold(row);
  }

  #noteHold(row: number): void {
    const hold = this.#get(row, place.hold);
    if (hold >= this.#byHold.length) {
      const longer = new Int32Array(rowsFor(hold + 1)).fill(nowhere);
      this.#byHold = grown(this.#byHold, longer);
    }
    const status = statuses[this.#get(row, place.status)];
    if (status !== undefined && taking.has(status)) this.#byHold[hold] = row;
    else if (this.#byHold[hold] === row) this.#byHold[hold] = nowhere;
  }
}

/** By the number that stands for them. */
const statuses = [
  undefined,
  'pending',
  'paid',
  'failed',
  'expired',
  'cancelled',
  'refunded',
] as const satisfies readonly (OrderStatus | undefined)[];
const statusOfNone = 0;
const methods = ['pix', 'card'] as const satisfies readonly PaymentMethod[];
const refusals = [
  undefined,
  'card_refused',
  'risk_refused',
  'challenge_failed',
  'underpaid',
  'details_refused',
  'provider_unavailable',
] as const satisfies readonly (PaymentRefusal | undefined)[];
/** The order that a hold belongs to. */
const taking: ReadonlySet<OrderStatus> = new Set(['pending', 'paid', 'refunded']);
const forgotten: ReadonlySet<number> = new Set([
  statuses.indexOf('failed'),
  statuses.indexOf('expired'),
  statuses.indexOf('cancelled'),
]);
const payableBit = 1;
const codesBit = 2;
