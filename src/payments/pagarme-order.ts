import type { CardPayment, Customer, PaymentRequest } from '../ports/payments.ts';
import { PaymentRequestError } from '../ports/payments.ts';
import { type SplitRule, splitRule } from './pagarme-split.ts';

/** Of an account at the provider. */
export interface OrderSettings {
  /** Who gets the convenience fee; undefined: the account cannot split. */
  readonly platformRecipient: string | undefined;
  /** What stands on the buyer's card statement; 13 letters at most. */
  readonly statementDescriptor: string;
}

/** The provider cuts no names: it refuses longer ones. */
const nameLettersMax = 64;
const descriptionLettersMax = 256;

/** The body of `POST /orders`. The same request makes the same body. */
export function orderBody(request: PaymentRequest, settings: OrderSettings) {
  const { order, event, attempt, customer, subject, lines } = request;
  return {
    code: order,
    closed: true,
    customer: customerOf(customer, subject),
    items: lines.map(({ code, description, amountCents, quantity }) => ({
      code,
      description: cut(description, descriptionLettersMax),
      amount: amountCents,
      quantity,
    })),
    payments: [{ ...paymentOf(request, settings), ...splitOf(request, settings) }],
    metadata: { event_id: event, order_id: order, attempt: String(attempt) },
  };
}

/** What all lines cost together. */
export function amountOf({ lines }: PaymentRequest): number {
  return lines.reduce((sum, { amountCents, quantity }) => sum + amountCents * quantity, 0);
}

function customerOf({ name, email, cpf, phone }: Customer, code: string) {
  return {
    name: cut(name, nameLettersMax),
    email,
    type: 'individual',
    document: cpf,
    document_type: 'CPF',
    code,
    phones: {
      mobile_phone: {
        country_code: phone.slice(0, 2),
        area_code: phone.slice(2, 4),
        number: phone.slice(4),
      },
    },
  };
}

function paymentOf(request: PaymentRequest, settings: OrderSettings) {
  const { method, card, order, payInMs } = request;
  const amount = amountOf(request);
  if (method === 'card') {
    if (card === undefined) throw new PaymentRequestError(400, ['payments.credit_card']);
    return { payment_method: 'credit_card', amount, credit_card: cardOf(card, settings) };
  }
  const pix = {
    // Rounded down: a code that outlives its order would be paid for nothing.
    expires_in: Math.max(1, Math.floor(payInMs / 1000)),
    additional_information: [{ name: 'Pedido', value: order }],
  };
  return { payment_method: 'pix', amount, pix };
}

function cardOf(card: CardPayment, { statementDescriptor }: OrderSettings) {
  const { token, installments, billing, challenge } = card;
  return {
    operation_type: 'auth_and_capture',
    installments,
    statement_descriptor: statementDescriptor,
    card_token: token,
    billing_address: {
      line_1: billing.line1,
      zip_code: billing.zipCode,
      city: billing.city,
      state: billing.uf,
      country: 'BR',
    },
    ...(challenge && { authentication: authenticationOf(challenge.transaction) }),
  };
}

function authenticationOf(transaction: string) {
  return {
    type: 'threed_secure',
    threed_secure: { mpi: 'acquirer', transaction_id: transaction },
  };
}

/** The producer's share, and the rest for the platform, which bears the fees and the disputes. */
function splitOf(
  request: PaymentRequest,
  { platformRecipient }: OrderSettings,
): { split?: SplitRule[] } {
  const { split } = request;
  if (split === undefined || split.producerCents === 0) return {};
  const feeCents = amountOf(request) - split.producerCents;
  if (platformRecipient === undefined || feeCents < 0) {
    throw new PaymentRequestError(400, ['payments.split']);
  }
  if (feeCents === 0) return { split: [splitRule(split.recipient, split.producerCents, true)] };
  return {
    split: [
      splitRule(split.recipient, split.producerCents, false),
      splitRule(platformRecipient, feeCents, true),
    ],
  };
}

/** Whole letters, also outside the basic plane. */
function cut(text: string, lettersMax: number): string {
  return [...text].slice(0, lettersMax).join('');
}
