import type { HoldId, Item, OrderId } from '@ingressou/protocol';
import { assert } from './assert.ts';
import type { Effect, EffectOf } from './effects.ts';
import { evolveGate } from './evolve-gates.ts';
import { evolveHolder } from './evolve-holders.ts';
import { evolveOrder } from './evolve-orders.ts';
import { nowhere } from './row-index.ts';
import { available, lotOf, memoryMs, nextToUndo, orderOf, type ShowState } from './state.ts';
import { UnknownFactError } from './unknown-fact.ts';

/**
 * Applies one fact of a turn that was taken at `at`. Never refuses: a fact that does not fit is a
 * bug, and asserts.
 *
 * @throws {UnknownFactError} the history is newer than this program
 */
export function evolve(state: ShowState, fact: Effect, at: number): void {
  apply(state, fact, at);
  forget(state, at);
  dropStaleExpiries(state);
  passUndone(state);
}

function apply(state: ShowState, fact: Effect, at: number): void {
  switch (fact.type) {
    case 'owned':
      return own(state, fact);
    case 'show_created': {
      assert(state.rules === undefined, 'a show is created once');
      const { type: _type, id, startsAt, isRotating = false, ...rules } = fact;
      state.rules = { ...rules, startsAt, isRotating };
      state.done.add(id, at, { wish: fact.wish });
      return;
    }
    case 'lot_opened':
      return openLot(state, fact);
    case 'sale_scheduled':
      state.sale = { status: 'scheduled', opensAt: fact.opensAt };
      state.done.add(fact.id, at, fact);
      return;
    case 'sale_opened':
      state.sale = { status: 'open' };
      if (fact.id !== undefined) state.done.add(fact.id, at, { wish: fact.wish ?? 0 });
      return;
    case 'sale_paused':
      state.sale = { status: 'paused' };
      state.done.add(fact.id, at, fact);
      return;
    case 'reserved':
      return reserve(state, fact);
    case 'extended': {
      const hold = liveHoldOf(state, fact.hold);
      assert(!state.holds.isExtendedAt(hold), 'a hold is extended once');
      state.holds.extend(hold, fact.expiresAt);
      state.expiries.push(fact.expiresAt, hold);
      state.done.add(fact.id, at, fact);
      return;
    }
    case 'released':
      giveBack(state, fact.hold, 'released', at);
      state.done.add(fact.id, at, fact);
      return;
    case 'expired':
      assert(
        state.holds.expiresAtOf(liveHoldOf(state, fact.hold)) <= at,
        'a hold expires at its time, not before',
      );
      if (fact.order !== undefined) state.orders.end(pendingRow(state, fact.order), 'expired', at);
      return giveBack(state, fact.hold, 'expired', at);
    case 'checked_out':
    case 'payment_begun':
    case 'payment_refused':
    case 'order_cancelled':
    case 'paid':
    case 'tickets_issued':
    case 'tickets_signed':
    case 'refund_due':
    case 'refunded':
    case 'charged_back':
    case 'show_cancelled':
      return evolveOrder(state, fact, at);
    case 'ticket_bound':
    case 'ticket_freed':
      return evolveHolder(state, fact, at);
    case 'checkpoints_set':
    case 'device_enrolled':
    case 'device_revoked':
    case 'device_reported':
    case 'scanned':
    case 'scans_merged':
    case 'scans_quarantined':
    case 'incidents_seen':
    case 'topped_up':
      return evolveGate(state, fact, at);
    default:
      return refuseUnknown(fact);
  }
}

/** The compiler sees that there is none; a newer program may have written one. */
function refuseUnknown(fact: never): never {
  throw new UnknownFactError((fact as Effect).type);
}

/** Serials left out when a restore may have lost some that were issued. */
const serialsSkipped = 10_000;

function own(state: ShowState, { generation }: EffectOf<'owned'>): void {
  const mayHaveLost = state.generation !== 0 && generation > state.generation;
  if (mayHaveLost) state.tickets.skip(serialsSkipped);
  state.generation = generation;
}

function openLot(state: ShowState, fact: EffectOf<'lot_opened'>): void {
  assert(!state.lots.has(fact.id), 'a lot is opened once');
  const { type: _type, ...lot } = fact;
  state.lotIds.push(fact.id);
  state.lots.set(fact.id, { ...lot, number: state.lotIds.length, held: 0, sold: 0 });
}

function reserve(state: ShowState, fact: EffectOf<'reserved'>): void {
  for (const { lot: id, quantity } of fact.items) {
    const lot = lotOf(state, id);
    assert(quantity > 0 && quantity <= available(lot), 'a lot is never oversold');
    lot.held += quantity;
  }
  state.expiries.push(fact.expiresAt, state.holds.add(fact));
}

function giveBack(state: ShowState, id: HoldId, status: 'released' | 'expired', at: number): void {
  const hold = liveHoldOf(state, id);
  moveUnits(state, state.holds.itemsAt(hold), (lot, quantity) => {
    lot.held -= quantity;
  });
  state.holds.end(hold, status, at);
}

function moveUnits(
  state: ShowState,
  items: readonly Item[],
  move: (lot: { held: number; sold: number }, quantity: number) => void,
): void {
  for (const { lot: id, quantity } of items) {
    const lot = lotOf(state, id);
    move(lot, quantity);
    assert(lot.held >= 0, 'no more is given back than was held');
  }
}

function pendingRow(state: ShowState, id: OrderId): number {
  const order = orderOf(state, id);
  assert(order.status === 'pending', 'an order expires once, and only while it is pending');
  return order.row;
}

/** Its row. */
function liveHoldOf(state: ShowState, id: HoldId): number {
  const hold = state.holds.rowOf(id);
  assert(hold !== nowhere, 'a hold that ends was made');
  assert(state.holds.statusAt(hold) === 'held', 'a hold ends once');
  return hold;
}

/** A look at what may be forgotten costs more than a reservation, so not every fact takes one. */
const forgetEveryMs = 60_000;

/** Ids too old to run again need no memory. */
function forget(state: ShowState, at: number): void {
  if (at < state.forgottenAt + forgetEveryMs) return;
  state.forgottenAt = at;
  // Orders first: they name the rows of their holds.
  state.orders.forget(at - memoryMs);
  state.holds.forget(at - memoryMs);
  state.done.forget(at - memoryMs);
}

/** So that the first entry of the queue is always a live hold at its present time. */
function dropStaleExpiries({ expiries, holds }: ShowState): void {
  for (;;) {
    const next = expiries.peek();
    if (next === undefined || holds.isHeldUntil(next.row, next.at)) return;
    expiries.pop();
  }
}

/** So that `undoing` always names an order that is to be undone: whoever else ends one passes it. */
function passUndone(state: ShowState): void {
  const { undoing } = state;
  if (undoing === undefined || undoing.next === nowhere) return;
  undoing.next = nextToUndo(state, undoing.next);
}
