import { type OrderId, UUID_PATTERN } from '@ingressou/protocol';
import type { ProviderCharge, ProviderOrder } from '../ports/payments.ts';
import { JsonFields, UnreadableError } from './json-fields.ts';
import { chargeIn } from './pagarme-charge.ts';

/** An order with the times that no port needs, but lists are put in order and filtered by. */
export interface DatedOrder {
  readonly order: ProviderOrder;
  readonly madeAt: number;
  readonly changedAt: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/** @throws {UnreadableError} */
export function orderIn(json: unknown): ProviderOrder {
  return datedOrderIn(new JsonFields(json, 'order')).order;
}

/** @throws {UnreadableError} */
export function chargeAnswerIn(json: unknown): ProviderCharge {
  return chargeIn(new JsonFields(json, 'charge'));
}

/** @throws {UnreadableError} */
export function ordersIn(json: unknown): Page<DatedOrder> {
  return pageIn(json, datedOrderIn);
}

/** The ids of webhooks that could not be delivered. @throws {UnreadableError} */
export function failedHooksIn(json: unknown): Page<string> {
  const page = pageIn(json, (hook) => ({ id: hook.text('id'), status: hook.text('status') }));
  const failed = page.items.filter(({ status }) => status === 'failed');
  return { items: failed.map(({ id }) => id), hasMore: page.hasMore };
}

/** @throws {UnreadableError} */
export function challengeTokenIn(json: unknown): string {
  return new JsonFields(json, 'answer').text('tds_token');
}

function pageIn<T>(json: unknown, read: (fields: JsonFields) => T): Page<T> {
  const answer = new JsonFields(json, 'page');
  const next = answer.optionalObject('paging').optionalText('next');
  return { items: answer.list('data').map(read), hasMore: next !== undefined };
}

const orderStatuses: readonly ProviderOrder['status'][] = ['pending', 'paid', 'canceled', 'failed'];

function datedOrderIn(fields: JsonFields): DatedOrder {
  const told = fields.text('status');
  const status = orderStatuses.find((each) => each === told);
  if (status === undefined) throw new UnreadableError('order.status', 'documented');
  const metadata = fields.optionalObject('metadata');
  const charges = fields.list('charges');
  const order = {
    id: fields.text('id'),
    order: idIn<OrderId>(fields.optionalText('code')),
    event: idIn<NonNullable<ProviderOrder['event']>>(metadata.optionalText('event_id')),
    attempt: attemptIn(metadata.optionalText('attempt')),
    status,
    amountCents: fields.cents('amount'),
    currency: fields.optionalText('currency') ?? 'BRL',
    charges: charges.map(chargeIn),
  };
  const times = [fields, ...charges].flatMap((each) => each.optionalTime('updated_at') ?? []);
  const madeAt = fields.optionalTime('created_at') ?? 0;
  return { order, madeAt, changedAt: Math.max(madeAt, ...times) };
}

/** Somebody else's order has a code as well, but none of ours. */
function idIn<T extends string>(text: string | undefined): T | undefined {
  return text !== undefined && UUID_PATTERN.test(text) ? (text as T) : undefined;
}

function attemptIn(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
}
