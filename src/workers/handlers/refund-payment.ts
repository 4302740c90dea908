import type { EventId, OrderId } from '@ingressou/protocol';
import type { Clock } from '../../ports/clock.ts';
import type { Delivery } from '../../ports/jobs.ts';
import type { RefundRecord } from '../../ports/payment-records.ts';
import { PaymentRequestError, type ProviderCharge } from '../../ports/payments.ts';
import { eventOf, numberOf, orderOf, textOf } from './job-body.ts';
import { type SettleOptions, settleOrder, sumOf } from './settle-order.ts';

export interface RefundOptions extends SettleOptions {
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * A refund goes
 *
 *     due ──▶ sent ──▶ done
 *      ▲        │
 *      └────────┘  the bank gave it back to the provider: an alarm, and it is sent again
 *
 * and never twice. Until the provider has answered, the same key is sent again; before that it is
 * asked whether more went back than what other refunds of the charge asked for, because its memory
 * of keys lasts a day and ours for ever. Only an answer makes the next key.
 */
const lookMs = 15_000;
const lookMsMax = 6 * 60 * 60_000;

/** The last thing that is known of a refund. */
type Known = 'asked' | 'on_its_way' | 'came_back' | 'charge_not_found' | `refused_${number}`;

/** A refund that fell due is written down and tried at once. */
export async function refundPayment(options: RefundOptions, job: Delivery): Promise<void> {
  const order = orderOf(job);
  const id = textOf(job, 'refund');
  const known = (await options.records.refundsOf(order)).find((refund) => refund.id === id);
  await tryRefund(
    options,
    known ?? {
      id,
      order,
      event: eventOf(job),
      charge: textOf(job, 'charge'),
      amountCents: numberOf(job, 'amountCents'),
      status: 'due',
      tries: 0,
      nextTryAt: options.clock.now(),
    },
  );
}

/** The next step of a refund. Asked again and again it comes to its end. */
export async function tryRefund(options: RefundOptions, refund: RefundRecord): Promise<void> {
  const { records, payments, telemetry } = options;
  const { order, event, charge: chargeId } = refund;
  if (refund.status === 'done' || order === undefined || event === undefined) return;
  await records.saveRefund(refund);
  const charge = await chargeOf(options, order, chargeId);
  if (charge === undefined) {
    telemetry.paymentSuspicious(chargeId, 'refund_without_charge');
    return await later(options, refund, 'charge_not_found');
  }
  if (await isAtProvider(options, order, refund, charge)) {
    return await settle(options, event, order, refund, charge);
  }
  if (refund.answer === 'on_its_way') {
    telemetry.refundFailed(chargeId);
    return await later(options, { ...refund, tries: refund.tries + 1 }, 'came_back');
  }
  const sent: RefundRecord = { ...refund, status: 'sent' };
  await later(options, sent, 'asked');
  try {
    const after = await payments.refund(chargeId, keyOf(refund), refund.amountCents);
    await settle(options, event, order, sent, after);
  } catch (cause) {
    if (!(cause instanceof PaymentRequestError)) throw cause;
    telemetry.refundFailed(chargeId);
    await later(options, { ...sent, tries: refund.tries + 1 }, `refused_${cause.status}`);
  }
}

/** Whether the provider has this refund on its way, or back already. */
async function isAtProvider(
  { records }: RefundOptions,
  order: OrderId,
  refund: RefundRecord,
  { refundedCents, refundingCents }: ProviderCharge,
): Promise<boolean> {
  if (refund.status === 'due') return false;
  const others = (await records.refundsOf(order)).filter(
    ({ id, charge, status }) =>
      id !== refund.id && charge === refund.charge && (status === 'sent' || status === 'done'),
  );
  return refundedCents + refundingCents >= sumOf(others) + refund.amountCents;
}

/** What went back is told to the show; what is on its way is looked at again. */
async function settle(
  options: RefundOptions,
  event: EventId,
  order: OrderId,
  refund: RefundRecord,
  charge: ProviderCharge,
): Promise<void> {
  await later(options, { ...refund, status: 'sent' }, 'on_its_way');
  const found = await options.payments.findOrders(order);
  for (const each of found.filter(({ charges }) => charges.some(({ id }) => id === charge.id))) {
    await settleOrder(options, { ...each, event: each.event ?? event });
  }
}

async function chargeOf(
  { payments }: RefundOptions,
  order: OrderId,
  id: string,
): Promise<ProviderCharge | undefined> {
  const found = await payments.findOrders(order);
  return found.flatMap(({ charges }) => charges).find((charge) => charge.id === id);
}

async function later(
  { records, clock }: RefundOptions,
  refund: RefundRecord,
  answer: Known,
): Promise<void> {
  const delayMs = Math.min(lookMs * 2 ** refund.tries, lookMsMax);
  await records.saveRefund({ ...refund, answer, nextTryAt: clock.now() + delayMs });
}

/** The provider answers an old key with the old failure. */
function keyOf({ id, tries }: RefundRecord): string {
  return tries === 0 ? `back-${id}` : `back-${id}-${tries}`;
}
