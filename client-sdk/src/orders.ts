import { type OrderId, type OrderStatus, type OrderView, uuid7 } from '@ingressou/protocol';
import type { Random } from './backoff.ts';
import type { Clock } from './clock.ts';
import { idOf } from './event-handle.ts';
import {
  type CheckoutSettings,
  type ListedOrder,
  type Payment,
  type PhoneTicket,
  parseOrder,
  parseOrders,
  parsePayment,
  parsePhoneTicket,
  parseSettings,
  parseTickets,
  parseToken,
  type Ticket,
} from './order-answers.ts';
import type { OrderDetails } from './order-details.ts';
import { OrderNews } from './order-news.ts';
import type { Request, Requests } from './requests.ts';

export interface RequestOptions {
  /** Ends it early; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface TakeTicket extends RequestOptions {
  /** Of the phone's key: 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Takes it away from another phone. */
  readonly mayMove?: boolean;
  /** A `newId` of before, for a retry. */
  readonly id?: OrderId;
}

export interface OrdersOptions {
  readonly requests: Requests;
  readonly clock: Clock;
  readonly random: Random;
  /** The server's time. */
  readonly now: () => number;
  /** As the live connection has it now: undefined while it is not live or does not tell of it. */
  readonly known: (order: OrderId) => OrderView | undefined;
}

/** What was told over the socket may be a moment ahead of what is read here. */
const behind = { notYet: [404, 409] };

/**
 * What there is to say and ask about orders over HTTP; `checkout`, `cancel` and `refund` are
 * commands of the show. Requests are tried again until the connection's deadline. They reject with
 * `MisuseError` for what is no id, with `RequestError` when the server refuses or does not answer,
 * and with `ConnectionEndedError` after `close`.
 */
export class Orders {
  readonly #options: OrdersOptions;
  readonly #news: OrderNews;

  /** Made by the connection. */
  constructor(options: OrdersOptions) {
    const { clock, known, requests } = options;
    this.#options = options;
    this.#news = new OrderNews({
      clock,
      known,
      closed: requests.closed,
      ask: async (order, signal) => parseOrder(await this.#get(pathOf(order), { signal })),
    });
  }

  /** For an order that is about to be made: its details and its checkout go by it. */
  newId(): OrderId {
    return uuid7(this.#options.now(), this.#options.random(10));
  }

  /** How one may pay. */
  async settings(options?: RequestOptions): Promise<CheckoutSettings> {
    return parseSettings(await this.#get('/v1/checkout', options));
  }

  /** Who buys, before the checkout of this id. What is wrong is in the error's `errors`. */
  async tellDetails(order: string, details: OrderDetails, options?: RequestOptions): Promise<void> {
    await this.#post(`${pathOf(order)}/details`, details, options);
  }

  /** What the provider's script needs to have the buyer's bank ask who they are; lives for 20 s. */
  async challenge(order: string, options?: RequestOptions): Promise<string> {
    return parseToken(await this.#post(`${pathOf(order)}/challenge`, {}, options));
  }

  /** Waits until there is something to pay with. */
  async payment(order: string, options?: RequestOptions): Promise<Payment> {
    return parsePayment(await this.#get(`${pathOf(order)}/payment`, options, behind));
  }

  /** Waits until their codes are signed. */
  async tickets(order: string, options?: RequestOptions): Promise<readonly Ticket[]> {
    return parseTickets(await this.#get(`${pathOf(order)}/tickets`, options, behind));
  }

  /** Waits until the file is made. */
  async ticketsPdf(order: string, { signal }: RequestOptions = {}): Promise<Blob> {
    const path = `${pathOf(order)}/tickets.pdf`;
    return await this.#options.requests.file({ method: 'GET', path, signal, ...behind });
  }

  /**
   * Has this phone show a ticket whose code rotates; a phone that has it is given the same again. One
   * that another phone has is refused with `ticket_bound` unless it may move. Keep the id for a
   * retry of the same wish.
   */
  async takeTicket(order: string, serial: number, wish: TakeTicket): Promise<PhoneTicket> {
    const { id = this.newId(), publicKey, mayMove = false, signal } = wish;
    const body = { id, key: btoa(String.fromCharCode(...publicKey)), mayMove };
    const path = `${pathOf(order)}/tickets/${serial}/holder`;
    const answer = await this.#options.requests.json({ method: 'POST', path, body, signal });
    return parsePhoneTicket(answer);
  }

  /** The newest orders of mine in all shows. */
  async list(options?: RequestOptions): Promise<readonly ListedOrder[]> {
    return parseOrders(await this.#get('/v1/orders', options));
  }

  /**
   * Resolves with the order once it is in this status, or in one that does not lead there. Hears
   * of it by the live connection when its show is watched, and asks from time to time otherwise.
   */
  async waitFor(
    order: string,
    status: OrderStatus,
    { signal }: RequestOptions = {},
  ): Promise<OrderView> {
    return await this.#news.waitFor(idOf<OrderId>(order), status, signal);
  }

  /** For the connection: something that `known` says may have changed. */
  changed(): void {
    this.#news.changed();
  }

  #get(path: string, { signal }: RequestOptions = {}, more: Pick<Request, 'notYet'> = {}) {
    return this.#options.requests.json({ method: 'GET', path, signal, ...more });
  }

  #post(path: string, body: unknown, { signal }: RequestOptions = {}) {
    return this.#options.requests.json({ method: 'POST', path, body, signal });
  }
}

/** @throws {MisuseError} `malformed_id` */
function pathOf(order: string): string {
  return `/v1/orders/${idOf<OrderId>(order)}`;
}
