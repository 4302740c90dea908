import type { EventId, OrderId } from '@ingressou/protocol';
import { textIn } from './columns.ts';
import type { Database, Statement } from './database.ts';

/**
 * Orders of a show with a valid ticket that has no good code, because nobody has signed it yet or its
 * key is revoked: behind `after` in the order of their ids, at most `max`.
 */
export async function ordersWithoutCodes(
  database: Database,
  event: EventId,
  after: OrderId | undefined,
  max: number,
): Promise<OrderId[]> {
  const rows = await database.query(selectOrders, [event, after ?? lowestId, max]);
  return rows.map((row) => textIn<OrderId>(row, 'order_id'));
}

const lowestId = '00000000-0000-0000-0000-000000000000';

const selectOrders: Statement = {
  name: 'orders_without_codes',
  text: `select distinct order_id from ticket
    where event_id = $1 and order_id > $2 and status = 'valid'
      and not exists (
        select from ticket_code code join ticket_key key using (event_id, key_id)
        where code.event_id = ticket.event_id and code.serial = ticket.serial
          and code.revision = ticket.revision and key.revoked_at is null)
    order by order_id limit $3`,
};
