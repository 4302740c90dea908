import type { EventId, OrderId } from '@ingressou/protocol';
import { numberIn, textIn } from './columns.ts';
import type { Database, Statement } from './database.ts';

/** What the provider should still have of an order's money, by the ledger. */
export interface OrderBalance {
  readonly event: EventId;
  readonly order: OrderId;
  readonly cents: number;
}

/**
 * The orders of a show for which money moved, behind `after` in the order of their ids, at most
 * `max`.
 */
export async function providerBalances(
  database: Database,
  event: EventId,
  after: OrderId | undefined,
  max: number,
): Promise<OrderBalance[]> {
  const rows = await database.query(selectBalances, [event, after ?? lowestId, max]);
  return rows.map((columns) => ({
    event,
    order: textIn<OrderId>(columns, 'order_id'),
    cents: numberIn(columns, 'cents'),
  }));
}

const lowestId = '00000000-0000-0000-0000-000000000000';

const selectBalances: Statement = {
  name: 'ledger_provider_balances',
  text: `select order_id, sum(amount_cents)::bigint as cents from ledger_entry
    where event_id = $1 and account = 'provider' and order_id > $2
    group by order_id order by order_id limit $3`,
};
