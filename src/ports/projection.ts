import type {
  DeviceId,
  EventId,
  HoldId,
  LotId,
  OrderId,
  OrderLine,
  OrderStatus,
  PaymentMethod,
  SubjectId,
} from '@ingressou/protocol';

/**
 * What some facts of one show, `from`+1 … `to`, change in its read models. Applied in the order of
 * the fields; within one, no row is named twice. Times are milliseconds since 1970.
 */
export interface Projection {
  readonly event: EventId;
  readonly from: number;
  readonly to: number;
  readonly newLots: readonly NewLot[];
  readonly lots: readonly LotChange[];
  readonly newOrders: readonly NewOrder[];
  readonly orders: readonly OrderChange[];
  readonly issued: readonly IssuedTickets[];
  readonly reissued: readonly ReissuedTicket[];
  readonly revoked: readonly RevokedTicket[];
  readonly checkIns: readonly CheckIn[];
  readonly entries: readonly LedgerEntry[];
}

export interface NewLot {
  readonly lot: LotId;
  readonly sector: string;
  readonly name: string;
  readonly priceCents: number;
  readonly isHalf: boolean;
  readonly quantity: number;
  readonly position: number;
}

/** By how much the numbers of a lot change. */
export interface LotChange {
  readonly lot: LotId;
  readonly held: number;
  readonly sold: number;
  readonly refunded: number;
  readonly grossCents: number;
  readonly position: number;
}

/** Every order begins as `pending`. */
export interface NewOrder {
  readonly order: OrderId;
  readonly subject: SubjectId;
  readonly hold: HoldId;
  readonly method: PaymentMethod;
  readonly ticketsCents: number;
  readonly feeCents: number;
  readonly lines: readonly OrderLine[];
  readonly createdAt: number;
  readonly payBy: number;
  readonly position: number;
}

/** What changes of an order; what is absent stays. */
export interface OrderChange {
  readonly order: OrderId;
  readonly position: number;
  readonly status?: OrderStatus;
  readonly isPayable?: boolean;
  /** Empty: it was refused once, and was paid after all. */
  readonly refusal?: string;
  readonly paidAt?: number;
  readonly charge?: string;
  readonly hasCodes?: boolean;
  /** By how much they change. */
  readonly refundDueCents: number;
  readonly refundedCents: number;
  /** Tickets were given back: without any other it is `refunded`. */
  readonly isReduced: boolean;
}

/** The tickets `from` … `from + count - 1`, all of one lot. */
export interface IssuedTickets {
  readonly from: number;
  readonly count: number;
  readonly order: OrderId;
  readonly lot: LotId;
  readonly subject: SubjectId;
  readonly at: number;
  readonly position: number;
}

/** The revision of a ticket that went to another phone, or from one. */
export interface ReissuedTicket {
  readonly serial: number;
  readonly revision: number;
  readonly position: number;
}

export interface RevokedTicket {
  readonly serial: number;
  readonly at: number;
  readonly position: number;
}

/** A ticket that came in. */
export interface CheckIn {
  readonly serial: number;
  readonly checkpoint: number;
  /** 1 for the first time there. */
  readonly entry: number;
  readonly verdict: string;
  readonly device: DeviceId;
  readonly gate: number;
  readonly at: number;
  readonly isOffline: boolean;
  readonly position: number;
}

/** Where money can be; see the ledger's table for what each is. */
export type Account =
  | 'provider'
  | 'producer'
  | 'fee'
  | 'refunds_due'
  | 'stray'
  | 'gate_cash'
  | 'gate_card'
  | 'gate_pix'
  | 'gate'
  | 'gate_sales';

/**
 * One side of what a fact did to money, in integer cents of BRL: positive for what somebody has,
 * negative for what somebody is owed. Those of one fact sum to zero.
 */
export interface LedgerEntry {
  readonly position: number;
  /** 1 for the first of its fact. */
  readonly line: number;
  /** The fact's own id. */
  readonly transaction: string;
  readonly order: OrderId;
  readonly account: Account;
  readonly amountCents: number;
  readonly at: number;
}
