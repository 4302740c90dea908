import { isRecord } from '../json-fields.ts';
import { invalid } from './refusal.ts';
import type { WireSplit } from './wire.ts';

type Json = Record<string, unknown>;

/** What a request for an order asks for, after it was checked. */
export interface OrderWish {
  readonly code: string;
  readonly customer: Json;
  readonly items: readonly Json[];
  readonly payments: readonly PaymentWish[];
  readonly metadata: Json;
}

export interface PaymentWish {
  readonly method: 'pix' | 'credit_card';
  readonly amount: number;
  /** What the method's own object says. */
  readonly details: Json;
  readonly split: WireSplit[] | undefined;
}

const codeLettersMax = 52;
const nameLettersMax = 64;

/**
 * Checks what the provider checks, and no more.
 *
 * @throws {ApiRefusal} naming every field that is wrong
 */
export function checkedOrder(body: unknown): OrderWish {
  const request = objectOf(body);
  const errors: Record<string, string[]> = {};
  const wish: OrderWish = {
    code: textOf(request.code),
    customer: objectOf(request.customer),
    items: listOf(request.items),
    payments: listOf(request.payments).map(paymentWish),
    metadata: objectOf(request.metadata),
  };
  const check = (isRight: boolean, field: string, message: string): void => {
    if (!isRight) errors[`order.${field}`] = [message];
  };
  check(wish.code.length <= codeLettersMax, 'code', 'The code field has at most 52 characters.');
  check(wish.items.length > 0, 'items', 'The items field is required.');
  check(wish.payments.length > 0, 'payments', 'The payments field is required.');
  checkCustomer(wish.customer, check);
  wish.items.forEach((item, index) => {
    check(isCents(item.amount), `items[${index}].amount`, 'The amount must be at least 1.');
  });
  wish.payments.forEach((payment, index) => {
    checkPayment(payment, (isRight, field, message) =>
      check(isRight, `payments[${index}].${field}`, message),
    );
  });
  if (Object.keys(errors).length > 0) throw invalid(errors, request);
  return wish;
}

type Check = (isRight: boolean, field: string, message: string) => void;

function checkCustomer(customer: Json, check: Check): void {
  const [name, email] = [textOf(customer.name), textOf(customer.email)];
  check(name !== '', 'customer.name', 'The name field is required.');
  check(
    name.length <= nameLettersMax,
    'customer.name',
    'The name field has at most 64 characters.',
  );
  check(/^[^@\s]+@[^@\s]+$/.test(email), 'customer.email', 'The email field is not valid.');
  check(email.length <= nameLettersMax, 'customer.email', 'The email field is too long.');
  const document = textOf(customer.document);
  check(/^\d{11}(\d{3})?$/.test(document), 'customer.document', 'The document field is not valid.');
  const hasPhone = Object.keys(objectOf(customer.phones)).length > 0;
  check(hasPhone, 'customer.phones', 'At least one customer phone is required.');
}

function checkPayment({ method, amount, details, split }: PaymentWish, check: Check): void {
  check(isCents(amount), 'amount', 'The amount must be at least 1.');
  if (method === 'pix') {
    const hasEnd = isCents(details.expires_in) || textOf(details.expires_at) !== '';
    check(hasEnd, 'pix.expires_in', 'The expires_in or expires_at field is required.');
  } else {
    const hasCard = textOf(details.card_token) !== '';
    check(hasCard, 'credit_card.card_token', 'The card_token field is required.');
    const hasAddress = Object.keys(objectOf(details.billing_address)).length > 0;
    check(hasAddress, 'credit_card.billing_address', 'The billing_address field is required.');
  }
  if (split === undefined) return;
  const sum = split.reduce((total, part) => total + part.amount, 0);
  const isWhole = split[0]?.type === 'percentage' ? sum === 100 : sum === amount;
  check(isWhole, 'split', 'The sum of the split rules must equal the amount.');
  for (const option of ['charge_processing_fee', 'charge_remainder_fee', 'liable']) {
    const isBorne = split.some(({ options }) => objectOf(options)[option] === true);
    check(isBorne, `split.options.${option}`, 'At least one recipient must have it.');
  }
}

function paymentWish(payment: Json): PaymentWish {
  const method = payment.payment_method === 'pix' ? 'pix' : 'credit_card';
  const amount = typeof payment.amount === 'number' ? payment.amount : 0;
  return { method, amount, details: objectOf(payment[method]), split: splitOf(payment.split) };
}

/** The rules of a split; undefined when there are none. */
export function splitOf(value: unknown): WireSplit[] | undefined {
  const rules = listOf(value);
  if (rules.length === 0) return undefined;
  return rules.map(({ amount, type, recipient_id, options }) => ({
    amount: typeof amount === 'number' ? amount : 0,
    type: textOf(type),
    recipient_id: textOf(recipient_id),
    options,
  }));
}

export function isCents(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function objectOf(value: unknown): Json {
  return isRecord(value) ? value : {};
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}
