import type { Clock, Timer } from '../../ports/clock.ts';
import {
  beginRefund,
  type Change,
  chargeBack,
  endRefund,
  expire,
  failRefund,
  pay,
  refuse,
} from './charge-life.ts';
import type { Behaviour } from './faults.ts';
import type { HookPost } from './hook-post.ts';
import { notFound } from './refusal.ts';
import type { Shelf } from './shelf.ts';
import { timeText, type WireCharge, type WireOrder } from './wire.ts';

/** An order, how it behaves, and what will happen to it. */
export interface BookedOrder {
  readonly order: WireOrder;
  readonly behaviour: Behaviour;
  plan: Step[];
}

/** Something that will happen to a charge. */
export interface Step {
  readonly at: number;
  readonly charge: string;
  readonly type: 'pay' | 'refuse' | 'expire' | 'end_refund' | 'give_back' | 'charge_back';
  readonly amount?: number;
  /** In these states only: meanwhile somebody may have paid or refused it by hand. */
  readonly finds?: readonly string[];
}

export interface OrderBookOptions {
  readonly clock: Clock;
  readonly shelf: Shelf;
  readonly hooks: HookPost;
}

/** Beyond this the oldest orders are forgotten. */
const ordersMax = 50_000;

/** All orders. What happens to one is kept, told by webhooks, and goes on after a restart. */
export class OrderBook {
  readonly #options: OrderBookOptions;
  readonly #booked = new Map<string, BookedOrder>();
  readonly #orderOfCharge = new Map<string, string>();
  readonly #byCode = new Map<string, BookedOrder[]>();
  readonly #timers = new Map<string, Timer>();

  constructor(options: OrderBookOptions) {
    this.#options = options;
  }

  restore(booked: BookedOrder): void {
    this.#index(booked);
    this.#arm(booked);
  }

  /** A new order, with the types of the webhooks that tell of each of its charges. */
  add(booked: BookedOrder, events: readonly (readonly string[])[]): void {
    this.#index(booked);
    for (const oldest of this.#booked.keys()) {
      if (this.#booked.size <= ordersMax) break;
      this.#forget(oldest);
    }
    this.#save(booked);
    booked.order.charges.forEach((charge, index) => {
      this.#tell(booked, charge, events[index] ?? []);
    });
    this.#arm(booked);
  }

  /** The newest first. */
  list(): BookedOrder[] {
    return [...this.#booked.values()].reverse();
  }

  /** Those with a code of ours, the newest first. */
  withCode(code: string): BookedOrder[] {
    return [...(this.#byCode.get(code) ?? [])].reverse();
  }

  find(order: string): BookedOrder | undefined {
    return this.#booked.get(order);
  }

  orderOf(charge: string): BookedOrder | undefined {
    return this.#booked.get(this.#orderOfCharge.get(charge) ?? '');
  }

  /** @throws {ApiRefusal} */
  charge(id: string): { booked: BookedOrder; charge: WireCharge } {
    const booked = this.orderOf(id);
    const charge = booked?.order.charges.find((each) => each.id === id);
    if (booked === undefined || charge === undefined) throw notFound('Charge');
    return { booked, charge };
  }

  /** Something happens to a charge now. What it returns are the webhooks' types. */
  change(id: string, happen: (change: Change) => string[]): WireCharge {
    const { booked, charge } = this.charge(id);
    const now = this.#options.clock.now();
    const events = happen({ order: booked.order, charge, now });
    if (events.length === 0) return charge;
    for (const each of [booked.order, charge, charge.last_transaction]) {
      each.updated_at = timeText(now);
    }
    this.#save(booked);
    this.#tell(booked, charge, events);
    return charge;
  }

  /** Money of a PIX on its way back: how much. */
  refundingCents(booked: BookedOrder, charge: string): number {
    const steps = booked.plan.filter((step) => step.charge === charge);
    const refunds = steps.filter(({ type }) => type === 'end_refund');
    return refunds.reduce((sum, { amount = 0 }) => sum + amount, 0);
  }

  /** Something will happen later, also after a restart. */
  schedule(booked: BookedOrder, steps: readonly Step[]): void {
    booked.plan = [...booked.plan, ...steps].sort((a, b) => a.at - b.at);
    this.#save(booked);
    this.#arm(booked);
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #arm(booked: BookedOrder): void {
    const { id } = booked.order;
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
    const [next] = booked.plan;
    if (next === undefined) return;
    const wait = Math.max(0, next.at - this.#options.clock.now());
    this.#timers.set(
      id,
      this.#options.clock.after(wait, () => this.#run(booked)),
    );
  }

  #run(booked: BookedOrder): void {
    const [step, ...rest] = booked.plan;
    if (step !== undefined && step.at <= this.#options.clock.now()) {
      booked.plan = rest;
      this.change(step.charge, (change) => this.#happen(booked, step, change));
      this.#save(booked);
    }
    this.#arm(booked);
  }

  #happen(booked: BookedOrder, step: Step, change: Change): string[] {
    const { type, amount = 0, finds } = step;
    if (finds !== undefined && !finds.includes(change.charge.status)) return [];
    switch (type) {
      case 'pay':
        return pay(change, amount);
      case 'refuse':
        return refuse(change, '01');
      case 'expire':
        return expire(change);
      case 'charge_back':
        return chargeBack(change);
      case 'give_back':
        return endRefund(change, change.charge.paid_amount ?? 0);
      case 'end_refund':
        return this.#endRefund(booked, step.charge, amount, change);
    }
  }

  /** Another refund of the same charge may still be on its way. */
  #endRefund(booked: BookedOrder, charge: string, amount: number, change: Change): string[] {
    const fails = booked.behaviour.refunds === 'fail';
    const events = fails ? failRefund(change) : endRefund(change, amount);
    const pending = this.refundingCents(booked, charge);
    if (pending > 0) beginRefund(change, pending);
    return events;
  }

  #tell({ order, behaviour }: BookedOrder, charge: WireCharge, events: readonly string[]): void {
    const { charges: _, ...stub } = order;
    for (const type of events) {
      const data = type.startsWith('order.') ? order : { ...charge, order: stub };
      this.#options.hooks.post(type, data, order.id, behaviour);
    }
  }

  #index(booked: BookedOrder): void {
    const { id, code, charges } = booked.order;
    this.#booked.set(id, booked);
    this.#byCode.set(code, [...(this.#byCode.get(code) ?? []), booked]);
    for (const charge of charges) this.#orderOfCharge.set(charge.id, id);
  }

  #forget(id: string): void {
    const { order } = this.#booked.get(id)!;
    for (const charge of order.charges) this.#orderOfCharge.delete(charge.id);
    const others = this.withCode(order.code).filter((each) => each.order.id !== id);
    if (others.length === 0) this.#byCode.delete(order.code);
    else this.#byCode.set(order.code, others.reverse());
    this.#booked.delete(id);
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
    this.#options.shelf.keep({ kind: 'order', id });
  }

  #save(booked: BookedOrder): void {
    this.#options.shelf.keep({ kind: 'order', id: booked.order.id, value: booked });
  }
}
