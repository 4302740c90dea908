import type { FirstAnswer } from './new-order.ts';
import { timeText, type WireCharge, type WireOrder } from './wire.ts';

/**
 * What can happen to a charge. Each changes the order and its charge as the provider does, and
 * returns the types of the webhooks that tell of it, in the provider's order.
 *
 *     pending ──▶ paid, underpaid, overpaid ──▶ canceled (all went back) or chargedback
 *        ├──▶ failed ──▶ paid …   a PIX code was refused or expired, and money came nevertheless
 *        └──▶ canceled            nobody paid; money may come nevertheless
 */
export interface Change {
  readonly order: WireOrder;
  readonly charge: WireCharge;
  readonly now: number;
}

/** The payer's bank answered for the first time. */
export function begin(change: Change, answer: FirstAnswer): string[] {
  const { charge } = change;
  const transaction = charge.last_transaction;
  const made = ['order.created', 'charge.created'];
  switch (answer.type) {
    case 'waits':
      return [...made, 'charge.pending'];
    case 'processing':
      charge.status = 'processing';
      transaction.status = 'authorized_pending_capture';
      return [...made, 'charge.processing'];
    case 'refused':
      return [...made, ...refuse(change, answer.code, answer.byFraudCheck)];
    case 'approved':
      transaction.acquirer_auth_code = '178';
      if (answer.isCaptured) return [...made, ...pay(change, charge.amount)];
      transaction.status = 'authorized_pending_capture';
      return [...made, 'charge.pending'];
  }
}

/** Money came, for the first time or again. */
export function pay({ order, charge, now }: Change, amount: number): string[] {
  const transaction = charge.last_transaction;
  if (charge.paid_amount === undefined) {
    // It may have ended unpaid before.
    delete charge.canceled_amount;
    delete charge.canceled_at;
  }
  charge.paid_amount = (charge.paid_amount ?? 0) + amount;
  charge.paid_at ??= timeText(now);
  transaction.success = true;
  if (charge.payment_method === 'credit_card') {
    transaction.status = charge.paid_amount < charge.amount ? 'partial_capture' : 'captured';
    transaction.acquirer_message = 'Transação capturada com sucesso';
    transaction.acquirer_return_code = '00';
    charge.status = 'paid';
  } else {
    transaction.status = 'paid';
    charge.status = statusOfPix(charge.paid_amount - charge.amount);
  }
  if (charge.status !== 'underpaid') order.status = 'paid';
  const isWhole = charge.status === 'paid';
  return isWhole ? ['order.paid', 'charge.paid'] : [`charge.${charge.status}`];
}

function statusOfPix(excess: number): string {
  if (excess === 0) return 'paid';
  return excess > 0 ? 'overpaid' : 'underpaid';
}

/** The bank, the fraud check or the provider said no. */
export function refuse({ order, charge }: Change, code: string, byFraudCheck = false): string[] {
  const transaction = charge.last_transaction;
  transaction.success = false;
  charge.status = 'failed';
  order.status = 'failed';
  if (charge.payment_method === 'credit_card') {
    transaction.status = 'not_authorized';
    transaction.acquirer_message = 'Transação não autorizada';
    transaction.acquirer_return_code = code;
    transaction.antifraud_response = byFraudCheck ? { status: 'reproved', score: 'very_high' } : {};
  } else {
    transaction.status = 'failed';
    transaction.gateway_response = { code: '400', errors: [{ message: 'Pix não autorizado' }] };
  }
  return ['order.payment_failed', 'charge.payment_failed'];
}

/** Nobody paid in time. Nothing if somebody did. */
export function expire({ order, charge }: Change): string[] {
  if (charge.status !== 'pending') return [];
  charge.status = 'failed';
  order.status = 'failed';
  charge.last_transaction.status = 'expired';
  charge.last_transaction.success = false;
  return ['order.payment_failed', 'charge.payment_failed'];
}

/** Ends a charge that nobody paid. */
export function voidCharge({ order, charge, now }: Change): string[] {
  charge.status = 'canceled';
  charge.canceled_at = timeText(now);
  charge.canceled_amount = charge.amount;
  charge.last_transaction.status = charge.payment_method === 'pix' ? 'failed' : 'voided';
  order.status = 'canceled';
  return ['order.canceled', 'charge.updated'];
}

/** Money is on its way back. */
export function beginRefund({ charge }: Change, pendingCents: number): string[] {
  charge.last_transaction.status = 'pending_refund';
  charge.last_transaction.amount = pendingCents;
  return ['charge.updated'];
}

/** Money is back. */
export function endRefund({ order, charge, now }: Change, amount: number): string[] {
  const transaction = charge.last_transaction;
  const isPix = charge.payment_method === 'pix';
  charge.canceled_amount = (charge.canceled_amount ?? 0) + amount;
  charge.canceled_at = timeText(now);
  transaction.amount = charge.amount;
  if (charge.canceled_amount < (charge.paid_amount ?? 0)) {
    transaction.status = isPix ? 'paid' : 'partial_refunded';
    return ['charge.partial_canceled'];
  }
  transaction.status = 'refunded';
  charge.status = 'canceled';
  order.status = 'canceled';
  return ['charge.refunded', 'order.canceled'];
}

/** Money could not be sent back. */
export function failRefund({ charge }: Change): string[] {
  charge.last_transaction.status = 'error_on_refunding';
  charge.last_transaction.amount = charge.amount;
  return ['charge.updated'];
}

/** The buyer's bank took the money back. */
export function chargeBack({ charge }: Change): string[] {
  charge.status = 'chargedback';
  charge.last_transaction.status = 'chargedback';
  return ['charge.chargedback'];
}
