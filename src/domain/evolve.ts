import type { HoldId, HoldStatus, Item, LotId, SubjectId } from '@ingressou/protocol';
import { assert } from './assert.ts';
import type { Fact, FactOf } from './facts.ts';
import {
  available,
  type Buyer,
  type Hold,
  holdOf,
  lotOf,
  memoryMs,
  type ShowState,
  unitsOf,
} from './state.ts';

/**
 * Applies one fact of a turn that was taken at `at`. Never refuses: a fact that does not fit is a
 * bug, and asserts.
 */
export function evolve(state: ShowState, fact: Fact, at: number): void {
  apply(state, fact, at);
  forget(state, at);
  dropStaleExpiries(state);
}

function apply(state: ShowState, fact: Fact, at: number): void {
  switch (fact.type) {
    case 'owned':
      return;
    case 'show_created': {
      assert(state.rules === undefined, 'a show is created once');
      const { wish, holdMs, extendMs, limit } = fact;
      state.rules = { wish, holdMs, extendMs, limit };
      state.done.set(fact.id, { wish, at });
      return;
    }
    case 'lot_opened':
      return openLot(state, fact);
    case 'sale_scheduled':
      state.sale = { status: 'scheduled', opensAt: fact.opensAt };
      state.done.set(fact.id, { wish: fact.wish, at });
      return;
    case 'sale_opened':
      state.sale = { status: 'open' };
      if (fact.id !== undefined) state.done.set(fact.id, { wish: fact.wish ?? 0, at });
      return;
    case 'sale_paused':
      state.sale = { status: 'paused' };
      state.done.set(fact.id, { wish: fact.wish, at });
      return;
    case 'reserved':
      return reserve(state, fact);
    case 'extended': {
      const hold = liveHoldOf(state, fact.hold);
      assert(!hold.isExtended, 'a hold is extended once');
      hold.isExtended = true;
      hold.expiresAt = fact.expiresAt;
      state.expiries.push(fact.expiresAt, hold.id);
      state.done.set(fact.id, { wish: fact.wish, at, expiresAt: fact.expiresAt });
      return;
    }
    case 'released':
      giveBack(state, fact.hold, 'released', at);
      state.done.set(fact.id, { wish: fact.wish, at });
      return;
    case 'expired':
      assert(
        liveHoldOf(state, fact.hold).expiresAt <= at,
        'a hold expires at its time, not before',
      );
      return giveBack(state, fact.hold, 'expired', at);
    case 'paid':
      sell(state, fact.hold);
      state.done.set(fact.id, { wish: fact.wish, at });
      return;
  }
}

function openLot(state: ShowState, fact: FactOf<'lot_opened'>): void {
  assert(!state.lots.has(fact.id), 'a lot is opened once');
  const { id, wish, sector, name, priceCents, quantity } = fact;
  state.lots.set(id, { id, wish, sector, name, priceCents, quantity, held: 0, sold: 0 });
}

function reserve(state: ShowState, fact: FactOf<'reserved'>): void {
  assert(!state.holds.has(fact.id), 'a hold is made once');
  for (const { lot: id, quantity } of fact.items) {
    const lot = lotOf(state, id);
    assert(quantity > 0 && quantity <= available(lot), 'a lot is never oversold');
    lot.held += quantity;
  }
  const { id, wish, subject, items, expiresAt } = fact;
  const hold: Hold = {
    id,
    wish,
    subject,
    items,
    status: 'held',
    reservedUntil: expiresAt,
    expiresAt,
    isExtended: false,
  };
  state.holds.set(id, hold);
  const buyer = buyerOf(state, subject);
  buyer.taken += unitsOf(items);
  buyer.holds.push(hold);
  state.expiries.push(expiresAt, id);
}

function giveBack(state: ShowState, id: HoldId, status: HoldStatus, at: number): void {
  const hold = liveHoldOf(state, id);
  moveUnits(state, hold.items, (lot, quantity) => {
    lot.held -= quantity;
  });
  hold.status = status;
  state.ended.set(id, at);
  leaveBuyer(state, hold);
}

function sell(state: ShowState, id: HoldId): void {
  const hold = liveHoldOf(state, id);
  moveUnits(state, hold.items, (lot, quantity) => {
    lot.held -= quantity;
    lot.sold += quantity;
  });
  hold.status = 'paid';
}

function moveUnits(
  state: ShowState,
  items: readonly Item[],
  move: (lot: { held: number; sold: number }, quantity: number) => void,
): void {
  for (const { lot: id, quantity } of items) {
    const lot = lotOf(state, id as LotId);
    move(lot, quantity);
    assert(lot.held >= 0, 'no more is given back than was held');
  }
}

function liveHoldOf(state: ShowState, id: HoldId): Hold {
  const hold = holdOf(state, id);
  assert(hold.status === 'held', 'a hold ends once');
  return hold;
}

function buyerOf(state: ShowState, subject: SubjectId): Buyer {
  const known = state.buyers.get(subject);
  if (known !== undefined) return known;
  const buyer = { taken: 0, holds: [] };
  state.buyers.set(subject, buyer);
  return buyer;
}

function leaveBuyer(state: ShowState, hold: Hold): void {
  const buyer = buyerOf(state, hold.subject);
  buyer.taken -= unitsOf(hold.items);
  buyer.holds.splice(buyer.holds.indexOf(hold), 1);
  assert(buyer.taken >= 0, 'a buyer gives back no more than was taken');
  if (buyer.holds.length === 0) state.buyers.delete(hold.subject);
}

/** A look at what may be forgotten costs more than a reservation, so not every fact takes one. */
const forgetEveryMs = 60_000;

/** Ids too old to run again need no memory. Both maps are in order of time. */
function forget(state: ShowState, at: number): void {
  if (at < state.forgottenAt + forgetEveryMs) return;
  state.forgottenAt = at;
  for (const [id, endedAt] of state.ended) {
    if (endedAt + memoryMs > at) break;
    state.ended.delete(id);
    state.holds.delete(id);
  }
  for (const [id, done] of state.done) {
    if (done.at + memoryMs > at) break;
    state.done.delete(id);
  }
}

/** So that the first entry of the queue is always a live hold at its present time. */
function dropStaleExpiries(state: ShowState): void {
  for (;;) {
    const next = state.expiries.peek();
    if (next === undefined) return;
    const hold = state.holds.get(next.item);
    if (hold?.status === 'held' && hold.expiresAt === next.at) return;
    state.expiries.pop();
  }
}
