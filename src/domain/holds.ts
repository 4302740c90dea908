import { type Item, type LotId, limits } from '@ingressou/protocol';
import { assert } from './assert.ts';
import type { CommandOf } from './commands.ts';
import { accept, acceptUntil, type Decision, isInTime, refuse } from './decision.ts';
import type { FactOf } from './facts.ts';
import { endedObstacle, isKnown } from './hold-obstacles.ts';
import type { Hold } from './hold-table.ts';
import { limitObstacle } from './purchase-limits.ts';
import { nowhere } from './row-index.ts';
import { available, rulesOf, type ShowState } from './state.ts';
import { wishOf } from './wish.ts';

/**
 * The life of a hold: reserved, perhaps extended, perhaps checked out, then released, expired or
 * paid.
 */

export function reserve(state: ShowState, command: CommandOf<'reserve'>, now: number): Decision {
  const wish = wishOf(command);
  const earlier = state.holds.get(command.id);
  if (earlier !== undefined && earlier.wish === wish) return acceptUntil(earlier.reservedUntil);
  if (earlier !== undefined || isKnown(state, command.id)) return refuse({ reason: 'id_reused' });
  if (!isInTime(command.id, now)) return refuse({ reason: 'id_out_of_time', now });

  const { rules } = state;
  if (rules === undefined) return refuse({ reason: 'show_not_found' });
  const obstacle = saleObstacle(state) ?? itemsObstacle(state, command);
  if (obstacle !== undefined) return obstacle;
  const limit = limitObstacle(state, rules, command);
  if (limit !== undefined) return refuse(limit);
  const soldOut = stockObstacle(state, command);
  if (soldOut !== undefined) return soldOut;

  const { id, subject, items } = command;
  const expiresAt = now + rules.holdMs;
  return acceptUntil(expiresAt, { type: 'reserved', id, wish, subject, items, expiresAt });
}

function saleObstacle({ sale }: ShowState): Decision | undefined {
  if (sale.status === 'open') return undefined;
  if (sale.status === 'cancelled') return refuse({ reason: 'show_cancelled' });
  const { opensAt } = sale;
  return refuse({ reason: 'sale_not_open', ...(opensAt === undefined ? {} : { opensAt }) });
}

function itemsObstacle(state: ShowState, { items }: CommandOf<'reserve'>): Decision | undefined {
  if (items.length === 0 || items.length > limits.holdLotsMax) {
    return refuse({ reason: 'invalid_items' });
  }
  for (let index = 0; index < items.length; index += 1) {
    const { lot, quantity } = items[index]!;
    if (isAmong(items, lot, index)) return refuse({ reason: 'invalid_items' });
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > limits.holdQuantityMax) {
      return refuse({ reason: 'invalid_quantity', max: limits.holdQuantityMax });
    }
    if (!state.lots.has(lot)) return refuse({ reason: 'lot_not_found' });
  }
  return undefined;
}

/** Whether one of the first `count` items is of that lot. */
function isAmong(items: readonly Item[], lot: LotId, count: number): boolean {
  for (let index = 0; index < count; index += 1) if (items[index]?.lot === lot) return true;
  return false;
}

function stockObstacle(state: ShowState, { items }: CommandOf<'reserve'>): Decision | undefined {
  for (const { lot: id, quantity } of items) {
    const lot = state.lots.get(id);
    assert(lot !== undefined, 'the lots of a hold were found before their stock is asked for');
    const free = available(lot);
    if (quantity > free) return refuse({ reason: 'sold_out', lot: id, available: free });
  }
  return undefined;
}

export function extend(state: ShowState, command: CommandOf<'extend'>, now: number): Decision {
  const wish = wishOf(command);
  const earlier = state.done.get(command.id);
  if (earlier !== undefined && earlier.wish === wish) return acceptAs(earlier.expiresAt);
  const hold = liveHold(state, command, now);
  if ('accepted' in hold) return hold;
  if (hold.isExtended) return refuse({ reason: 'already_extended' });

  const expiresAt = hold.expiresAt + rulesOf(state).extendMs;
  return acceptUntil(expiresAt, {
    type: 'extended',
    id: command.id,
    wish,
    ...about(hold),
    expiresAt,
  });
}

export function release(state: ShowState, command: CommandOf<'release'>, now: number): Decision {
  const wish = wishOf(command);
  if (state.done.get(command.id)?.wish === wish) return accept();
  const hold = liveHold(state, command, now);
  if ('accepted' in hold) return hold;
  return accept({ type: 'released', id: command.id, wish, ...about(hold) });
}

export function expire(state: ShowState, command: CommandOf<'expire'>, now: number): Decision {
  const row = state.holds.rowOf(command.hold);
  assert(row !== nowhere, 'a hold is made before it ends');
  const hold = state.holds.at(row);
  assert(hold.status === 'held' && hold.expiresAt <= now, 'only a live hold past its time expires');
  const order = state.orders.ofHold(row);
  return accept({
    type: 'expired',
    ...about(hold),
    ...(order === undefined ? {} : { order: order.id }),
  });
}

/** The subject's live hold, or why there is none. A foreign hold is as good as no hold. */
function liveHold(
  state: ShowState,
  command: CommandOf<'extend'> | CommandOf<'release'>,
  now: number,
): Hold | Decision {
  if (isKnown(state, command.id)) return refuse({ reason: 'id_reused' });
  if (!isInTime(command.id, now)) return refuse({ reason: 'id_out_of_time', now });
  const hold = state.holds.get(command.hold);
  if (hold?.subject !== command.subject) return refuse({ reason: 'hold_not_found' });
  const ended = endedObstacle(hold, now);
  if (ended !== undefined) return ended;
  const isOpen = state.orders.ofHold(state.holds.rowOf(hold.id)) !== undefined;
  return isOpen ? refuse({ reason: 'order_open' }) : hold;
}

function acceptAs(expiresAt: number | undefined): Decision {
  assert(expiresAt !== undefined, 'an extension remembers until when');
  return acceptUntil(expiresAt);
}

function about(hold: Hold): Pick<FactOf<'expired'>, 'hold' | 'subject' | 'items'> {
  return { hold: hold.id, subject: hold.subject, items: hold.items };
}
