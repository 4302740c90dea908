import { assert } from './assert.ts';
import type { Effect, EffectOf } from './effects.ts';
import { revokeAtGates } from './evolve-gates.ts';
import { unitsOf } from './hold-table.ts';
import { nowhere } from './row-index.ts';
import {
  available,
  knownOf,
  lotOf,
  nextToUndo,
  orderOf,
  orderRowOf,
  type ShowState,
} from './state.ts';

/** How facts about orders, money and tickets change a show; `evolve` does the rest. */
export type OrderFact = EffectOf<
  | 'checked_out'
  | 'payment_begun'
  | 'payment_refused'
  | 'order_cancelled'
  | 'paid'
  | 'tickets_issued'
  | 'tickets_signed'
  | 'refund_due'
  | 'refunded'
  | 'charged_back'
  | 'show_cancelled'
>;

export function evolveOrder(state: ShowState, fact: OrderFact, at: number): void {
  const { orders, done } = state;
  switch (fact.type) {
    case 'checked_out':
      return checkOut(state, fact, at);
    case 'payment_begun':
      orders.begin(orderRowOf(state, fact.order));
      return done.add(fact.id, at, fact);
    case 'payment_refused':
      orders.refuse(pendingRow(state, fact), fact.refusal, at);
      return done.add(fact.id, at, { wish: fact.wish });
    case 'order_cancelled':
      return cancel(state, fact, at);
    case 'paid':
      return pay(state, fact, at);
    case 'tickets_issued':
      return issue(state, fact);
    case 'tickets_signed':
      return orders.sign(orderRowOf(state, fact.order));
    case 'refund_due':
      return owe(state, fact, at);
    case 'refunded':
      return settle(state, fact);
    case 'charged_back':
      return revoke(state, fact, at);
    case 'show_cancelled':
      assert(state.undoing === undefined, 'a show is cancelled once');
      state.sale = { status: 'cancelled' };
      state.undoing = { since: at, next: nextToUndo(state, 0) };
      return done.add(fact.id, at, fact);
  }
}

function checkOut(state: ShowState, fact: EffectOf<'checked_out'>, at: number): void {
  const { holds, orders } = state;
  const hold = holds.rowOf(fact.hold);
  assert(hold !== nowhere && holds.statusAt(hold) === 'held', 'only a live hold is checked out');
  assert(orders.ofHold(hold) === undefined, 'a hold has one open order');
  holds.checkOut(hold, fact.expiresAt);
  state.expiries.push(fact.expiresAt, hold);
  orders.add({ ...fact, hold }, at);
}

function cancel(state: ShowState, fact: EffectOf<'order_cancelled'>, at: number): void {
  const row = pendingRow(state, fact);
  const { hold } = state.orders.at(row);
  state.orders.end(row, 'cancelled', at);
  for (const { lot, quantity } of state.holds.itemsAt(hold)) lotOf(state, lot).held -= quantity;
  state.holds.end(hold, 'released', at);
  if (fact.why === 'buyer') state.done.add(fact.id, at, fact);
}

function pay(state: ShowState, fact: EffectOf<'paid'>, at: number): void {
  const { holds, orders } = state;
  const row = orderRowOf(state, fact.order);
  const hold = orders.holdAt(row);
  assert(!orders.wasPaidAt(row), 'an order is paid once');
  assert(fact.amountCents >= fact.ticketsCents + fact.feeCents, 'an order is paid whole');
  for (const { lot: id, quantity } of holds.itemsAt(hold)) {
    const lot = lotOf(state, id);
    assert(!fact.isLate || quantity <= available(lot), 'a lot is never oversold');
    if (!fact.isLate) lot.held -= quantity;
    lot.sold += quantity;
    assert(lot.held >= 0, 'no more is sold than was held');
  }
  if (fact.isLate) holds.revive(hold);
  else {
    assert(holds.statusAt(hold) === 'held', 'only a live hold is sold in time');
    holds.sell(hold);
  }
  orders.pay(row, fact.charge, at);
}

function issue(state: ShowState, fact: EffectOf<'tickets_issued'>): void {
  const { orders, tickets } = state;
  const row = orderRowOf(state, fact.order);
  assert(fact.from === tickets.next, 'serials are dense');
  assert(unitsOf(fact.items) === fact.count, 'every unit has its ticket');
  for (const { lot, quantity } of fact.items) {
    const { number } = lotOf(state, lot);
    for (let unit = 0; unit < quantity; unit += 1) tickets.issue(row, number);
  }
  orders.issue(row, fact.from, fact.count);
}

function owe(state: ShowState, fact: EffectOf<'refund_due'>, at: number): void {
  const { id, order, charge, amountCents, why } = fact;
  assert(!state.refunds.has(id), 'money goes back once');
  const known = state.orders.get(order);
  state.refunds.set(id, { order, charge, amountCents, isCounted: known !== undefined });
  if (fact.serials.length === 0) {
    const isAgain = why === 'double' && id !== `stray:${charge}`;
    const isFirst = why === 'excess' || knownOf(state, charge) === 0;
    assert(isAgain || isFirst, 'the money of a charge goes back once');
    state.strays.set(charge, knownOf(state, charge) + amountCents);
  } else revoke(state, { ...fact, serials: fact.serials }, at);
  if (known !== undefined) state.orders.addRefund(known.row, amountCents, 0);
  if (why === 'buyer' || why === 'producer') state.done.add(id, at, fact);
}

/** These tickets admit nobody any more, and their units are on sale again. */
function revoke(
  state: ShowState,
  { order: id, serials, items }: Pick<EffectOf<'refund_due'>, 'order' | 'serials' | 'items'>,
  at: number,
): void {
  const { orders, holds, tickets } = state;
  const order = orderOf(state, id);
  for (const serial of serials) {
    assert(tickets.orderAt(serial) === order.row, 'a refund is of tickets of its order');
    tickets.revoke(serial);
  }
  revokeAtGates(state.gates, serials, at);
  for (const { lot, quantity } of items) lotOf(state, lot).sold -= quantity;
  holds.refund(order.hold, items, at);
  if (holds.statusAt(order.hold) === 'refunded') orders.empty(order.row);
}

function settle(state: ShowState, { refund, order, amountCents }: EffectOf<'refunded'>): void {
  const due = state.refunds.get(refund);
  assert(due !== undefined, 'what comes back was due');
  state.refunds.delete(refund);
  // One that came to nothing may be forgotten by now.
  const known = due.isCounted ? state.orders.get(order) : undefined;
  if (known !== undefined) state.orders.addRefund(known.row, -amountCents, amountCents);
}

function pendingRow(state: ShowState, fact: Extract<Effect, { readonly order?: unknown }>): number {
  assert('order' in fact && fact.order !== undefined, 'a fact about an order names it');
  const order = orderOf(state, fact.order);
  assert(order.status === 'pending', 'only a pending order ends');
  return order.row;
}
