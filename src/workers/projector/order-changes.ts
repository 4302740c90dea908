import type { OrderId } from '@ingressou/protocol';
import type { Fact, FactOf } from '../../domain/facts.ts';
import type { NewOrder, OrderChange } from '../../ports/projection.ts';

/** What the facts of a page do to its orders, one change for each of them. */
export class OrderChanges {
  readonly made: NewOrder[] = [];
  readonly #changes = new Map<OrderId, OrderChange>();

  add(fact: Fact, position: number, at: number): void {
    switch (fact.type) {
      case 'checked_out':
        this.made.push(newOrder(fact, position, at));
        return;
      case 'payment_begun':
        return this.#change(fact.order, position, { isPayable: true });
      case 'payment_refused':
        return this.#change(fact.order, position, { status: 'failed', refusal: fact.refusal });
      case 'order_cancelled':
        return this.#change(fact.order, position, { status: 'cancelled' });
      case 'expired':
        if (fact.order === undefined) return;
        return this.#change(fact.order, position, { status: 'expired' });
      case 'paid': {
        const { order, charge } = fact;
        const paid = { status: 'paid', refusal: '', paidAt: at, charge } as const;
        return this.#change(order, position, paid);
      }
      case 'tickets_signed':
        return this.#change(fact.order, position, { hasCodes: true });
      case 'refund_due':
        return this.#owe(fact, position);
      case 'refunded': {
        // Of an order that nobody knows there is no row.
        if (fact.hold === undefined) return;
        const { order, amountCents } = fact;
        const sums = { refundDueCents: -amountCents, refundedCents: amountCents };
        return this.#change(order, position, sums);
      }
      case 'charged_back':
        return this.#change(fact.order, position, { isReduced: true });
      default:
        return;
    }
  }

  values(): OrderChange[] {
    return [...this.#changes.values()];
  }

  #owe({ order, hold, amountCents, serials }: FactOf<'refund_due'>, position: number): void {
    if (hold === undefined) return;
    const isReduced = serials.length > 0;
    this.#change(order, position, { refundDueCents: amountCents, isReduced });
  }

  /** Later words replace earlier ones; sums add up. */
  #change(order: OrderId, position: number, change: Partial<OrderChange>): void {
    const none = { order, position, refundDueCents: 0, refundedCents: 0, isReduced: false };
    const earlier: OrderChange = this.#changes.get(order) ?? none;
    this.#changes.set(order, {
      ...earlier,
      ...change,
      position,
      refundDueCents: earlier.refundDueCents + (change.refundDueCents ?? 0),
      refundedCents: earlier.refundedCents + (change.refundedCents ?? 0),
      isReduced: earlier.isReduced || (change.isReduced ?? false),
    });
  }
}

function newOrder(fact: FactOf<'checked_out'>, position: number, at: number): NewOrder {
  const { id: order, subject, hold, method, ticketsCents, feeCents, items: lines, payBy } = fact;
  const amounts = { ticketsCents, feeCents, lines };
  return { order, subject, hold, method, ...amounts, createdAt: at, payBy, position };
}
