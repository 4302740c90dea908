import type { EventId, OrderId, PaymentMethod } from '@ingressou/protocol';
import type { ChargeRecord, PaymentAttempt, RefundRecord } from '../ports/payment-records.ts';
import type { ChargeStatus } from '../ports/payments.ts';
import { numberIn, textIn } from './columns.ts';
import type { Columns } from './database.ts';

/** A charge's life: of two things said about it the later one holds, whichever came first. */
const life: readonly ChargeStatus[] = [
  'pending',
  'processing',
  'authorized',
  'failed',
  'paid',
  'underpaid',
  'overpaid',
  'canceled',
  'chargedback',
];

export function rankOf(status: ChargeStatus): number {
  return life.indexOf(status);
}

/** From here on nothing is found out by asking again and again. */
const finalRank = rankOf('failed');

export function attemptIn(columns: Columns): PaymentAttempt {
  const providerOrder = optionalText(columns, 'provider_order');
  return {
    event: textIn<EventId>(columns, 'event_id'),
    order: textIn<OrderId>(columns, 'order_id'),
    attempt: numberIn(columns, 'attempt'),
    method: textIn<PaymentMethod>(columns, 'method'),
    amountCents: numberIn(columns, 'amount'),
    madeAt: numberIn(columns, 'made_at'),
    payBy: numberIn(columns, 'pay_by'),
    ...(providerOrder !== undefined && { providerOrder }),
  };
}

export function chargeIn(columns: Columns): ChargeRecord {
  const status = textIn<ChargeStatus>(columns, 'status');
  const code = optionalText(columns, 'pix_code');
  const refusal = optionalText<NonNullable<ChargeRecord['refusal']>>(columns, 'refusal');
  return {
    id: textIn(columns, 'id'),
    providerOrder: textIn(columns, 'provider_order'),
    order: optionalText<OrderId>(columns, 'order_id'),
    event: optionalText<EventId>(columns, 'event_id'),
    attempt: columns.attempt === null ? undefined : numberIn(columns, 'attempt'),
    status,
    method: textIn<ChargeRecord['method']>(columns, 'method'),
    amountCents: numberIn(columns, 'amount'),
    paidCents: numberIn(columns, 'paid'),
    refundedCents: numberIn(columns, 'refunded'),
    ...(code !== undefined && { pix: { code, expiresAt: numberIn(columns, 'pix_expires_at') } }),
    ...(refusal !== undefined && { refusal }),
    isFinal: rankOf(status) >= finalRank,
  };
}

export function refundIn(columns: Columns): RefundRecord {
  const answer = optionalText(columns, 'answer');
  const next = columns.next_try_at;
  return {
    id: textIn(columns, 'id'),
    order: optionalText<OrderId>(columns, 'order_id'),
    event: optionalText<EventId>(columns, 'event_id'),
    charge: textIn(columns, 'charge_id'),
    amountCents: numberIn(columns, 'amount'),
    status: textIn<RefundRecord['status']>(columns, 'status'),
    tries: numberIn(columns, 'tries'),
    ...(answer !== undefined && { answer }),
    ...(next !== null && { nextTryAt: numberIn(columns, 'next_try_at') }),
  };
}

function optionalText<T extends string>(columns: Columns, name: string): T | undefined {
  return columns[name] === null ? undefined : textIn<T>(columns, name);
}
