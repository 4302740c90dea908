import { brCode } from './br-code.ts';
import type { CardToken } from './cards.ts';
import type { ChallengeStatus } from './challenges.ts';
import { digitsOf, lettersOf, newId, type RandomBytes } from './chance.ts';
import { type OrderWish, objectOf, type PaymentWish, textOf } from './order-check.ts';
import { timeText, type WireCharge, type WireOrder, type WireTransaction } from './wire.ts';

/** Where the money of a new charge stands. */
export type FirstAnswer =
  | { readonly type: 'waits' }
  | { readonly type: 'approved'; readonly isCaptured: boolean }
  | { readonly type: 'processing' }
  | { readonly type: 'refused'; readonly code: string; readonly byFraudCheck: boolean };

export interface NewOrderContext {
  readonly now: number;
  readonly random: RandomBytes;
  readonly pixLimitCents: number;
  /** @throws {ApiRefusal} */
  readonly useToken: (token: string) => CardToken;
  readonly challengeOf: (transaction: string) => ChallengeStatus;
}

/** A document that the provider's fraud check refuses in tests. */
const suspectDocument = '11111111111';

/** An order as it was wished, with a charge for each payment that has not begun yet. */
export function newOrder(wish: OrderWish, context: NewOrderContext): WireOrder {
  const { now, random } = context;
  const at = timeText(now);
  const dates = { created_at: at, updated_at: at };
  const customer = { id: newId('cus', random), ...wish.customer, delinquent: false, ...dates };
  const code = wish.code || lettersOf(10, random).toUpperCase();
  return {
    id: newId('or', random),
    code,
    amount: wish.payments.reduce((sum, { amount }) => sum + amount, 0),
    currency: 'BRL',
    closed: true,
    status: 'pending',
    ...dates,
    closed_at: at,
    items: wish.items.map((item) => ({
      id: newId('oi', random),
      type: 'product',
      ...item,
      status: 'active',
      ...dates,
    })),
    customer,
    charges: wish.payments.map((payment) => newCharge(payment, code, customer, context)),
    checkouts: [],
    metadata: wish.metadata,
  };
}

function newCharge(
  payment: PaymentWish,
  code: string,
  customer: unknown,
  context: NewOrderContext,
): WireCharge {
  const { now, random } = context;
  const at = timeText(now);
  const gateway = digitsOf(10, random);
  const transaction: WireTransaction = {
    id: newId('tran', random),
    transaction_type: payment.method,
    gateway_id: gateway,
    amount: payment.amount,
    status: payment.method === 'pix' ? 'waiting_payment' : 'with_error',
    success: true,
    created_at: at,
    updated_at: at,
    gateway_response: {},
    antifraud_response: {},
    metadata: {},
    ...(payment.split && { split: payment.split }),
  };
  return {
    id: newId('ch', random),
    code,
    gateway_id: gateway,
    amount: payment.amount,
    status: 'pending',
    currency: 'BRL',
    payment_method: payment.method,
    created_at: at,
    updated_at: at,
    customer,
    metadata: {},
    last_transaction: { ...transaction, ...methodFields(payment, gateway, context) },
  };
}

function methodFields(
  { method, amount, details }: PaymentWish,
  gateway: string,
  { now, random }: NewOrderContext,
): Partial<WireTransaction> {
  if (method === 'credit_card') {
    return {
      operation_key: digitsOf(9, random),
      operation_type: textOf(details.operation_type) || 'auth_and_capture',
      installments: typeof details.installments === 'number' ? details.installments : 1,
      statement_descriptor: textOf(details.statement_descriptor),
      acquirer_name: 'simulator',
      acquirer_tid: digitsOf(9, random),
      acquirer_nsu: digitsOf(5, random),
      funding_source: 'credit',
      payment_type: 'PAN',
    };
  }
  const location = `pix.simulador.invalid/pix/v2/${lettersOf(32, random).toLowerCase()}`;
  const transaction = lettersOf(25, random);
  const place = { merchant: 'Ingressou Simulador', city: 'RIO DE JANEIRO' };
  return {
    pix_provider_tid: gateway,
    qr_code: brCode({ location, amountCents: amount, transaction, ...place }),
    expires_at: timeText(expiryOf(details, now)),
  };
}

function expiryOf(details: Record<string, unknown>, now: number): number {
  if (typeof details.expires_in === 'number') return now + details.expires_in * 1000;
  return Date.parse(`${textOf(details.expires_at).replace(/Z$/, '')}Z`);
}

/**
 * What the payer's bank says at once: to a PIX nothing, unless it is above the limit of tests; to
 * a card what its number, its code and the buyer's proof of identity call for.
 *
 * @throws {ApiRefusal} the card's token is unknown, used or expired
 */
export function firstAnswer(
  payment: PaymentWish,
  charge: WireCharge,
  wish: OrderWish,
  context: NewOrderContext,
): { answer: FirstAnswer; verdict: CardToken['verdict'] | undefined } {
  if (payment.method === 'pix') {
    const isAbove = payment.amount > context.pixLimitCents;
    const answer = isAbove ? refused('05', false) : ({ type: 'waits' } as const);
    return { answer, verdict: undefined };
  }
  const token = context.useToken(textOf(payment.details.card_token));
  const address = payment.details.billing_address;
  charge.last_transaction.card = {
    id: newId('card', context.random),
    ...token.card,
    status: 'active',
    type: 'credit',
    billing_address: address,
  };
  return { answer: cardAnswer(payment, wish, token, context), verdict: token.verdict };
}

function cardAnswer(
  { details }: PaymentWish,
  { customer }: OrderWish,
  { verdict }: CardToken,
  { challengeOf }: NewOrderContext,
): FirstAnswer {
  if (customer.document === suspectDocument) return refused('00', true);
  const { threed_secure: proof } = objectOf(details.authentication);
  if (proof !== undefined) {
    const { transaction_id, mpi } = objectOf(proof);
    const isProven = mpi === 'third_party' || challengeOf(textOf(transaction_id)) === 'Y';
    if (!isProven) return refused('1A', false);
  }
  if (verdict === 'refused') return refused('01', false);
  if (verdict === 'slow' || verdict === 'slow_refused') return { type: 'processing' };
  return { type: 'approved', isCaptured: details.operation_type !== 'auth_only' };
}

function refused(code: string, byFraudCheck: boolean): FirstAnswer {
  return { type: 'refused', code, byFraudCheck };
}
