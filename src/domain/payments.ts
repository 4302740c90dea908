import { freeCharge } from './charge-index.ts';
import type { CommandOf } from './commands.ts';
import { accept, type Decision, refuse } from './decision.ts';
import type { Fact, FactOf, RefundReason } from './facts.ts';
import { unitsOf } from './hold-table.ts';
import type { Order } from './order-table.ts';
import { aboutOrder, notPending, type SoldOrder, soldFacts } from './orders.ts';
import { amountsOf, priced, totalOf } from './prices.ts';
import { isShortText } from './short-texts.ts';
import { available, knownOf, lotOf, memoryMs, type ShowState } from './state.ts';
import { wishOf } from './wish.ts';

/**
 * What the provider did. Its word comes late, twice, out of order, or for what nobody wants any
 * more; money that came in ends in tickets or goes back, and each charge does so once.
 */

/**
 * A charge that has brought its money has begun, whatever its order is by now: a no would have its
 * money sent back.
 */
export function beginPayment(state: ShowState, command: CommandOf<'begin_payment'>): Decision {
  const wish = wishOf(command);
  const id = `begun:${command.charge}`;
  const earlier = state.done.get(id);
  if (earlier?.wish === wish) return accept();
  if (earlier !== undefined) return refuse({ reason: 'id_reused' });
  if (!isShortText(command.charge)) return refuse({ reason: 'invalid_parameter' });
  if (knownOf(state, command.charge) > 0) return accept();
  const order = state.orders.get(command.order);
  if (order === undefined) return refuse({ reason: 'order_not_found' });
  if (order.status !== 'pending') return notPending(order.status);
  const { charge } = command;
  return accept({ type: 'payment_begun', id, wish, ...aboutOrder(state, order), charge });
}

/** Only a pending order can fail; whatever else it is by now, it stays. */
export function failPayment(state: ShowState, command: CommandOf<'fail_payment'>): Decision {
  const id = `refused:${command.attempt}`;
  if (state.done.has(id)) return accept();
  if (!isShortText(command.attempt)) return refuse({ reason: 'invalid_parameter' });
  const order = state.orders.get(command.order);
  if (order === undefined) return refuse({ reason: 'order_not_found' });
  if (order.status !== 'pending') return accept();
  const { refusal } = command;
  const wish = wishOf(command);
  return accept({ type: 'payment_refused', id, wish, ...aboutOrder(state, order), refusal });
}

export function confirmPayment(
  state: ShowState,
  command: CommandOf<'confirm_payment'>,
  now: number,
): Decision {
  const { charge, amountCents } = command;
  const isCharge = isShortText(charge) && charge !== freeCharge;
  const isValid = isCharge && Number.isSafeInteger(amountCents) && amountCents > 0;
  if (!isValid) return refuse({ reason: 'invalid_parameter' });
  const knownCents = knownOf(state, charge);
  if (amountCents <= knownCents) return accept();
  const order = state.orders.get(command.order);
  if (knownCents > 0) return accept(again(state, command, amountCents - knownCents, order));
  if (order === undefined) return accept(stray(state, command, 'foreign'));
  if (order.charge !== '') return accept(stray(state, command, 'double', order));
  const excessCents = amountCents - totalOf(order);
  if (excessCents < 0) return accept(...short(state, command, order));
  const sold = sellable(state, order, now);
  if (sold === undefined) return accept(stray(state, command, 'late', order));
  const facts = soldFacts(state, sold, charge, amountCents);
  if (excessCents > 0) facts.push(excess(state, command, order, excessCents));
  return accept(...facts);
}

/**
 * The order as it can be sold now: within its time, or late while its units are still free. Never
 * once the show is cancelled: what is behind the order that is undone next would stay sold.
 */
