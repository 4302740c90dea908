import type { OrderStatus } from '@ingressou/protocol';
import { assert } from './assert.ts';
import { freeCharge } from './charge-index.ts';
import type { CommandOf } from './commands.ts';
import { accept, type Decision, isInTime, refuse } from './decision.ts';
import type { Fact, FactOf } from './facts.ts';
import { isKnown } from './hold-obstacles.ts';
import { expire } from './holds.ts';
import type { Order } from './order-table.ts';
import { serialsOf } from './order-view.ts';
import { aboutOrder, ownOrder } from './orders.ts';
import { isUsed, newsOfVoid } from './passages.ts';
import { amountsOf, itemsOfTickets, priced, totalOf } from './prices.ts';
import { rulesOf, type ShowState } from './state.ts';
import { wishOf } from './wish.ts';

/** Tickets that are given back, and money that follows. The fee goes back with its ticket. */

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Lei 8.078/1990 (CDC) art. 49: who bought at a distance may withdraw within seven days. */
const regretDays = 7;
/** Until so long before the doors open, as the market does; a later place could not be sold again. */
const beforeDoorsMs = 2 * dayMs;

export function refund(state: ShowState, command: CommandOf<'refund'>, now: number): Decision {
  const wish = wishOf(command);
  if (state.done.get(command.id)?.wish === wish) return accept();
  if (isKnown(state, command.id)) return refuse({ reason: 'id_reused' });
  if (!isInTime(command.id, now)) return refuse({ reason: 'id_out_of_time', now });
  const order = ownOrder(state, command);
  if (order === undefined) return refuse({ reason: 'order_not_found' });
  if (order.status !== 'paid') return notPaid(order.status);
  const until = command.subject === undefined ? now : regretUntil(state, order);
  if (now > until) return refuse({ reason: 'refund_too_late', until });
  const serials = command.serials ?? validSerials(state, order);
  if (!areOf(state, order, serials)) return refuse({ reason: 'invalid_serials' });
  const used = serials.filter((serial) => isUsed(state.gates, serial));
  if (used.length > 0) return refuse({ reason: 'ticket_used', serials: used });
  const why = command.subject === undefined ? 'producer' : 'buyer';
  return accept(...givenBack(refundDue(state, order, serials, { id: command.id, wish, why }, now)));
}

function notPaid(status: OrderStatus): Decision {
  return refuse({ reason: 'order_not_paid', status });
}

/**
 * Until when a buyer may give tickets back: the end of the seventh day after the purchase where
 * the show is, the day of the purchase not counted (Código Civil art. 132), and two days before
 * the doors open.
 */
function regretUntil(state: ShowState, { changedAt: paidAt }: Order): number {
  const { startsAt, zoneMinutes } = rulesOf(state);
  const shiftMs = zoneMinutes * minuteMs;
  const day = Math.floor((paidAt + shiftMs) / dayMs);
  const endOfDays = (day + regretDays + 1) * dayMs - shiftMs - 1;
  const beforeDoors = (startsAt ?? Number.POSITIVE_INFINITY) - beforeDoorsMs;
  return Math.min(endOfDays, beforeDoors);
}

function validSerials({ tickets }: ShowState, { from, count }: Order): number[] {
  return serialsOf({ from, count }).filter((serial) => tickets.isValid(serial));
}

function areOf({ tickets }: ShowState, order: Order, serials: readonly number[]): boolean {
  const isOf = (serial: number) =>
    Number.isInteger(serial) && serial >= order.from && serial < order.from + order.count;
  const isEach = serials.every((serial) => isOf(serial) && tickets.isValid(serial));
  return serials.length > 0 && new Set(serials).size === serials.length && isEach;
}

