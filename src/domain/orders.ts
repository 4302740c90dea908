import { limits, type OrderStatus, type SubjectId } from '@ingressou/protocol';
import { freeCharge } from './charge-index.ts';
import type { CommandOf } from './commands.ts';
import { accept, acceptUntil, type Decision, isInTime, refuse } from './decision.ts';
import type { Fact, FactOf } from './facts.ts';
import { endedObstacle, isKnown } from './hold-obstacles.ts';
import type { Hold } from './hold-table.ts';
import type { Order } from './order-table.ts';
import { amountsOf, priced, totalOf } from './prices.ts';
import { rulesOf, type ShowState } from './state.ts';
import { wishOf } from './wish.ts';

/** What buyers do with orders before they are paid; `OrderStatus` draws the life of one. */

/** Word of a payment takes time: a hold outlives the moment its order must be paid by so much. */
const graceMsMax = 2 * 60_000;

export function checkout(state: ShowState, command: CommandOf<'checkout'>, now: number): Decision {
  const wish = wishOf(command);
  const earlier = state.orders.get(command.id);
  if (earlier?.wish === wish) return acceptUntil(earlier.expiresAt);
  if (isKnown(state, command.id)) return refuse({ reason: 'id_reused' });
  if (!isInTime(command.id, now)) return refuse({ reason: 'id_out_of_time', now });
  if (state.undoing !== undefined) return refuse({ reason: 'show_cancelled' });
  const hold = state.holds.get(command.hold);
  if (hold?.subject !== command.subject) return refuse({ reason: 'hold_not_found' });
  const obstacle = endedObstacle(hold, now) ?? checkoutObstacle(state, hold);
  if (obstacle !== undefined) return obstacle;

  const made = checkedOut(state, command, hold, wish, now);
  if (totalOf(made) > 0) return acceptUntil(made.expiresAt, made);
  return acceptUntil(made.expiresAt, made, ...soldFacts(state, freeOrder(made), freeCharge, 0));
}

function checkoutObstacle(state: ShowState, hold: Hold): Decision | undefined {
  if (hasOpenOrder(state, hold)) return refuse({ reason: 'order_open' });
  if (hold.checkouts < limits.checkoutsMax) return undefined;
  return refuse({ reason: 'too_many_checkouts', max: limits.checkoutsMax });
}

function checkedOut(
  state: ShowState,
  { id, method }: CommandOf<'checkout'>,
  hold: Hold,
  wish: number,
  now: number,
): FactOf<'checked_out'> {
  const items = priced(state, hold.items);
  const { payMs } = rulesOf(state);
  const payBy = now + payMs;
  return {
    type: 'checked_out',
    id,
    wish,
    hold: hold.id,
    subject: hold.subject,
    items,
    method,
    ...amountsOf(items),
    payBy,
    expiresAt: Math.max(hold.expiresAt, payBy + Math.min(payMs, graceMsMax)),
  };
}

/** Whoever sells an order: one that is in the state, or one that this very turn makes. */
export type SoldOrder = Pick<
  FactOf<'paid'>,
  'order' | 'hold' | 'subject' | 'items' | 'ticketsCents' | 'feeCents' | 'isLate'
>;

function freeOrder(made: FactOf<'checked_out'>): SoldOrder {
  const { id, hold, subject, items, ticketsCents, feeCents } = made;
  return { order: id, hold, subject, items, ticketsCents, feeCents, isLate: false };
}

/** The order is paid and its tickets are issued. */
export function soldFacts(
  state: ShowState,
  sold: SoldOrder,
  charge: string,
  amountCents: number,
): Fact[] {
  const { order, hold, subject, items } = sold;
  const wish = wishOf({ type: 'confirm_payment', charge, order, amountCents });
  const id = charge === freeCharge ? `paid:${order}` : `paid:${charge}`;
  const count = items.reduce((sum, { quantity }) => sum + quantity, 0);
  const from = state.tickets.next;
  return [
    { type: 'paid', id, wish, ...sold, charge, amountCents },
    { type: 'tickets_issued', order, hold, subject, items: items.map(plainItem), from, count },
  ];
}

function plainItem({
  lot,
  quantity,
}: {
  lot: SoldOrder['items'][number]['lot'];
  quantity: number;
}) {
  return { lot, quantity };
}

export function cancel(state: ShowState, command: CommandOf<'cancel'>, now: number): Decision {
  const wish = wishOf(command);
  if (state.done.get(command.id)?.wish === wish) return accept();
  if (isKnown(state, command.id)) return refuse({ reason: 'id_reused' });
  if (!isInTime(command.id, now)) return refuse({ reason: 'id_out_of_time', now });
  const order = ownOrder(state, command);
  if (order === undefined) return refuse({ reason: 'order_not_found' });
  if (order.status !== 'pending') return notPending(order.status);
  if (state.holds.expiresAtOf(order.hold) <= now) return notPending('expired');
  return accept({
    type: 'order_cancelled',
    id: command.id,
    wish,
    ...aboutOrder(state, order),
    items: state.holds.itemsAt(order.hold),
    why: 'buyer',
  });
}

export function notPending(status: OrderStatus): Decision {
  return refuse({ reason: 'order_not_pending', status });
}

/** A foreign order is as good as no order. */
export function ownOrder(
  state: ShowState,
  { order: id, subject }: { readonly order: Order['id']; readonly subject?: SubjectId },
): Order | undefined {
  const order = state.orders.get(id);
  if (order === undefined) return undefined;
  const isMine = subject === undefined || state.holds.subjectAt(order.hold) === subject;
  return isMine ? order : undefined;
}

/** What facts about an order repeat of it. */
export function aboutOrder(
  { holds }: ShowState,
  { id, hold }: Order,
): Pick<FactOf<'payment_begun'>, 'order' | 'hold' | 'subject'> {
  return { order: id, hold: holds.idAt(hold), subject: holds.subjectAt(hold) };
}

function hasOpenOrder({ holds, orders }: ShowState, hold: Hold): boolean {
  return orders.ofHold(holds.rowOf(hold.id))?.status === 'pending';
}
