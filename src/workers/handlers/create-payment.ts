import type { EventId, OrderId, OrderView, PaymentRefusal } from '@ingressou/protocol';
import type { Catalog } from '../../ports/catalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Delivery } from '../../ports/jobs.ts';
import type { KeptDetails, OrderDetailsStore } from '../../ports/order-details.ts';
import { type PaymentRequest, PaymentRequestError } from '../../ports/payments.ts';
import { checkOrder } from './check-payment.ts';
import { eventOf, numberOf, orderOf } from './job-body.ts';
import { type SettleOptions, settleOrder } from './settle-order.ts';
import { askShow, orderIn, tell } from './tell-show.ts';

export interface CreateOptions extends SettleOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly catalog: Pick<Catalog, 'byId'>;
  readonly details: Pick<OrderDetailsStore, 'read' | 'forgetCard'>;
  /** Who is paid for a show's tickets; undefined when the platform is. */
  readonly recipientOf: (event: EventId) => Promise<string | undefined>;
}

/** An order has one attempt: who tries again makes another order. */
const attempt = 1;

/**
 * Has the provider make something to pay with, and tells the show. The same job again finds the
 * same order there, because the provider knows it by its attempt. Past its time it does nothing.
 */
export async function createPayment(options: CreateOptions, job: Delivery): Promise<void> {
  const event = eventOf(job);
  const id = orderOf(job);
  const now = options.clock.now();
  if (numberOf(job, 'payBy') <= now) return;
  const order = await orderIn(options.commands, event, id);
  if (order.status !== 'pending') return;
  const details = await options.details.read(id);
  if (details === undefined) return await refuse(options, event, id, 'details_refused');
  // What became of a card that a crash has come after is asked; it cannot be used again.
  const isCardUsed = order.method === 'card' && details.card === undefined;
  if (isCardUsed && (await options.records.attemptsOf(id)).length > 0) {
    return await checkOrder(options, id);
  }
  const request = await requestOf(options, event, order, details, now);
  const { method, ticketsCents, feeCents, payBy } = order;
  const amountCents = ticketsCents + feeCents;
  const record = { event, order: id, attempt, method, amountCents, madeAt: now, payBy };
  await options.records.saveAttempt(record);
  try {
    const made = await options.payments.create(request);
    await options.records.saveAttempt({ ...record, providerOrder: made.id });
    await settleOrder(options, made);
  } catch (cause) {
    if (!(cause instanceof PaymentRequestError)) throw cause;
    options.telemetry.failed('make a payment', cause);
    await refuse(options, event, id, 'details_refused');
  }
  // It was used, or never will be.
  if (details.card !== undefined) await options.details.forgetCard(id);
}

async function refuse(
  { commands }: CreateOptions,
  event: EventId,
  order: OrderId,
  refusal: PaymentRefusal,
): Promise<void> {
  await tell(commands, event, { type: 'fail_payment', attempt: `${order}:1`, order, refusal });
}

async function requestOf(
  options: CreateOptions,
  event: EventId,
  order: OrderView,
  { subject, buyer, card }: KeptDetails,
  now: number,
): Promise<PaymentRequest> {
  const recipient = await options.recipientOf(event);
  return {
    event,
    order: order.id,
    subject,
    attempt,
    method: order.method,
    lines: await linesOf(options, event, order),
    customer: buyer,
    payBy: order.payBy,
    payInMs: order.payBy - now,
    ...(card === undefined ? {} : { card }),
    ...(recipient === undefined ? {} : { split: { recipient, producerCents: order.ticketsCents } }),
  };
}

/** The tickets of each lot, and the fee of all in a line of its own. */
async function linesOf(
  { commands, catalog }: CreateOptions,
  event: EventId,
  { lines, feeCents }: OrderView,
): Promise<PaymentRequest['lines']> {
  const { value: view } = await askShow(commands, event, { type: 'view' });
  const show = await catalog.byId(event);
  const tickets = lines.map(({ lot: id, quantity, priceCents }) => {
    const lot = view.lots.get(id);
    const description = [show?.title, lot?.sector, lot?.name].filter(Boolean).join(' - ');
    return { code: id, description, quantity, amountCents: priceCents };
  });
  const fee = { code: 'fee', description: 'Taxa de conveniência', quantity: 1 };
  const paid = tickets.filter(({ amountCents }) => amountCents > 0);
  return feeCents === 0 ? paid : [...paid, { ...fee, amountCents: feeCents }];
}
