import type { OrderId } from '@ingressou/protocol';
import { ProtocolError, parseId } from '@ingressou/protocol';
import type { Delivery } from '../../ports/jobs.ts';
import type { ChargeStatus } from '../../ports/payments.ts';
import { eventOf, orderOf } from './job-body.ts';
import { endCharge, type SettleOptions, settleOrder } from './settle-order.ts';

/** Asks the provider about all attempts of an order, and tells its show what became of them. */
export async function checkOrder(options: SettleOptions, order: OrderId): Promise<void> {
  for (const found of await options.payments.findOrders(order)) await settleOrder(options, found);
}

/** Somebody hinted that something happened: to an order of ours, or to one by the provider's name. */
export async function checkPayment(options: SettleOptions, job: Delivery): Promise<void> {
  const order = ourOrderIn(job);
  if (order !== undefined) return await checkOrder(options, order);
  const { providerOrder } = job.body;
  if (typeof providerOrder !== 'string') return;
  const found = await options.payments.order(providerOrder);
  // A hint about what the provider does not know means nothing.
  if (found !== undefined) await settleOrder(options, found);
}

function ourOrderIn({ body }: Delivery): OrderId | undefined {
  try {
    return parseId<OrderId>(body.order);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    // Another system's order on our account, by its own code.
    return undefined;
  }
}

/** Has the provider take no more money for an order; what it has taken already is told. */
export async function cancelPayment(options: SettleOptions, job: Delivery): Promise<void> {
  const [event, order] = [eventOf(job), orderOf(job)];
  for (const found of await options.payments.findOrders(order)) {
    await settleOrder(options, found);
    for (const charge of found.charges) {
      if (open.has(charge.status)) await endCharge(options, event, order, charge);
    }
  }
}

const open: ReadonlySet<ChargeStatus> = new Set(['pending', 'processing', 'authorized']);
