import type { EventId, OrderId, SubjectId } from '@ingressou/protocol';
import type { OrderName } from '../ports/order-details.ts';
import { numberIn, textIn } from './columns.ts';
import type { Database, Statement } from './database.ts';

// What is written of a buyer that names nobody: for the tool that erases one.

/** How many rows of each kind a buyer's orders have. */
export interface PersonRecords {
  readonly orders: number;
  readonly tickets: number;
  readonly checkIns: number;
  readonly ledgerEntries: number;
  /** Attempts, charges and refunds. */
  readonly payments: number;
  readonly deliveries: number;
  readonly needs: PersonNeeds;
}

/** What a buyer's details are still needed for. */
export interface PersonNeeds {
  /** Orders that may still be paid. */
  readonly unpaid: number;
  /** Orders of which money is on its way back. */
  readonly refunding: number;
  /** Valid tickets for shows that are not over. */
  readonly coming: number;
}

/** A show is over so long after it began. */
const showMs = 24 * 60 * 60 * 1000;

/** What there is of a buyer. */
export async function recordsOf(
  database: Database,
  subject: SubjectId,
  now: number,
): Promise<PersonRecords> {
  const [columns = {}] = await database.query(selectRecords, [subject, now - showMs]);
  const count = (name: string) => numberIn(columns, name);
  return {
    orders: count('orders'),
    tickets: count('tickets'),
    checkIns: count('check_ins'),
    ledgerEntries: count('ledger_entries'),
    payments: count('payments'),
    deliveries: count('deliveries'),
    needs: { unpaid: count('unpaid'), refunding: count('refunding'), coming: count('coming') },
  };
}

/** The orders that a buyer made. */
export async function ordersMadeBy(
  database: Database,
  subject: SubjectId,
): Promise<readonly OrderName[]> {
  const rows = await database.query(selectOrders, [subject]);
  return rows.map((columns) => ({
    order: textIn<OrderId>(columns, 'order_id'),
    event: textIn<EventId>(columns, 'event_id'),
  }));
}

const selectOrders: Statement = {
  name: 'person_orders',
  text: 'select order_id, event_id from sale_order where subject = $1 order by order_id',
};

const selectRecords: Statement = {
  name: 'person_records',
  text: `with mine as materialized (
      select event_id, order_id, status, refund_due_cents from sale_order where subject = $1
    ), admitted as materialized (
      select ticket.event_id, ticket.serial, ticket.status
        from ticket join mine using (event_id, order_id)
    )
    select
      (select count(*) from mine)::bigint as orders,
      (select count(*) from admitted)::bigint as tickets,
      (select count(*) from check_in join admitted using (event_id, serial))::bigint as check_ins,
      (select count(*) from ledger_entry join mine using (event_id, order_id))::bigint
        as ledger_entries,
      ((select count(*) from payment join mine using (order_id))
        + (select count(*) from charge join mine using (order_id))
        + (select count(*) from refund join mine using (order_id)))::bigint as payments,
      (select count(*) from delivery join mine using (order_id))::bigint as deliveries,
      (select count(*) from mine where status = 'pending')::bigint as unpaid,
      (select count(*) from mine where refund_due_cents > 0)::bigint as refunding,
      (select count(*) from admitted join show on show.id = admitted.event_id
        where admitted.status = 'valid'
          and show.starts_at > to_timestamp($2::float8 / 1000))::bigint as coming`,
};
