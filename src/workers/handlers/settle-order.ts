import type { EventId, OrderId } from '@ingressou/protocol';
import type { Commands } from '../../ports/commands.ts';
import type { PaymentRecords, RefundRecord } from '../../ports/payment-records.ts';
import type { Payments, ProviderCharge, ProviderOrder } from '../../ports/payments.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { type Shares, suspicionOf, wordsOf } from './provider-words.ts';
import { tell } from './tell-show.ts';

export interface SettleOptions {
  readonly commands: Commands;
  readonly payments: Payments;
  readonly records: PaymentRecords;
  readonly telemetry: Telemetry;
  /** Who may share the payments of a show; undefined when nothing is split. */
  readonly sharesOf: (event: EventId) => Promise<Shares | undefined>;
}

/**
 * Tells a show what the provider says of an order of it. Every path ends here: the answer to a new
 * payment, a webhook's hint, the poller, a cancellation.
 *
 * @throws {RetryError} it must be told again
 */
export async function settleOrder(options: SettleOptions, found: ProviderOrder): Promise<void> {
  const { records, telemetry } = options;
  const { order, event, attempt } = found;
  let isOver = found.charges.length > 0;
  for (const charge of found.charges) {
    const origin = { providerOrder: found.id, order, event, attempt };
    const { isFinal } = await records.noteCharge(charge, origin);
    isOver &&= isFinal;
    if (order === undefined || event === undefined) {
      // Whose money that is, only people can know: it may belong to another system on our account.
      if (charge.paidCents > 0) telemetry.paymentSuspicious(charge.id, 'foreign');
      continue;
    }
    const shares = await options.sharesOf(event);
    const suspicion = suspicionOf(found, charge, shares);
    if (suspicion === undefined) await settleCharge(options, event, order, charge);
    else telemetry.paymentSuspicious(charge.id, suspicion);
  }
  // Only now: a show that could not hear it is told when the provider is asked again.
  if (isOver && order !== undefined && attempt !== undefined) {
    await records.endChecks(order, attempt);
  }
}

async function settleCharge(
  options: SettleOptions,
  event: EventId,
  order: OrderId,
  charge: ProviderCharge,
): Promise<void> {
  if (charge.status === 'authorized') await options.payments.capture(charge.id, `cap-${order}`);
  for (const word of wordsOf(charge, order)) {
    const answer = await tell(options.commands, event, word);
    // Nobody waits for it any more: what can still be paid there must not be.
    if (word.type === 'begin_payment' && answer === 'order_not_pending') {
      return await endCharge(options, event, order, charge);
    }
  }
  await settleRefunds(options, event, order, charge);
}

/**
 * Has the provider take no money for this charge any more. What said that nobody has paid it may be
 * of another moment, as the answer to a call that is made again is: if somebody has, the show hears.
 */
export async function endCharge(
  options: SettleOptions,
  event: EventId,
  order: OrderId,
  { id }: ProviderCharge,
): Promise<void> {
  const ended = await options.payments.end(id, `end-${id}`);
  if (ended.paidCents > 0) await settleCharge(options, event, order, ended);
}

/** Refunds that the provider has sent back are told to the show, in the order they were asked for. */
async function settleRefunds(
  { commands, records, telemetry }: SettleOptions,
  event: EventId,
  order: OrderId,
  charge: ProviderCharge,
): Promise<void> {
  const all = (await records.refundsOf(order)).filter((refund) => refund.charge === charge.id);
  let leftCents = charge.refundedCents - sumOf(all.filter(({ status }) => status === 'done'));
  for (const refund of all.filter(({ status }) => status === 'sent')) {
    if (refund.amountCents > leftCents) break;
    leftCents -= refund.amountCents;
    await tell(commands, event, { type: 'note_refunded', refund: refund.id, order });
    await records.saveRefund(settled(refund));
    telemetry.refundSettled();
  }
  if (charge.refundedCents > sumOf(all)) {
    telemetry.paymentSuspicious(charge.id, 'refunded_elsewhere');
  }
}

function settled({ nextTryAt: _nextTryAt, ...refund }: RefundRecord): RefundRecord {
  return { ...refund, status: 'done' };
}

export function sumOf(refunds: readonly RefundRecord[]): number {
  return refunds.reduce((sum, { amountCents }) => sum + amountCents, 0);
}
