import type { PaymentMethod } from '@ingressou/protocol';
import type { ChargeStatus, ProviderCharge } from '../ports/payments.ts';
import { type JsonFields, UnreadableError } from './json-fields.ts';

/**
 * Reads a charge. The provider tells its life in two places: `status` of the charge, and that of
 * its last transaction, which alone knows an authorisation, an expired PIX code and a refund on its
 * way. After a full refund the charge reads `canceled`, after a part of one it stays `paid`.
 *
 * @throws {UnreadableError} a status nobody documented, too: a guess about money would be worse
 */
export function chargeIn(fields: JsonFields): ProviderCharge {
  const transaction = fields.optionalObject('last_transaction');
  const amountCents = fields.cents('amount');
  const method = methodOf(fields.text('payment_method'));
  const status = statusOf(fields.text('status'), transaction.optionalText('status'));
  const paidCents = paidOf(fields, status, amountCents);
  return {
    id: fields.text('id'),
    status,
    method,
    amountCents,
    paidCents,
    ...refundsOf(fields, transaction, paidCents),
    split: splitIn(transaction, amountCents),
    ...(method === 'pix' && pixIn(transaction)),
    ...(method === 'card' && status === 'failed' && { refusal: refusalOf(transaction) }),
  };
}

function methodOf(text: string): PaymentMethod | 'other' {
  if (text === 'pix') return 'pix';
  return text === 'credit_card' || text === 'debit_card' ? 'card' : 'other';
}

const statuses: Readonly<Record<string, ChargeStatus>> = {
  pending: 'pending',
  processing: 'processing',
  failed: 'failed',
  paid: 'paid',
  underpaid: 'underpaid',
  overpaid: 'overpaid',
  canceled: 'canceled',
  chargedback: 'chargedback',
};

/** What the last transaction makes of a charge that the provider calls pending. */
const pendingStatuses: Readonly<Record<string, ChargeStatus>> = {
  authorized_pending_capture: 'authorized',
  waiting_capture: 'authorized',
  analyzing: 'processing',
  pending_review: 'processing',
  expired: 'failed',
};

function statusOf(charge: string, transaction = ''): ChargeStatus {
  const status = statuses[charge];
  if (status === undefined) throw new UnreadableError('charge.status', 'documented');
  if (transaction === 'chargedback') return 'chargedback';
  return status === 'pending' ? (pendingStatuses[transaction] ?? status) : status;
}

/** Not every answer tells how much was paid: then it was what was asked for. */
function paidOf(fields: JsonFields, status: ChargeStatus, amountCents: number): number {
  const isPaid = status === 'paid' || status === 'chargedback';
  const wasPaid = isPaid || fields.optionalTime('paid_at') !== undefined;
  return fields.optionalCents('paid_amount') ?? (wasPaid ? amountCents : 0);
}

const refundsUnderWay: readonly string[] = ['pending_refund', 'waiting_cancellation'];

/** A charge that nobody paid is cancelled without anything going back. */
function refundsOf(fields: JsonFields, transaction: JsonFields, paidCents: number) {
  const told = Math.min(fields.optionalCents('canceled_amount') ?? 0, paidCents);
  if (!refundsUnderWay.includes(transaction.optionalText('status') ?? '')) {
    return { refundedCents: told, refundingCents: 0 };
  }
  // The provider may call the charge cancelled before the money is back.
  if (fields.text('status') === 'canceled') return { refundedCents: 0, refundingCents: told };
  const asked = transaction.optionalCents('amount') ?? paidCents;
  return { refundedCents: told, refundingCents: Math.min(asked, paidCents - told) };
}

function splitIn(transaction: JsonFields, amountCents: number): ProviderCharge['split'] {
  return transaction.list('split').map((part) => {
    const amount = part.cents('amount');
    const isShare = part.optionalText('type') === 'percentage';
    return {
      recipient: part.optionalText('recipient_id') ?? part.object('recipient').text('id'),
      amountCents: isShare ? Math.round((amountCents * amount) / 100) : amount,
    };
  });
}

function pixIn(transaction: JsonFields): Pick<ProviderCharge, 'pix'> {
  const code = transaction.optionalText('qr_code');
  const expiresAt = transaction.optionalTime('expires_at');
  return code === undefined || expiresAt === undefined ? {} : { pix: { code, expiresAt } };
}

/** The card schemes' codes for "prove who you are". */
const challengeCodes: readonly string[] = ['1A', '65'];
/** The fraud check let it pass, or did not take place. */
const harmless: readonly string[] = ['', 'approved', 'pending', 'no_check'];

function refusalOf(transaction: JsonFields): NonNullable<ProviderCharge['refusal']> {
  const code = transaction.optionalText('acquirer_return_code') ?? '';
  if (challengeCodes.includes(code)) return 'challenge_failed';
  const check = transaction.optionalObject('antifraud_response').optionalText('status') ?? '';
  return harmless.includes(check) ? 'card_refused' : 'risk_refused';
}
