import type { HoldId, Item } from '@ingressou/protocol';
import { assert } from './assert.ts';
import type { Fact, FactOf } from './facts.ts';
import { nowhere } from './row-index.ts';
import { available, lotOf, memoryMs, type ShowState } from './state.ts';

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
      state.done.add(fact.id, at, { wish });
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
      return giveBack(state, fact.hold, 'expired', at);
    case 'paid':
      sell(state, fact.hold);
      state.done.add(fact.id, at, fact);
      return;
  }
}

function openLot(state: ShowState, fact: FactOf<'lot_opened'>): void {
  assert(!state.lots.has(fact.id), 'a lot is opened once');
  const { id, wish, sector, name, priceCents, quantity } = fact;
  state.lots.set(id, { id, wish, sector, name, priceCents, quantity, held: 0, sold: 0 });
}

function reserve(state: ShowState, fact: FactOf<'reserved'>): void {
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

function sell(state: ShowState, id: HoldId): void {
  const hold = liveHoldOf(state, id);
  moveUnits(state, state.holds.itemsAt(hold), (lot, quantity) => {
    lot.held -= quantity;
    lot.sold += quantity;
  });
  state.holds.sell(hold);
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
  state.holds.forget(at - memoryMs);
  state.done.forget(at - memoryMs);
}

/** So that the first entry of the queue is always a live hold at its present time. */
function dropStaleExpiries({ expiries, holds }: ShowState): void {
  for (;;) {
    const next = expiries.peek();
    if (next === undefined || holds.isHeldUntil(next.item, next.at)) return;
    expiries.pop();
  }
}
