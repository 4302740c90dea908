import {
  type EventId,
  type LotId,
  type OrderId,
  type OrderLine,
  unpack,
} from '@ingressou/protocol';
import type { Fact, FactOf } from '../../../src/domain/facts.ts';
import type { ShowJournal } from '../journal-rows.ts';

/** What a history says of one order, told without any code that decided it. */
export interface OrderStory {
  readonly event: EventId;
  readonly generation: number;
  readonly order: OrderId;
  readonly checkedOutAt: number;
  readonly lines: readonly OrderLine[];
  readonly totalCents: number;
  status: 'pending' | 'paid' | 'failed' | 'expired' | 'cancelled';
  readonly paid: { readonly fact: FactOf<'paid'>; readonly at: number }[];
  readonly issued: FactOf<'tickets_issued'>[];
  readonly begun: { readonly fact: FactOf<'payment_begun'>; readonly at: number }[];
  readonly refused: FactOf<'payment_refused'>[];
  signedAt: number | undefined;
}

/** Money that must go back, of an order or of none. */
export interface RefundStory {
  readonly event: EventId;
  readonly generation: number;
  readonly due: FactOf<'refund_due'>;
  readonly dueAt: number;
  readonly done: FactOf<'refunded'>[];
}

export interface Stories {
  readonly orders: ReadonlyMap<string, OrderStory>;
  readonly refunds: readonly RefundStory[];
  /** In the order in which their shows got them. */
  readonly lots: ReadonlyMap<EventId, readonly LotId[]>;
  readonly broken: readonly string[];
}

/** Reads the orders of all shows out of their histories. */
export function storiesOf(journals: readonly ShowJournal[]): Stories {
  const reader = new Reader();
  for (const { head, rows } of journals) {
    for (const { facts, at } of rows) {
      for (const fact of unpack(facts) as readonly Fact[]) {
        reader.read({ event: head.event, generation: head.generation, at }, fact);
      }
    }
  }
  return { ...reader, refunds: [...reader.refunds.values()] };
}

/** Facts that decide what an order is. */
const statusAfter: Partial<Record<Fact['type'], OrderStory['status']>> = {
  paid: 'paid',
  payment_refused: 'failed',
  order_cancelled: 'cancelled',
  expired: 'expired',
};

interface Place {
  readonly event: EventId;
  readonly generation: number;
  readonly at: number;
}

class Reader {
  readonly orders = new Map<string, OrderStory>();
  readonly refunds = new Map<string, RefundStory>();
  readonly lots = new Map<EventId, LotId[]>();
  readonly broken: string[] = [];

  read(place: Place, fact: Fact): void {
    switch (fact.type) {
      case 'lot_opened':
        this.lots.set(place.event, [...(this.lots.get(place.event) ?? []), fact.id]);
        return;
      case 'checked_out':
        return this.#begin(place, fact);
      case 'refund_due':
        return this.#owe(place, fact);
      case 'refunded':
        return this.#giveBack(fact);
      default:
        return this.#goOn(place, fact);
    }
  }

  #begin({ event, generation, at }: Place, fact: FactOf<'checked_out'>): void {
    const { id: order, items: lines, ticketsCents, feeCents } = fact;
    if (this.orders.has(order)) this.broken.push(`The order ${order} was checked out twice.`);
    const lists = { paid: [], issued: [], begun: [], refused: [] };
    this.orders.set(order, {
      ...{ event, generation, order, checkedOutAt: at, lines },
      ...lists,
      totalCents: ticketsCents + feeCents,
      status: 'pending',
      signedAt: undefined,
    });
  }

  #goOn({ at }: Place, fact: Fact): void {
    if (!('order' in fact) || fact.order === undefined) return;
    const story = this.orders.get(fact.order);
    if (story === undefined) return;
    if (fact.type === 'payment_begun') story.begun.push({ fact, at });
    if (fact.type === 'tickets_issued') story.issued.push(fact);
    if (fact.type === 'tickets_signed') story.signedAt = at;
    if (fact.type === 'paid') story.paid.push({ fact, at });
    if (fact.type === 'payment_refused') story.refused.push(fact);
    story.status = statusAfter[fact.type] ?? story.status;
  }

  #owe({ event, generation, at }: Place, due: FactOf<'refund_due'>): void {
    if (this.refunds.has(due.id)) this.broken.push(`The refund ${due.id} is due twice.`);
    this.refunds.set(due.id, { event, generation, due, dueAt: at, done: [] });
  }

  #giveBack(fact: FactOf<'refunded'>): void {
    const refund = this.refunds.get(fact.refund);
    if (refund === undefined) this.broken.push(`What was not due went back: ${fact.refund}.`);
    else refund.done.push(fact);
  }
}
