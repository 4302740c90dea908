import { limits } from '@ingressou/protocol';
import { assert } from './assert.ts';
import type { CommandOf } from './commands.ts';
import { accept, type Decision, isInTime, refuse } from './decision.ts';
import type { ShowState } from './state.ts';
import { wishOf } from './wish.ts';

/** What a producer does: the show, its lots, its opening. The id alone makes a retry a retry. */

const MINUTE = 60_000;
const bounds = {
  holdMs: [10_000, 60 * MINUTE],
  extendMs: [0, 30 * MINUTE],
  limit: [1, 1_000_000],
  payMs: [1_000, 60 * MINUTE],
  feeBasisPoints: [0, 5_000],
  zoneMinutes: [-12 * 60, 14 * 60],
  startsAt: [0, 8.64e15],
  quantity: [1, 1_000_000],
  /** A million reais: more is a mistake, and far from where sums of cents stop being exact. */
  priceCents: [0, 100_000_000],
} as const;
const textLengthMax = 80;
/** What a show has unless its producer says otherwise. */
const standard = { payMs: 10 * MINUTE, feeBasisPoints: 0, zoneMinutes: -180 };

export function createShow(state: ShowState, command: CommandOf<'create_show'>): Decision {
  const wish = wishOf(command);
  const { id, holdMs, extendMs, limit, startsAt, isRotating = false } = command;
  const { payMs, feeBasisPoints, zoneMinutes } = { ...standard, ...command };
  if (state.rules !== undefined) {
    const isRetry = state.done.get(id)?.wish === wish;
    return isRetry ? accept() : refuse({ reason: 'show_exists' });
  }
  const isValid =
    isWithin(holdMs, bounds.holdMs) &&
    isWithin(extendMs, bounds.extendMs) &&
    isWithin(limit, bounds.limit) &&
    isWithin(payMs, bounds.payMs) &&
    isWithin(feeBasisPoints, bounds.feeBasisPoints) &&
    isWithin(zoneMinutes, bounds.zoneMinutes) &&
    isWithin(startsAt ?? 0, bounds.startsAt);
  if (!isValid) return refuse({ reason: 'invalid_parameter' });
  return accept({
    type: 'show_created',
    id,
    wish,
    holdMs,
    extendMs,
    limit,
    payMs,
    feeBasisPoints,
    zoneMinutes,
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(isRotating ? { isRotating } : {}),
  });
}

export function openLot(state: ShowState, command: CommandOf<'open_lot'>): Decision {
  const wish = wishOf(command);
  const { id, sector, name, priceCents, quantity, isHalf = false } = command;
  const { isNominal = false, isPrintable = false } = command;
  if (state.rules === undefined) return refuse({ reason: 'show_not_found' });
  const earlier = state.lots.get(id);
  if (earlier !== undefined) {
    return earlier.wish === wish ? accept() : refuse({ reason: 'lot_exists' });
  }
  if (state.undoing !== undefined) return refuse({ reason: 'show_cancelled' });
  if (state.lots.size >= limits.lotsMax) return refuse({ reason: 'too_many_lots' });
  const isValid =
    isText(sector) &&
    isText(name) &&
    isWithin(priceCents, bounds.priceCents) &&
    isWithin(quantity, bounds.quantity);
  if (!isValid) return refuse({ reason: 'invalid_parameter' });
  const lot = { id, wish, sector, name, priceCents, quantity, isHalf };
  const nominal = isNominal ? { isNominal } : {};
  const printable = isPrintable ? { isPrintable } : {};
  return accept({ type: 'lot_opened', ...lot, ...nominal, ...printable });
}

export function openSale(state: ShowState, command: CommandOf<'open_sale'>, now: number): Decision {
  const { id, opensAt } = command;
  const wish = wishOf(command);
  const earlier = earlierAnswer(state, id, wish);
  if (earlier !== undefined) return earlier;
  if (!isInTime(id, now)) return refuse({ reason: 'id_out_of_time', now });
  if (opensAt === undefined || opensAt <= now) return accept({ type: 'sale_opened', id, wish });
  if (!Number.isSafeInteger(opensAt)) return refuse({ reason: 'invalid_parameter' });
  return accept({ type: 'sale_scheduled', id, wish, opensAt });
}

export function pauseSale(
  state: ShowState,
  command: CommandOf<'pause_sale'>,
  now: number,
): Decision {
  const { id } = command;
  const wish = wishOf(command);
  const earlier = earlierAnswer(state, id, wish);
  if (earlier !== undefined) return earlier;
  if (!isInTime(id, now)) return refuse({ reason: 'id_out_of_time', now });
  return accept({ type: 'sale_paused', id, wish });
}

export function openScheduledSale(state: ShowState, now: number): Decision {
  const { status, opensAt } = state.sale;
  assert(
    status === 'scheduled' && opensAt !== undefined && opensAt <= now,
    'only a scheduled sale whose time has come opens by itself',
  );
  return accept({ type: 'sale_opened' });
}

function earlierAnswer(
  state: ShowState,
  id: CommandOf<'pause_sale'>['id'],
  wish: number,
): Decision | undefined {
  if (state.rules === undefined) return refuse({ reason: 'show_not_found' });
  if (state.holds.has(id) || state.orders.has(id)) return refuse({ reason: 'id_reused' });
  const earlier = state.done.get(id);
  if (earlier === undefined && state.undoing !== undefined) {
    return refuse({ reason: 'show_cancelled' });
  }
  if (earlier === undefined) return undefined;
  return earlier.wish === wish ? accept() : refuse({ reason: 'id_reused' });
}

function isWithin(value: number, [min, max]: readonly [number, number]): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function isText(value: string): boolean {
  return value.length > 0 && value.length <= textLengthMax && value.isWellFormed();
}
