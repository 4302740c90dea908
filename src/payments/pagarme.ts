import type { OrderId } from '@ingressou/protocol';
import {
  type ChargeStatus,
  type PaymentRequest,
  PaymentRequestError,
  type Payments,
  type ProviderCharge,
  type ProviderOrder,
} from '../ports/payments.ts';
import {
  challengeTokenIn,
  chargeAnswerIn,
  type DatedOrder,
  failedHooksIn,
  orderIn,
  ordersIn,
  type Page,
} from './pagarme-answer.ts';
import { type OrderSettings, orderBody } from './pagarme-order.ts';
import { refundSplit } from './pagarme-split.ts';
import { PagarmeTransport, type TransportOptions } from './pagarme-transport.ts';

export interface PagarmeOptions extends TransportOptions, OrderSettings {
  /** Where the API is; the simulator has the same. */
  readonly url: string;
  /** Where tokens for 3-D Secure come from. */
  readonly challengeUrl: string;
  /** Orders made longer ago than this before the asked time count as settled. */
  readonly changeableMs?: number;
}

/** What the provider gives at once. */
const pageSize = 30;
/** An order has an attempt or a few; a list beyond this is not one of an order. */
const attemptPagesMax = 5;
const dayMs = 86_400_000;
/** Nobody has paid these, and somebody still may. */
const endable: ReadonlySet<ChargeStatus> = new Set(['pending', 'processing', 'authorized']);

/** Payments by Pagar.me's Core API v5. Close it: it keeps connections. */
export class PagarmePayments implements Payments {
  readonly #options: PagarmeOptions;
  readonly #transport: PagarmeTransport;

  constructor(options: PagarmeOptions) {
    this.#options = options;
    this.#transport = new PagarmeTransport(options);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  async create(request: PaymentRequest): Promise<ProviderOrder> {
    const key = `ing-${request.order}-${request.attempt}`;
    const body = orderBody(request, this.#options);
    return await this.#change('create order', '/orders', key, body, orderIn);
  }

  async order(id: string): Promise<ProviderOrder | undefined> {
    // An id out of a webhook may be anything: only one of theirs goes into an address.
    if (!isIdOf('or', id)) return undefined;
    return await this.#get('read order', `/orders/${id}`, orderIn);
  }

  async findOrders(order: OrderId): Promise<readonly ProviderOrder[]> {
    const found: DatedOrder[] = [];
    for (let page = 1; page <= attemptPagesMax; page += 1) {
      const { items, hasMore } = await this.#orders('find orders', { code: order, page });
      found.push(...items);
      if (!hasMore) break;
    }
    return found
      .filter(({ order: each }) => each.order === order)
      .sort((a, b) => a.madeAt - b.madeAt)
      .map(({ order: each }) => each);
  }

  async changedSince(at: number, page: number) {
    const { changeableMs = 2 * dayMs } = this.#options;
    const since = new Date(Math.max(0, at - changeableMs)).toISOString();
    const { items, hasMore } = await this.#orders('list orders', { created_since: since, page });
    // The provider writes times in whole seconds.
    const second = Math.floor(at / 1000) * 1000;
    const orders = items.filter(({ changedAt }) => changedAt >= second).map(({ order }) => order);
    return { orders, hasMore };
  }

  async capture(charge: string, key: string, amountCents?: number): Promise<ProviderCharge> {
    const path = `${pathOf(charge)}/capture`;
    const amount = amountCents === undefined ? {} : { amount: amountCents };
    const body = { operation_reference: key, ...amount };
    return await this.#change('capture', path, key, body, chargeAnswerIn);
  }

  async end(charge: string, key: string): Promise<ProviderCharge> {
    const path = pathOf(charge);
    const before = await this.#charge(path);
    // The same call would give the money of a paid charge back.
    if (!endable.has(before.status)) return before;
    const body = { operation_reference: key };
    return await this.#change('end charge', path, key, body, chargeAnswerIn, 'DELETE');
  }

  async refund(charge: string, key: string, amountCents?: number): Promise<ProviderCharge> {
    const path = pathOf(charge);
    const before = await this.#charge(path);
    const body = { operation_reference: key, ...partOf(before, amountCents) };
    return await this.#change('refund', path, key, body, chargeAnswerIn, 'DELETE');
  }

  async challengeToken(): Promise<string> {
    const url = `${this.#options.challengeUrl}/tds-token`;
    const call = { operation: 'challenge token', method: 'GET', url } as const;
    const token = await this.#transport.call(call, challengeTokenIn);
    return token ?? refuseMissing('challenge');
  }

  async failedHooks(page: number) {
    const path = `/hooks?${queryOf({ status: 'failed', page })}`;
    const list = await this.#get('list hooks', path, failedHooksIn);
    return { hooks: list?.items ?? [], hasMore: list?.hasMore ?? false };
  }

  async resendHook(hook: string): Promise<void> {
    if (!isIdOf('hook', hook)) return;
    try {
      await this.#change('resend hook', `/hooks/${hook}/retry`, undefined, {}, () => {});
    } catch (error) {
      // It is too old to be known: reconciliation finds what it would have told.
      if (!(error instanceof PaymentRequestError)) throw error;
    }
  }

  async #charge(path: string): Promise<ProviderCharge> {
    const charge = await this.#get('read charge', path, chargeAnswerIn);
    if (charge === undefined) throw new PaymentRequestError(404, ['charge']);
    return charge;
  }

  async #orders(
    operation: string,
    query: Readonly<Record<string, string | number>>,
  ): Promise<Page<DatedOrder>> {
    const list = await this.#get(operation, `/orders?${queryOf(query)}`, ordersIn);
    return list ?? { items: [], hasMore: false };
  }

  #get<T>(operation: string, path: string, read: (json: unknown) => T): Promise<T | undefined> {
    const url = this.#options.url + path;
    return this.#transport.call({ operation, method: 'GET', url }, read);
  }

  async #change<T>(
    operation: string,
    path: string,
    key: string | undefined,
    body: unknown,
    read: (json: unknown) => T,
    method: 'POST' | 'DELETE' = 'POST',
  ): Promise<T> {
    const url = this.#options.url + path;
    const call = { operation, method, url, body, ...(key !== undefined && { key }) };
    // Only a GET can find nothing.
    return (await this.#transport.call(call, read)) as T;
  }
}

function queryOf(values: Readonly<Record<string, string | number>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...values, size: pageSize })) {
    query.set(name, String(value));
  }
  return query.toString();
}

/** @throws {PaymentRequestError} it is none of their ids */
function pathOf(charge: string): string {
  if (!isIdOf('ch', charge)) throw new PaymentRequestError(404, ['charge']);
  return `/charges/${charge}`;
}

function isIdOf(kind: 'or' | 'ch' | 'hook', id: string): boolean {
  return id.startsWith(`${kind}_`) && /^[a-z]+_[A-Za-z0-9]{1,40}$/.test(id);
}

/**
 * What to tell of a refund. All of a charge needs no amount, and its split goes back as it came;
 * a part, or what is left after one, needs both.
 */
function partOf(charge: ProviderCharge, amountCents: number | undefined) {
  const { split, paidCents, refundedCents, refundingCents } = charge;
  const gone = refundedCents + refundingCents;
  if (amountCents === undefined && gone === 0) return {};
  const amount = amountCents ?? paidCents - gone;
  return { amount, ...(split.length > 0 && { split: refundSplit(split, amount) }) };
}

function refuseMissing(what: string): never {
  throw new PaymentRequestError(404, [what]);
}
