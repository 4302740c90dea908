import type { OrderId, PaymentRefusal } from '@ingressou/protocol';
import type { CommandOf } from '../../domain/commands.ts';
import type { ProviderCharge, ProviderOrder } from '../../ports/payments.ts';

/** What an order of ours is told of a charge. */
export type Word = CommandOf<'begin_payment' | 'confirm_payment' | 'fail_payment' | 'charge_back'>;

/**
 * What the provider's present word about a charge means to our order. Told again, or in another
 * order, the same charge ends the same: each word is a command that changes something once.
 */
export function wordsOf(charge: ProviderCharge, order: OrderId): readonly Word[] {
  const begin = { type: 'begin_payment', charge: charge.id, order } as const;
  switch (charge.status) {
    case 'pending':
    case 'processing':
    case 'authorized':
      return [begin];
    case 'paid':
    case 'underpaid':
    case 'overpaid':
      return [confirmation(charge, order)];
    case 'chargedback':
      return [confirmation(charge, order), { type: 'charge_back', charge: charge.id, order }];
    case 'failed':
    // What was paid and went back changes nothing here: its refund is told by itself.
    case 'canceled':
      return [failure(charge, order)];
  }
}

function confirmation({ id, paidCents, amountCents }: ProviderCharge, order: OrderId): Word {
  const amount = paidCents > 0 ? paidCents : amountCents;
  return { type: 'confirm_payment', charge: id, order, amountCents: amount };
}

function failure({ id, refusal, method }: ProviderCharge, order: OrderId): Word {
  return { type: 'fail_payment', attempt: id, order, refusal: refusal ?? standard[method] };
}

const standard: Readonly<Record<ProviderCharge['method'], PaymentRefusal>> = {
  card: 'card_refused',
  pix: 'provider_unavailable',
  other: 'provider_unavailable',
};

/** Who the shares of a payment go to; undefined without a split. */
export interface Shares {
  readonly recipients: ReadonlySet<string>;
}

/** Why a charge is not believed to be ours though it names our order; undefined when it is. */
export function suspicionOf(
  order: ProviderOrder,
  charge: ProviderCharge,
  shares: Shares | undefined,
): 'currency' | 'recipient' | undefined {
  if (order.currency !== 'BRL') return 'currency';
  const isOurs = charge.split.every(({ recipient }) => shares?.recipients.has(recipient) ?? false);
  return isOurs ? undefined : 'recipient';
}
