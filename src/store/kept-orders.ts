import type {
  EventId,
  HoldId,
  LotId,
  OrderId,
  OrderLine,
  OrderStatus,
  OrderView,
  PaymentMethod,
  PaymentRefusal,
  SubjectId,
  TicketStatus,
  TicketView,
} from '@ingressou/protocol';
import type { KeptOrder, LotSales } from '../ports/read-models.ts';
import { booleanIn, numberIn, textIn } from './columns.ts';
import type { Columns } from './database.ts';

// Rows of the read models as everybody else knows them.

export function keptOrder(columns: Columns): KeptOrder {
  return {
    event: textIn<EventId>(columns, 'event_id'),
    subject: textIn<SubjectId>(columns, 'subject'),
    createdAt: numberIn(columns, 'created_at'),
    position: numberIn(columns, 'position'),
    order: orderView(columns),
  };
}

function orderView(columns: Columns): OrderView {
  const { refusal, paid_at: paidAt } = columns;
  return {
    id: textIn<OrderId>(columns, 'order_id'),
    hold: textIn<HoldId>(columns, 'hold_id'),
    status: textIn<OrderStatus>(columns, 'status'),
    method: textIn<PaymentMethod>(columns, 'method'),
    lines: (JSON.parse(textIn(columns, 'lines')) as OrderLine[]).map(plainLine),
    ticketsCents: numberIn(columns, 'tickets_cents'),
    feeCents: numberIn(columns, 'fee_cents'),
    payBy: numberIn(columns, 'pay_by'),
    isPayable: booleanIn(columns, 'is_payable'),
    ...(refusal === null ? {} : { refusal: textIn<PaymentRefusal>(columns, 'refusal') }),
    ...(paidAt === null ? {} : { paidAt: numberIn(columns, 'paid_at') }),
    tickets: (JSON.parse(textIn(columns, 'tickets')) as TicketView[]).map(plainTicket),
    hasCodes: booleanIn(columns, 'has_codes'),
    refundDueCents: numberIn(columns, 'refund_due_cents'),
    refundedCents: numberIn(columns, 'refunded_cents'),
  };
}

/** The database keeps the fields of an object in an order of its own. */
function plainLine({ lot, quantity, priceCents, feeCents }: OrderLine): OrderLine {
  return { lot, quantity, priceCents, feeCents };
}

function plainTicket({ serial, lot, status, revision }: TicketView): TicketView {
  return { serial, lot, status, revision };
}

export function ticketView(columns: Columns): TicketView {
  return {
    serial: numberIn(columns, 'serial'),
    lot: textIn<LotId>(columns, 'lot_id'),
    status: textIn<TicketStatus>(columns, 'status'),
    revision: numberIn(columns, 'revision'),
  };
}

export function lotSales(columns: Columns): LotSales {
  return {
    lot: textIn<LotId>(columns, 'lot_id'),
    sector: textIn(columns, 'sector'),
    name: textIn(columns, 'name'),
    priceCents: numberIn(columns, 'price_cents'),
    isHalf: booleanIn(columns, 'is_half'),
    quantity: numberIn(columns, 'quantity'),
    held: numberIn(columns, 'held'),
    sold: numberIn(columns, 'sold'),
    refunded: numberIn(columns, 'refunded'),
    grossCents: numberIn(columns, 'gross_cents'),
    refundedCents: numberIn(columns, 'refunded_cents'),
  };
}
