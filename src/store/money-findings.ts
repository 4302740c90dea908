import type { EventId, OrderId } from '@ingressou/protocol';
import { booleanIn, textIn } from './columns.ts';
import type { Columns, Database, Statement } from './database.ts';

/** Something about the money of one order that an operator must look at. */
export interface MoneyFinding {
  readonly order: OrderId;
  readonly finding: MoneyFindingKind;
  /** Names nobody. */
  readonly sentence: string;
}

/** Findings of one show at most: where there are more, these are enough to begin with. */
export const findingsMax = 1_000;

/** Each with its column in the statement below. */
const sentences = {
  /** What is booked for producer and fee is not what the valid tickets of the order cost. */
  ledger_differs: 'the ledger does not agree with its valid tickets',
  /** Money that bought nothing is still there, and no refund is due for it. */
  money_astray: 'money that bought nothing is neither sold nor on its way back',
  /** What the order says is on its way back is not what the ledger owes. */
  refunds_differ: 'the refunds of the order and of the ledger differ',
  /** It is paid, and not every unit has its ticket. */
  tickets_missing: 'it is paid, and units have no ticket',
  /** It is paid, and its tickets are not signed in time. */
  codes_missing: 'it is paid, and its tickets have no codes',
  /** It should have been paid or have ended by now. */
  order_stranded: 'it is pending past its deadline',
  /** A refund is due for longer than a provider may take. */
  refund_waits: 'a refund is due for too long',
} as const;

export type MoneyFindingKind = keyof typeof sentences;

/** How long an order may be between two of its states, past its deadline if it has one. */
const patienceMs = 15 * 60_000;
/** How long money may be on its way back. */
const refundMs = 24 * 60 * 60_000;

/**
 * What is wrong, at `now`, with the money of a show as far as it is projected: orders whose ledger
 * disagrees with their tickets, that are paid without tickets or a refund, or that are undecided
 * past their time. Empty when every order ends as it must.
 */
export async function moneyFindings(
  database: Database,
  event: EventId,
  now: number,
): Promise<MoneyFinding[]> {
  const values = [event, now, patienceMs, refundMs, findingsMax];
  const orders = await database.query(selectFindings, values);
  return orders.flatMap(findingsIn);
}

function findingsIn(columns: Columns): MoneyFinding[] {
  const order = textIn<OrderId>(columns, 'order_id');
  const kinds = Object.keys(sentences) as MoneyFindingKind[];
  return kinds
    .filter((finding) => booleanIn(columns, finding))
    .map((finding) => ({ order, finding, sentence: `order ${order}: ${sentences[finding]}` }));
}

/** Money of orders that nobody knows has entries and no order: the join is a full one. */
const selectFindings: Statement = {
  name: 'money_findings',
  text: `with booked as (
      select order_id,
        coalesce(sum(amount_cents) filter (where account = 'producer'), 0) as producer,
        coalesce(sum(amount_cents) filter (where account = 'fee'), 0) as fee,
        coalesce(sum(amount_cents) filter (where account = 'stray'), 0) as stray,
        coalesce(sum(amount_cents) filter (where account = 'refunds_due'), 0) as refunds_due,
        sum(amount_cents) as total,
        max(at) filter (where account = 'refunds_due' and amount_cents < 0) as refund_at
      from ledger_entry where event_id = $1 group by order_id
    ),
    issued as (
      select order_id, lot_id, count(*) as tickets,
        count(*) filter (where status = 'valid') as valid
      from ticket where event_id = $1 group by order_id, lot_id
    ),
    sold as (
      select sale.order_id, sale.status, sale.pay_by, sale.paid_at, sale.has_codes,
        sale.refund_due_cents, sum(line.quantity) as units,
        coalesce(sum(issued.tickets), 0) as tickets, coalesce(sum(issued.valid), 0) as valid,
        coalesce(sum(issued.valid * line."priceCents"), 0) as price,
        coalesce(sum(issued.valid * line."feeCents"), 0) as fee
      from sale_order sale
        cross join jsonb_to_recordset(sale.lines)
          as line (lot uuid, quantity bigint, "priceCents" bigint, "feeCents" bigint)
        left join issued on issued.order_id = sale.order_id and issued.lot_id = line.lot
      where sale.event_id = $1
      group by sale.event_id, sale.order_id
    ),
    looked as (
      select order_id,
        coalesce(booked.producer, 0) <> -coalesce(sold.price, 0)
          or coalesce(booked.fee, 0) <> -coalesce(sold.fee, 0)
          or coalesce(booked.total, 0) <> 0 as ledger_differs,
        coalesce(booked.stray, 0) <> 0 as money_astray,
        sold.order_id is not null
          and coalesce(booked.refunds_due, 0) <> -sold.refund_due_cents as refunds_differ,
        coalesce(sold.status in ('paid', 'refunded') and sold.tickets <> sold.units, false)
          as tickets_missing,
        coalesce(sold.status = 'paid' and not sold.has_codes
          and sold.paid_at < to_timestamp(($2::float8 - $3) / 1000), false) as codes_missing,
        coalesce(sold.status = 'pending'
          and sold.pay_by < to_timestamp(($2::float8 - $3) / 1000), false) as order_stranded,
        coalesce(booked.refunds_due <> 0
          and booked.refund_at < to_timestamp(($2::float8 - $4) / 1000), false) as refund_waits
      from sold full join booked using (order_id)
    )
    select * from looked
    where ledger_differs or money_astray or refunds_differ or tickets_missing or codes_missing
      or order_stranded or refund_waits
    order by order_id limit $5`,
};
