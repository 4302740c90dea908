import type { OrderId, OrderStatus, PaymentMethod, PaymentRefusal } from '@ingressou/protocol';
import { Ages, type PlainAges } from './ages.ts';
import { assert } from './assert.ts';
import { ChargeIndex } from './charge-index.ts';
import { bytesOf, type Column, fill, grown, rowsFor, rowsMin } from './columns.ts';
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
  readonly columns: Readonly<Record<ColumnName, Uint8Array>>;
}

/** Numbers that are told by position in a list are small; times and cents are not. */
const columnTypes = {
  wish: Float64Array,
  hold: Uint32Array,
  status: Uint8Array,
  method: Uint8Array,
  ticketsCents: Float64Array,
  feeCents: Float64Array,
  payBy: Float64Array,
  expiresAt: Float64Array,
  refusal: Uint8Array,
  changedAt: Float64Array,
  first: Uint32Array,
  count: Uint32Array,
  flags: Uint8Array,
  refundDueCents: Float64Array,
  refundedCents: Float64Array,
} as const;

type ColumnName = keyof typeof columnTypes;
/** What a new order has from the start. */
const givenColumns = ['wish', 'hold', 'ticketsCents', 'feeCents', 'payBy', 'expiresAt'] as const;

/**
 * The orders of a show in columns, as the holds are. Those that came to nothing are forgotten when
 * their ids are too old to come again; those that were paid are remembered for ever, because money
 * may come for them at any time.
 */
export class OrderTable {
  readonly #ids: UuidTable<OrderId>;
  readonly #ages: Ages;
  readonly #charges: ShortTexts;
  readonly #columns: Columns;
  readonly #byCharge: ChargeIndex;
  /** By the row of the hold: the order of it that is pending or was paid. */
  #byHold = new Int32Array(rowsMin).fill(nowhere);

