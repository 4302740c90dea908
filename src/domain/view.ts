import type { HoldView, LotId, LotView, Sale } from '@ingressou/protocol';
import { assert } from './assert.ts';
import type { Fact } from './facts.ts';
import type { Hold } from './hold-table.ts';
import { available, type ShowState } from './state.ts';

/** What everybody may see of a show, kept up to date from facts by whoever shows it. */
export interface ShowView {
  sale: Sale;
  limit: number;
  readonly lots: Map<LotId, LotInView>;
}

/** The one of a view whose number changes. */
export type LotInView = Omit<LotView, 'available'> & { available: number };

/** What a fact changed of a view: tells which absolute values to send. */
export interface Touched {
  sale: boolean;
  /** A lot that was not there before: values alone cannot tell of it. */
  isNewLot: boolean;
  readonly lots: Set<LotId>;
}

export function viewOf(state: ShowState): ShowView {
  const lots = new Map<LotId, LotInView>();
  for (const lot of state.lots.values()) {
    const { id, sector, name, priceCents, quantity } = lot;
    lots.set(id, { id, sector, name, priceCents, quantity, available: available(lot) });
  }
  return { sale: state.sale, limit: state.rules?.limit ?? 0, lots };
}

/** Applies a fact to a view and notes in `touched` what changed. */
export function evolveView(view: ShowView, fact: Fact, touched: Touched): void {
  switch (fact.type) {
    case 'owned':
    case 'extended':
    case 'paid':
      return;
    case 'show_created':
      view.limit = fact.limit;
      return;
    case 'lot_opened': {
      const { id, sector, name, priceCents, quantity } = fact;
      view.lots.set(id, { id, sector, name, priceCents, quantity, available: quantity });
      touched.isNewLot = true;
      return;
    }
    case 'sale_scheduled':
      return setSale(view, { status: 'scheduled', opensAt: fact.opensAt }, touched);
    case 'sale_opened':
      return setSale(view, { status: 'open' }, touched);
    case 'sale_paused':
      return setSale(view, { status: 'paused' }, touched);
    case 'reserved':
      return take(view, fact.items, -1, touched);
    case 'released':
    case 'expired':
      return take(view, fact.items, +1, touched);
  }
}

function setSale(view: ShowView, sale: Sale, touched: Touched): void {
  view.sale = sale;
  touched.sale = true;
}

function take(view: ShowView, items: Hold['items'], sign: 1 | -1, touched: Touched): void {
  for (const { lot: id, quantity } of items) {
    const lot = view.lots.get(id);
    assert(lot !== undefined, 'a view knows the lots its facts speak of');
    lot.available += sign * quantity;
    touched.lots.add(id);
  }
}

/** A hold as its owner sees it. */
export function holdView(hold: Hold): HoldView {
  const { id, status, items, expiresAt } = hold;
  return { id, status, items, expiresAt, canExtend: status === 'held' && !hold.isExtended };
}