function sellable(state: ShowState, order: Order, now: number): SoldOrder | undefined {
  const { holds } = state;
  if (state.undoing !== undefined) return undefined;
  if (!state.tickets.hasRoom(unitsOf(holds.itemsAt(order.hold)))) return undefined;
  const isLive = order.status === 'pending' || isUnclaimed(state, order);
  const isLate = !isLive && canRevive(state, order, now);
  if (!isLive && !isLate) return undefined;
  if (isLive && holds.expiresAtOf(order.hold) <= now) return undefined;
  const items = priced(state, holds.itemsAt(order.hold));
  return { items, isLate, ...aboutOrder(state, order), ...amountsOf(items) };
}

/** The payment had failed, as it seemed, and nobody has made another order of the hold since. */
function isUnclaimed({ holds, orders }: ShowState, { status, hold }: Order): boolean {
  const isFree = holds.statusAt(hold) === 'held' && orders.ofHold(hold) === undefined;
  return status === 'failed' && isFree;
}

/** Not an order that may be forgotten at any moment: when that is must make no difference. */
function canRevive(state: ShowState, { status, hold, changedAt }: Order, now: number): boolean {
  const { holds, rules } = state;
  if (status !== 'expired' && status !== 'failed') return false;
  if (changedAt + memoryMs <= now) return false;
  if (holds.statusAt(hold) !== 'expired') return false;
  const items = holds.itemsAt(hold);
  const isFree = items.every(({ lot, quantity }) => quantity <= available(lotOf(state, lot)));
  const taken = holds.unitsOf(holds.subjectAt(hold)) + unitsOf(items);
  return isFree && taken <= (rules?.limit ?? 0);
}

function short(state: ShowState, command: CommandOf<'confirm_payment'>, order: Order): Fact[] {
  const money = stray(state, command, 'short', order);
  const id = `refused:${command.charge}`;
  if (order.status !== 'pending' || state.done.has(id)) return [money];
  return [
    money,
    {
      type: 'payment_refused',
      id,
      wish: money.wish,
      ...aboutOrder(state, order),
      refusal: 'underpaid',
    },
  ];
}

/** Money that bought nothing goes back whole. */
function stray(
  state: ShowState,
  { charge, order: id, amountCents }: CommandOf<'confirm_payment'>,
  why: RefundReason,
  order?: Order,
): FactOf<'refund_due'> {
  return {
    ...refundOf(`stray:${charge}`, charge, amountCents, why),
    order: id,
    ...(order === undefined ? {} : aboutOrder(state, order)),
  };
}

/** The charge was paid once more. All that came by it so far tells this time from others. */
function again(
  state: ShowState,
  { charge, order: id, amountCents }: CommandOf<'confirm_payment'>,
  moreCents: number,
  order?: Order,
): FactOf<'refund_due'> {
  return {
    ...refundOf(`stray:${charge}:${amountCents}`, charge, moreCents, 'double'),
    order: id,
    ...(order === undefined ? {} : aboutOrder(state, order)),
  };
}

function excess(
  state: ShowState,
  { charge }: CommandOf<'confirm_payment'>,
  order: Order,
  amountCents: number,
): FactOf<'refund_due'> {
  return {
    ...refundOf(`excess:${charge}`, charge, amountCents, 'excess'),
    ...aboutOrder(state, order),
  };
}

function refundOf(id: string, charge: string, amountCents: number, why: RefundReason) {
  return {
    type: 'refund_due',
    id,
    wish: 0,
    why,
    amountCents,
    charge,
    ticketsCents: 0,
    feeCents: 0,
    serials: [],
    items: [],
  } as const;
}

export function noteSigned(state: ShowState, command: CommandOf<'note_signed'>): Decision {
  const order = state.orders.get(command.order);
  if (order === undefined) return refuse({ reason: 'order_not_found' });
  if (order.hasCodes) return accept();
  if (order.charge === '') return refuse({ reason: 'order_not_paid', status: order.status });
  const wish = wishOf(command);
  return accept({
    type: 'tickets_signed',
    id: `signed:${order.id}`,
    wish,
    ...aboutOrder(state, order),
  });
}