  constructor(saved?: PlainOrders) {
    this.#ids = new UuidTable(saved?.ids);
    this.#ages = new Ages(saved?.ages);
    this.#charges = new ShortTexts(saved?.charges);
    this.#columns = new Columns(this.#ids.rows, saved?.columns);
    this.#byCharge = new ChargeIndex(this.#charges);
    for (let row = 0; row < this.#ids.rows; row += 1) this.#noteHold(row);
    this.#byCharge.fill(this.#ids.rows);
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
    return this.#columns.get('status', row) !== statusOfNone;
  }

  statusAt(row: number): OrderStatus {
    const status = statuses[this.#columns.get('status', row)];
    assert(status !== undefined, 'an order has a status');
    return status;
  }

  /** The row of its hold. */
  holdAt(row: number): number {
    return this.#columns.get('hold', row);
  }

  /** Whether a charge has ever paid it. */
  wasPaidAt(row: number): boolean {
    return !this.#charges.isEmptyAt(row);
  }

  at(row: number): Order {
    const get = (name: ColumnName) => this.#columns.get(name, row);
    const flags = get('flags');
    return {
      id: this.#ids.idAt(row),
      row,
      wish: get('wish'),
      hold: get('hold'),
      status: this.statusAt(row),
      method: methods[get('method')]!,
      ticketsCents: get('ticketsCents'),
      feeCents: get('feeCents'),
      payBy: get('payBy'),
      expiresAt: get('expiresAt'),
      isPayable: (flags & payableBit) !== 0,
      refusal: refusals[get('refusal')],
      changedAt: get('changedAt'),
      charge: this.#charges.at(row),
      from: get('first'),
      count: get('count'),
      hasCodes: (flags & codesBit) !== 0,
      refundDueCents: get('refundDueCents'),
      refundedCents: get('refundedCents'),
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
    for (const name of givenColumns) this.#columns.set(name, row, order[name]);
    this.#columns.set('method', row, methods.indexOf(order.method));
    this.#setStatus(row, 'pending', at);
    return row;
  }

  begin(row: number): void {
    this.#raise(row, payableBit);
  }

  pay(row: number, charge: string, at: number): void {
    this.#charges.set(row, charge);
    this.#byCharge.add(row);
    this.#columns.set('refusal', row, 0);
    this.#setStatus(row, 'paid', at);
  }

  /** It came to nothing, as far as anybody can know. */
  end(row: number, status: 'failed' | 'expired' | 'cancelled', at: number): void {
    this.#setStatus(row, status, at);
    this.#ages.push(row, at);
  }

  refuse(row: number, refusal: PaymentRefusal, at: number): void {
    this.end(row, 'failed', at);
    this.#columns.set('refusal', row, refusals.indexOf(refusal));
  }

  issue(row: number, from: number, count: number): void {
    this.#columns.set('first', row, from);
    this.#columns.set('count', row, count);
  }

  sign(row: number): void {
    this.#raise(row, codesBit);
  }

  /** All its tickets are revoked. Since when it is paid stays known. */
  empty(row: number): void {
    this.#setStatus(row, 'refunded', this.#columns.get('changedAt', row));
  }

  addRefund(row: number, dueCents: number, doneCents: number): void {
    const due = this.#columns.get('refundDueCents', row) + dueCents;
    const done = this.#columns.get('refundedCents', row) + doneCents;
    assert(due >= 0, 'no more is refunded than was due');
    this.#columns.set('refundDueCents', row, due);
    this.#columns.set('refundedCents', row, done);
  }

  /** Forgets the orders that came to nothing at `until` or before, and were not paid since. */
  forget(until: number): void {
    for (;;) {
      const row = this.#ages.takeUntil(until);
      if (row === undefined) return;
      if (!forgotten.has(this.#columns.get('status', row))) continue;
      this.#ids.delete(row);
      this.#columns.set('status', row, statusOfNone);
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

  #raise(row: number, bit: number): void {
    this.#columns.set('flags', row, this.#columns.get('flags', row) | bit);
  }

  #setStatus(row: number, status: OrderStatus, at: number): void {
    this.#columns.set('status', row, statuses.indexOf(status));
    this.#columns.set('changedAt', row, at);
    this.#noteHold(row);
  }

  #noteHold(row: number): void {
    const hold = this.#columns.get('hold', row);
    if (hold >= this.#byHold.length) {
      const longer = new Int32Array(rowsFor(hold + 1)).fill(nowhere);
      this.#byHold = grown(this.#byHold, longer);
    }
    const status = statuses[this.#columns.get('status', row)];
    if (status !== undefined && taking.has(status)) this.#byHold[hold] = row;
    else if (this.#byHold[hold] === row) this.#byHold[hold] = nowhere;
  }
}

/** One typed array for each property, all of the same length. */
class Columns {
  readonly #arrays: Record<ColumnName, Column>;
  /** The same, for whoever wants all. */
  #every: readonly Column[];
  #length: number;

  constructor(rows: number, saved?: Readonly<Record<ColumnName, Uint8Array>>) {
    this.#length = rowsFor(rows);
    const names = Object.keys(columnTypes) as ColumnName[];
    this.#arrays = Object.fromEntries(
      names.map((name) => [name, new columnTypes[name](this.#length)]),
    ) as Record<ColumnName, Column>;
    this.#every = Object.values(this.#arrays);
    if (saved !== undefined) for (const name of names) fill(this.#arrays[name], saved[name]);
  }

  get(name: ColumnName, row: number): number {
    return this.#arrays[name][row] ?? 0;
  }

  set(name: ColumnName, row: number, value: number): void {
    this.#arrays[name][row] = value;
  }

  /** A row of nobody, with room for it. */
  clear(row: number): void {
    if (row >= this.#length) this.#grow(row + 1);
    for (const array of this.#every) array[row] = 0;
  }

  plain(rows: number): Readonly<Record<ColumnName, Uint8Array>> {
    const entries = Object.entries(this.#arrays).map(([name, array]) => [
      name,
      bytesOf(array, rows),
    ]);
    return Object.fromEntries(entries) as Record<ColumnName, Uint8Array>;
  }

  #grow(rows: number): void {
    this.#length = rowsFor(rows);
    for (const name of Object.keys(columnTypes) as ColumnName[]) {
      this.#arrays[name] = grown(this.#arrays[name], new columnTypes[name](this.#length));
    }
    this.#every = Object.values(this.#arrays);
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