function refundDue(
  state: ShowState,
  order: Order,
  serials: readonly number[],
  about: Pick<FactOf<'refund_due'>, 'id' | 'wish' | 'why'>,
  now: number,
): FactOf<'refund_due'> {
  const items = itemsOfTickets(state, serials);
  const amounts = amountsOf(priced(state, items));
  return {
    type: 'refund_due',
    ...about,
    ...aboutOrder(state, order),
    ...amounts,
    amountCents: totalOf(amounts),
    charge: order.charge,
    serials,
    items,
    ...newsOfVoid(state.gates, serials, { at: now }),
  };
}

/** What cost nothing is back as soon as it is due: no provider has to be asked. */
function givenBack(due: FactOf<'refund_due'>): Fact[] {
  if (due.amountCents > 0) return [due];
  const { id, order, charge, amountCents, hold, subject } = due;
  return [
    due,
    {
      type: 'refunded',
      id: `refunded:${id}`,
      wish: due.wish,
      refund: id,
      order,
      charge,
      amountCents,
      ...(hold === undefined ? {} : { hold }),
      ...(subject === undefined ? {} : { subject }),
    },
  ];
}

/** A refund that nobody waits for is one that came back before. */
export function noteRefunded(state: ShowState, command: CommandOf<'note_refunded'>): Decision {
  const pending = state.refunds.get(command.refund);
  if (pending === undefined) return accept();
  const { order: id, charge, amountCents } = pending;
  const order = state.orders.get(id);
  return accept({
    type: 'refunded',
    id: `refunded:${command.refund}`,
    wish: wishOf(command),
    refund: command.refund,
    order: id,
    charge,
    amountCents,
    ...(order === undefined ? {} : aboutOrder(state, order)),
  });
}

export function chargeBack(
  state: ShowState,
  command: CommandOf<'charge_back'>,
  now: number,
): Decision {
  const order = state.orders.get(command.order);
  if (order === undefined) return refuse({ reason: 'order_not_found' });
  const hasBrought = order.charge === command.charge && command.charge !== freeCharge;
  const serials = hasBrought ? validSerials(state, order) : [];
  if (serials.length === 0) return accept();
  const why = 'producer';
  const named = { id: `chargeback:${command.charge}`, wish: wishOf(command), why } as const;
  const { type: _type, why: _why, ...about } = refundDue(state, order, serials, named, now);
  return accept({ type: 'charged_back', ...about, ...aboutOrder(state, order) });
}

export function cancelShow(
  state: ShowState,
  command: CommandOf<'cancel_show'>,
  now: number,
): Decision {
  const wish = wishOf(command);
  if (state.rules === undefined) return refuse({ reason: 'show_not_found' });
  if (state.done.get(command.id)?.wish === wish) return accept();
  if (isKnown(state, command.id)) return refuse({ reason: 'id_reused' });
  if (!isInTime(command.id, now)) return refuse({ reason: 'id_out_of_time', now });
  if (state.undoing !== undefined) return refuse({ reason: 'show_cancelled' });
  return accept({ type: 'show_cancelled', id: command.id, wish });
}

/**
 * By time alone: one order after the other, so that no turn is long. An order whose time came
 * while the show slept expires, as it would have.
 */
export function undoNextOrder(state: ShowState, now: number): Decision {
  const { undoing, orders, holds } = state;
  assert(undoing !== undefined && orders.isAt(undoing.next), 'there is an order to undo');
  const order = orders.at(undoing.next);
  const id = `cancelled:${order.id}`;
  const why = 'show_cancelled';
  if (order.status === 'paid') {
    return accept(
      ...givenBack(refundDue(state, order, validSerials(state, order), { id, wish: 0, why }, now)),
    );
  }
  const hold = holds.idAt(order.hold);
  const isOver = holds.expiresAtOf(order.hold) <= now;
  if (isOver) return expire(state, { type: 'expire', hold }, now);
  const items = holds.itemsAt(order.hold);
  return accept({
    type: 'order_cancelled',
    id,
    wish: 0,
    ...aboutOrder(state, order),
    items,
    why,
  });
}
