import type { EventId, OrderId } from '@ingressou/protocol';
import type { Job, Jobs } from '../../src/ports/jobs.ts';
import { ordersWithoutCodes } from '../../src/store/codeless-orders.ts';
import type { Database } from '../../src/store/database.ts';

const pageOrders = 500;

/**
 * Has workers sign what has no good code in a show, and says of how many orders. `now` makes these
 * other jobs than those of the issue and of an earlier time. Twice does nothing twice: a ticket with a
 * good code keeps it.
 */
export async function signAgain(
  database: Database,
  jobs: Pick<Jobs, 'publish'>,
  event: EventId,
  now: number,
  onOrders: (count: number) => void,
): Promise<number> {
  let count = 0;
  let after: OrderId | undefined;
  do {
    const orders = await ordersWithoutCodes(database, event, after, pageOrders);
    await jobs.publish(orders.map((order) => jobOf(event, order, now)));
    count += orders.length;
    onOrders(count);
    after = orders.length < pageOrders ? undefined : orders.at(-1);
  } while (after !== undefined);
  return count;
}

function jobOf(event: EventId, order: OrderId, now: number): Job {
  const kind = 'ticket.issue';
  return { id: `${kind}:${event}:again-${now}:${order}`, kind, event, body: { order } };
}
