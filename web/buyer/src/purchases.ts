import type {
  BillingAddress,
  EventHandle,
  ListedOrder,
  Orders,
  PresentShow,
  Refusal,
} from '@ingressou/client-sdk';
import type {
  HoldId,
  HoldView,
  OrderId,
  OrderStatus,
  OrderView,
  PaymentMethod,
} from '@ingressou/protocol';
import { signal } from '@preact/signals';
import type { BuyerForm } from './checkout/buyer-form.ts';
import { checkoutTexts } from './checkout-texts.ts';
import { focusIfLost, holdElementId, orderElementId } from './focus.ts';
import { hasOrdered, noteOrdered } from './ordered-shows.ts';
import { newestOf } from './orders/order-list.ts';
import { unlessEnded } from './unless-ended.ts';

export interface PurchasesOptions {
  readonly handle: EventHandle;
  readonly orders: Orders;
  /** Says something aloud. */
  readonly say: (text: string) => void;
}

export interface Draft {
  readonly form?: BuyerForm;
  readonly billing?: BillingAddress;
}

/** The part of an address that says which hold is being paid. */
const hashStart = '#pagamento-';

/**
 * What the buyer pays and has paid. Which hold the payment form is open for is part of the page's
 * address: a reload comes back to it, and so does the browser's way back.
 */
export class Purchases {
  readonly orders: Orders;
  /** The hold whose payment form is open. */
  readonly paying = signal<HoldId | undefined>(undefined);
  /** What was typed last, for as long as this page is open: a refused card is tried again. */
  draft: Draft = {};
  /** Orders that ended, as a list of the server said it last. */
  readonly listed = signal<readonly ListedOrder[]>([]);
  readonly #options: PurchasesOptions;
  readonly #leaving = new AbortController();

  constructor(options: PurchasesOptions) {
    this.#options = options;
    this.orders = options.orders;
    this.#readAddress();
    const { signal: left } = this.#leaving;
    addEventListener('popstate', () => this.#readAddress(), { signal: left });
  }

  close(): void {
    this.#leaving.abort();
  }

  /** Looks for orders that ended: the live connection does not tell of them any more. */
  async look(): Promise<void> {
    const { id: show } = this.#options.handle;
    if (!hasOrdered(show)) return;
    const { signal: left } = this.#leaving;
    try {
      const all = await this.orders.list({ signal: left });
      this.listed.value = all.filter(({ event, status }) => event === show && isOver(status));
    } catch {
      // What is live is there all the same; the next connection looks again.
    }
  }

  open(hold: HoldId): void {
    history.pushState(null, '', `${hashStart}${hold}`);
    this.paying.value = hold;
  }

  /** As the browser's own way back, when we came by `open`. */
  leave(): void {
    history.replaceState(null, '', location.pathname);
    this.paying.value = undefined;
  }

  /** Makes the order. Returns why not. */
  async checkout(hold: HoldId, method: PaymentMethod, id: OrderId): Promise<Refusal | undefined> {
    const answer = await unlessEnded(this.#options.handle.checkout(hold, method, { id }));
    return answer?.accepted === false ? answer : undefined;
  }

  /** Gives an order up before it is paid, and its tickets. Returns why not. */
  async cancel(order: OrderId): Promise<Refusal | undefined> {
    const answer = await unlessEnded(this.#options.handle.cancel(order));
    if (answer?.accepted === false) return answer;
    if (answer === undefined) return undefined;
    this.#options.say(checkoutTexts.givenUp);
    return undefined;
  }

  /** Gives these tickets back. Returns why not. */
  async refund(order: OrderId, serials: readonly number[]): Promise<Refusal | undefined> {
    const answer = await unlessEnded(this.#options.handle.refund(order, serials));
    if (answer?.accepted === false) return answer;
    if (answer === undefined) return undefined;
    this.#options.say(checkoutTexts.refundAsked);
    return undefined;
  }

  /** The newest order of a hold, wherever it was told of. */
  orderOf(hold: HoldId, { orders }: PresentShow): OrderView | undefined {
    return newestOf([...orders, ...this.listed.value], hold);
  }

  /** Follows what happened between two views. */
  follow(before: PresentShow | undefined, after: PresentShow): void {
    if (after.orders.length > 0) noteOrdered(after.event);
    for (const order of after.orders) {
      const known = before?.orders.find(({ id }) => id === order.id);
      if (known?.status !== order.status) this.#onStatus(order, known);
    }
    // A hold that was not there before is still on its way: holds come after the show.
    const paying = before && this.payingIn(before);
    if (paying === undefined || this.payingIn(after) !== undefined) return;
    this.leave();
    if (!after.orders.some(({ hold }) => hold === paying.id)) focusIfLost('tickets');
  }

  /** The hold whose payment form is open, while there is something to pay for it. */
  payingIn({ holds, orders }: PresentShow): HoldView | undefined {
    const paying = holds.find(({ id }) => id === this.paying.value);
    if (paying?.status !== 'held') return undefined;
    const isPending = ({ hold, status }: OrderView) => hold === paying.id && status === 'pending';
    return orders.some(isPending) ? undefined : paying;
  }

  #onStatus(order: OrderView, known: OrderView | undefined): void {
    const { say } = this.#options;
    if (known === undefined && order.status === 'pending') {
      if (this.paying.value === order.hold) focusIfLost(orderElementId(order.id));
      return;
    }
    if (known?.status !== 'pending') return;
    if (order.status === 'paid') {
      say(checkoutTexts.paidNow);
      focusIfLost(orderElementId(order.id));
    }
    if (order.status === 'failed') {
      say(checkoutTexts.paymentFailed);
      focusIfLost(holdElementId(order.hold));
    }
  }

  #readAddress(): void {
    const { hash } = location;
    const isPaying = hash.startsWith(hashStart);
    this.paying.value = isPaying ? (hash.slice(hashStart.length) as HoldId) : undefined;
  }
}

/** Live orders are told by the connection, which is newer than any list. */
function isOver(status: OrderStatus): boolean {
  return status !== 'pending' && status !== 'paid';
}
