import type { EventId, LotId, Sale } from '@ingressou/protocol';
import { assert } from './assert.ts';
import { DoneTable, type PlainDone } from './done-table.ts';
import { HoldTable, type PlainHolds } from './hold-table.ts';
import { type Rules, type ShowState, showOf } from './state.ts';

/**
 * A show's state as plain data and back. Everybody waits while this is done, so what there is much
 * of travels as columns, as it lies in memory: a value per hold and property took fifty times as
 * long. What can be derived (sums, buyers' lists, deadlines) is derived again.
 */
export const snapshotSchema = 3;

export interface PlainShow {
  readonly event: EventId;
  readonly rules: Rules | null;
  readonly sale: Sale;
  readonly lots: readonly PlainLot[];
  readonly holds: PlainHolds;
  readonly done: PlainDone;
  readonly forgottenAt: number;
}

interface PlainLot {
  readonly id: LotId;
  readonly wish: number;
  readonly sector: string;
  readonly name: string;
  readonly priceCents: number;
  readonly quantity: number;
}

export function toPlain(state: ShowState): PlainShow {
  return {
    event: state.event,
    rules: state.rules ?? null,
    sale: state.sale,
    lots: [...state.lots.values()].map(({ held: _held, sold: _sold, ...lot }) => lot),
    holds: state.holds.plain(),
    done: state.done.plain(),
    forgottenAt: state.forgottenAt,
  };
}

/** The caller has checked that `plain` was written by `toPlain` under the same `snapshotSchema`. */
export function fromPlain(plain: PlainShow): ShowState {
  const state = showOf(plain.event, new HoldTable(plain.holds), new DoneTable(plain.done));
  state.rules = plain.rules ?? undefined;
  state.sale = plain.sale;
  for (const lot of plain.lots) state.lots.set(lot.id, { ...lot, held: 0, sold: 0 });
  state.forgottenAt = plain.forgottenAt;
  countHolds(state);
  return state;
}

/** The sums of the lots and the deadlines. */
function countHolds({ holds, lots, expiries }: ShowState): void {
  for (const row of holds.rows()) {
    const status = holds.statusAt(row);
    if (status === 'held') expiries.push(holds.expiresAtOf(row), row);
    if (status !== 'held' && status !== 'paid') continue;
    for (const { lot: id, quantity } of holds.itemsAt(row)) {
      const lot = lots.get(id);
      assert(lot !== undefined, 'a hold of a snapshot names a lot of it');
      if (status === 'held') lot.held += quantity;
      else lot.sold += quantity;
    }
  }
}
