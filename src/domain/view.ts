import type { HoldView, LotId, LotView, Sale } from '@ingressou/protocol';
import { assert } from './assert.ts';
import type { Fact } from './facts.ts';
import type { Hold } from './hold-table.ts';
import { feeOf } from './prices.ts';
import { available, type ShowState } from './state.ts';

/** What everybody may see of a show, kept up to date from facts by whoever shows it. */
export interface ShowView {
  sale: Sale;
  limit: number;
  /** For lots that are opened later, as is the next one. */
  feeBasisPoints: number;
  isRotating: boolean;
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
    const { id, sector, name, priceCents, quantity, isHalf } = lot;
    const feeCents = feeOf(priceCents, state.rules);
    const about = { id, sector, name, priceCents, feeCents, isHalf, ...nominalOf(lot), quantity };
    const codes = codesOf(state.rules, lot);
    lots.set(id, { available: available(lot), ...about, ...codes });
  }
  const { limit = 0, feeBasisPoints = 0, isRotating = false } = state.rules ?? {};
  return { sale: state.sale, limit, feeBasisPoints, isRotating, lots };
}

/** Only where codes rotate there is something to say of them. */
function codesOf(
  rules: { readonly isRotating: boolean } | undefined,
  { isPrintable = false }: { readonly isPrintable?: boolean },
): Pick<LotView, 'isRotating' | 'isPrintable'> {
  return rules?.isRotating === true ? { isRotating: true, isPrintable } : {};
}

/** Only where a lot is nominal there is something to say. */
function nominalOf({ isNominal }: { readonly isNominal?: boolean }): Pick<LotView, 'isNominal'> {
  return isNominal === true ? { isNominal } : {};
}

/** Applies a fact to a view and notes in `touched` what changed. */
export function evolveView(view: ShowView, fact: Fact, touched: Touched): void {
  switch (fact.type) {
    case 'owned':
    case 'extended':
    case 'checked_out':
    case 'payment_begun':
    case 'payment_refused':
    case 'tickets_issued':
    case 'tickets_signed':
    case 'refunded':
    case 'ticket_bound':
    case 'ticket_freed':
    case 'checkpoints_set':
    case 'device_enrolled':
    case 'device_revoked':
    case 'device_reported':
    case 'scanned':
    case 'scans_merged':
    case 'scans_quarantined':
    case 'incidents_seen':
    case 'topped_up':
      return;
    case 'paid':
      if (fact.isLate) take(view, fact.items, -1, touched);
      return;
    case 'show_cancelled':
      return setSale(view, { status: 'cancelled' }, touched);
    case 'show_created':
      view.limit = fact.limit;
      view.feeBasisPoints = fact.feeBasisPoints;
      view.isRotating = fact.isRotating ?? false;
      return;
    case 'lot_opened': {
      const { id, sector, name, priceCents, quantity, isHalf } = fact;
      const feeCents = feeOf(priceCents, view);
      const about = {
        id,
        sector,
        name,
        priceCents,
        feeCents,
        isHalf,
        ...nominalOf(fact),
        ...codesOf(view, fact),
        quantity,
      };
      view.lots.set(id, { available: quantity, ...about });
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
    case 'order_cancelled':
    case 'refund_due':
    case 'charged_back':
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
