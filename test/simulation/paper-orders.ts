import type { Item, OrderLine, OrderStatus, PaymentMethod, Rejection } from '@ingressou/protocol';
import { limits } from '@ingressou/protocol';
import type { Command } from '../../src/domain/commands.ts';
import type { Fact, FactOf } from '../../src/domain/facts.ts';
import type { NotedHold, Reference, Times } from './reference.ts';

/** An order as anybody would note it down. */
export interface NotedOrder {
  readonly id: string;
  readonly hold: NotedHold;
  readonly method: PaymentMethod;
  readonly lines: readonly OrderLine[];
  readonly ticketsCents: number;
  readonly feeCents: number;
  readonly payBy: number;
  status: OrderStatus;
  isBegun: boolean;
  refusal: string | undefined;
  paidAt: number | undefined;
  charge: string | undefined;
  serials: readonly number[];
  hasCodes: boolean;
  dueCents: number;
  backCents: number;
}

export interface NotedTicket {
  readonly order: string;
  readonly lot: string;
  isValid: boolean;
}

interface NotedRefund {
  readonly charge: string;
  readonly amountCents: number;
  /** Undefined when nobody knew the order. */
  readonly order: NotedOrder | undefined;
  isBack: boolean;
}

export type OrderFact = FactOf<
  | 'checked_out'
  | 'payment_begun'
  | 'payment_refused'
  | 'order_cancelled'
  | 'paid'
  | 'tickets_issued'
  | 'tickets_signed'
  | 'refund_due'
  | 'refunded'
  | 'charged_back'
>;

/**
 * The orders, tickets and money of a show on paper: what came in buys tickets or goes back, each
 * of it once. Written from what buyers are promised.
 */
export class PaperOrders {
  readonly orders = new Map<string, NotedOrder>();
  /** Serial 1 is the first. */
  readonly tickets: NotedTicket[] = [];
  readonly refunds = new Map<string, NotedRefund>();
  /** What was taken by each charge that has come to something. */
  readonly #charges = new Set<string>();
  readonly #paper: Reference;
  /** What must come next, in this order. */
  #awaited: ((fact: Fact) => boolean)[] = [];

  constructor(paper: Reference) {
    this.#paper = paper;
  }

  /** All of a hold, the last one last. */
  of(hold: NotedHold): NotedOrder[] {
    return [...this.orders.values()].filter((order) => order.hold === hold);
  }

  isAwaiting(): boolean {
    return this.#awaited.length > 0;
  }

  /** Before every fact: what had to follow the one before. */
  *follow(fact: Fact): Generator<string> {
    const isNext = this.#awaited.shift();
    if (isNext?.(fact) === true) return;
    this.#awaited = [];
    if (isNext !== undefined) yield `${fact.type} came where the rest of a payment was due`;
    else if (fact.type === 'tickets_issued') yield 'tickets came that nobody paid just now';
    else if (fact.type === 'refund_due' && fact.why === 'excess') {
      yield 'something was given back as too much that was not';
    }
  }

  *note(fact: OrderFact, at: number): Generator<string> {
    if (fact.type === 'checked_out') return yield* this.#checkOut(fact, at);
    if (fact.type === 'refund_due') return yield* this.#owe(fact, at);
    if (fact.type === 'refunded') return yield* this.#giveBack(fact);
    const order = this.orders.get(fact.order);
    if (order === undefined) return yield `order ${fact.order} was ${fact.type} and never made`;
    const name = `order ${order.id}`;
    const { hold } = order;
    if (fact.hold !== hold.id || fact.subject !== hold.subject) {
      yield `${name} was ${fact.type} as if it were another's`;
    }
    switch (fact.type) {
      case 'payment_begun':
        yield* mustBePending(order, fact.type);
        order.isBegun = true;
        return;
      case 'payment_refused':
        yield* mustBePending(order, fact.type);
        order.status = 'failed';
        order.refusal = fact.refusal;
        return;
      case 'order_cancelled':
        yield* mustBePending(order, fact.type);
        if (fact.why === 'show_cancelled' && !this.#paper.isCancelled)
          yield 'no show was cancelled';
        order.status = 'cancelled';
        return;
      case 'paid':
        return yield* this.#pay(order, fact, at);
      case 'tickets_issued':
        return yield* this.#issue(order, fact);
      case 'tickets_signed':
        if (order.charge === undefined) yield `${name} was signed and not paid`;
        if (order.hasCodes) yield `${name} was signed twice`;
        order.hasCodes = true;
        return;
      case 'charged_back':
        return yield* this.#revoke(order, fact, at);
    }
  }

  /** A hold ended by time, and its order with it. */
  *expire({ order: id }: FactOf<'expired'>, hold: NotedHold): Generator<string> {
    const order = this.of(hold).find(({ status }) => status === 'pending');
    if (order?.id !== id) yield `hold ${hold.id} expired, and not with its order`;
    if (order !== undefined) order.status = 'expired';
  }

  /** Whether there is nothing to do for a wish that is answered yes all the same. */
  leavesNothing(command: Command): boolean {
    if (command.type === 'note_refunded') return this.refunds.get(command.refund)?.isBack !== false;
    if (command.type === 'begin_payment') return this.#hasBrought(command.charge);
    if (command.type !== 'fail_payment' && command.type !== 'charge_back') return false;
    const order = this.orders.get(command.order);
    if (order === undefined) return false;
    if (command.type === 'fail_payment') return order.status !== 'pending';
    const isFree = order.ticketsCents + order.feeCents === 0;
    return isFree || order.charge !== command.charge || this.validOf(order).length === 0;
  }

  /** Whether the money of this charge is here already: it bought something, or goes back. */
  #hasBrought(charge: string): boolean {
    const isOf = (each: { readonly charge: string | undefined }) => each.charge === charge;
    return [...this.orders.values()].some(isOf) || [...this.refunds.values()].some(isOf);
  }

  /** Whether this no is right about a wish that is about an order. */
  explains(command: OrderCommand, no: Rejection, times: Times): boolean {
    const order = this.orders.get(command.order);
    const subject = 'subject' in command ? command.subject : undefined;
    const isForeign = subject !== undefined && order?.hold.subject !== subject;
    if (order === undefined || isForeign) return no.reason === 'order_not_found';
    switch (no.reason) {
      case 'order_not_pending': {
        const isAsked = command.type === 'cancel' || command.type === 'begin_payment';
        return isAsked && order.status !== 'pending' && no.status === order.status;
      }
      case 'order_not_paid': {
        const isUnpaid = order.charge === undefined && command.type === 'note_signed';
        const isAsked = isUnpaid || command.type === 'refund';
        return isAsked && order.status !== 'paid' && no.status === order.status;
      }
      case 'refund_too_late': {
        const until = this.#regretUntil(order);
        return subject !== undefined && no.until === until && times.latest > until;
      }
      case 'invalid_serials':
        return command.type === 'refund' && !this.#areOf(order, command.serials ?? []);
      default:
        return false;
    }
  }

  /** The tickets of an order that still admit somebody. */
  validOf({ serials }: NotedOrder): number[] {
    return serials.filter((serial) => this.tickets[serial - 1]?.isValid);
  }

  *#checkOut(fact: FactOf<'checked_out'>, at: number): Generator<string> {
    const { id, subject, items, method, payBy, expiresAt, ticketsCents, feeCents } = fact;
    const name = `order ${id}`;
    const hold = this.#paper.holds.get(fact.hold);
    if (hold === undefined) return yield `${name} was made of no hold`;
    if (hold.status !== 'held' || at >= hold.expiresAt) yield `${name} was made of an ended hold`;
    if (hold.subject !== subject) yield `${name} was made of another's hold`;
    if (this.#paper.isCancelled) yield `${name} was made of a cancelled show`;
    const before = this.of(hold);
    if (before.some(({ status }) => status === 'pending')) yield `${name} is the second open one`;
    if (before.length >= limits.checkoutsMax) yield `${name} is one too many`;
    if (!isSameGoods(items, hold.items)) yield `${name} is of other things than its hold`;
    yield* this.#mustCost(fact, name);
    if (payBy !== at + (this.#paper.rules?.payMs ?? 0))
      yield `${name} must be paid at a wrong time`;
    if (expiresAt <= payBy) yield `${name} leaves no time for word of its payment`;
    if (expiresAt < hold.expiresAt) yield `${name} takes time from its hold`;
    hold.expiresAt = expiresAt;
    hold.isExtended = true;
    const blank = { refusal: undefined, paidAt: undefined, charge: undefined, serials: [] };
    const money = { ticketsCents, feeCents, dueCents: 0, backCents: 0 };
    const state = { status: 'pending', isBegun: false, hasCodes: false } as const;
    this.orders.set(id, { id, hold, method, lines: items, payBy, ...money, ...state, ...blank });
    const isFree = ticketsCents + feeCents === 0;
    if (isFree) this.#awaited = [(next) => next.type === 'paid' && next.order === id];
  }

  *#pay(order: NotedOrder, fact: FactOf<'paid'>, at: number): Generator<string> {
    const { charge, amountCents, isLate } = fact;
    const { id, status, hold } = order;
    const name = `order ${id}`;
    if (order.charge !== undefined) yield `${name} was paid twice`;
    if (amountCents > 0) yield* this.#mustBeNew(charge);
    if (this.#paper.isCancelled) yield `${name} of a cancelled show was paid`;
    const couldBe = isLate ? ['expired', 'failed'] : ['pending', 'failed'];
    if (!couldBe.includes(status)) yield `${name} was ${status} and then paid`;
    const isBeside = this.of(hold).some((each) => each !== order && each.status === 'pending');
    if (isBeside) yield `${name} was paid beside an open one`;
    if (!isSameGoods(fact.items, hold.items)) yield `${name} was paid for other things`;
    yield* this.#mustCost(fact, name);
    const excessCents = amountCents - order.ticketsCents - order.feeCents;
    if (excessCents < 0) yield `${name} was paid with too little`;
    Object.assign(order, { status: 'paid', charge, paidAt: at, refusal: undefined });
    this.#awaited = [(next) => next.type === 'tickets_issued' && next.order === id];
    if (excessCents <= 0) return;
    this.#awaited.push((next) => {
      const isExcess = next.type === 'refund_due' && next.why === 'excess' && next.order === id;
      return isExcess && next.charge === charge && next.amountCents === excessCents;
    });
  }

  *#issue(order: NotedOrder, { from, count, items }: FactOf<'tickets_issued'>): Generator<string> {
    if (from !== this.tickets.length + 1) yield `serial ${from} follows ${this.tickets.length}`;
    if (!isSameGoods(items, order.hold.items)) yield `order ${order.id} has tickets of other lots`;
    if (count !== unitsOf(items)) yield `order ${order.id} has ${count} tickets for its units`;
    order.serials = Array.from({ length: count }, (_, index) => from + index);
    for (const { lot, quantity } of items) {
      for (let unit = 0; unit < quantity; unit += 1) {
        this.tickets.push({ order: order.id, lot, isValid: true });
      }
    }
  }

  *#owe(fact: FactOf<'refund_due'>, at: number): Generator<string> {
    const { id, order: about, why, amountCents, charge, serials } = fact;
    const order = this.orders.get(about);
    if (this.refunds.has(id)) yield `the refund ${id} fell due twice`;
    this.refunds.set(id, { order, charge, amountCents, isBack: false });
    if (order !== undefined) order.dueCents += amountCents;
    if (serials.length > 0) {
      if (order === undefined) return yield `tickets of no order went back by ${id}`;
      if (why === 'buyer' && at > this.#regretUntil(order)) yield `the refund ${id} came too late`;
      if (why === 'show_cancelled' && !this.#paper.isCancelled) yield 'no show was cancelled';
      // Nobody has to be asked for what cost nothing.
      const isBack = (next: Fact) => next.type === 'refunded' && next.refund === id;
      if (amountCents === 0) this.#awaited = [isBack];
      return yield* this.#revoke(order, fact, at);
    }
    if (why !== 'excess') yield* this.#mustBeNew(charge);
    if (amountCents <= 0) yield `the refund ${id} is of nothing`;
  }

  *#giveBack({ refund: id, amountCents, order }: FactOf<'refunded'>): Generator<string> {
    const due = this.refunds.get(id);
    if (due === undefined) return yield `the refund ${id} came back and was never due`;
    if (due.isBack) yield `the refund ${id} came back twice`;
    if (due.amountCents !== amountCents) yield `the refund ${id} came back as ${amountCents}`;
    due.isBack = true;
    if (due.order === undefined) return;
    if (due.order.id !== order) yield `the refund ${id} came back for another order`;
    due.order.dueCents -= amountCents;
    due.order.backCents += amountCents;
  }

  /** These tickets admit nobody any more, and their units are free. */
  *#revoke(
    order: NotedOrder,
    fact: FactOf<'refund_due' | 'charged_back'>,
    at: number,
  ): Generator<string> {
    const { serials, items, charge, amountCents, ticketsCents, feeCents } = fact;
    const name = `order ${order.id}`;
    if (!this.#areOf(order, serials)) yield `${name} gave back tickets that it has not`;
    const lots = serials.map((serial) => this.tickets[serial - 1]?.lot ?? '');
    const goods = lots.map((lot) => ({ lot, quantity: 1 }));
    if (!isSameGoods(items, goods)) yield `${name} gave back other things than its tickets`;
    if (charge !== order.charge) yield `${name} gave back what ${charge} did not bring`;
    yield* this.#mustCost(fact, name);
    if (amountCents !== ticketsCents + feeCents) yield `${name} gave back another sum`;
    for (const serial of serials) {
      const ticket = this.tickets[serial - 1];
      if (ticket !== undefined) ticket.isValid = false;
    }
    const { hold } = order;
    hold.items = hold.items
      .map(({ lot, quantity }) => {
        return { lot, quantity: quantity - lots.filter((each) => each === lot).length };
      })
      .filter(({ quantity }) => quantity > 0);
    if (this.validOf(order).length > 0) return;
    order.status = 'refunded';
    hold.status = 'refunded';
    hold.expiresAt = at;
  }

  *#mustBeNew(charge: string): Generator<string> {
    if (this.#charges.has(charge)) yield `the money of ${charge} was used twice`;
    this.#charges.add(charge);
  }

  /** At the prices of the lots; half a cent of the fee is a whole one. */
  *#mustCost(
    { items, ticketsCents, feeCents }: Pick<FactOf<'paid'>, 'ticketsCents' | 'feeCents'> & Goods,
    name: string,
  ): Generator<string> {
    let [tickets, fee] = [0, 0];
    for (const { lot, quantity } of items) {
      const { priceCents = 0 } = this.#paper.lots.get(lot) ?? {};
      tickets += quantity * priceCents;
      fee += quantity * this.#paper.feeOf(lot);
    }
    if (tickets !== ticketsCents || fee !== feeCents) {
      yield `${name} is of ${ticketsCents} and ${feeCents} cents, not of ${tickets} and ${fee}`;
    }
  }

  #areOf(order: NotedOrder, serials: readonly number[]): boolean {
    const valid = new Set(this.validOf(order));
    const isEach = serials.length > 0 && serials.every((serial) => valid.has(serial));
    return isEach && new Set(serials).size === serials.length;
  }

  /** The end of the seventh day behind the day of the purchase, and two days before the doors. */
  #regretUntil({ paidAt = 0 }: NotedOrder): number {
    const { zoneMinutes = 0, startsAt = Number.POSITIVE_INFINITY } = this.#paper.rules ?? {};
    const there = new Date(paidAt + zoneMinutes * minuteMs);
    there.setUTCHours(0, 0, 0, 0);
    there.setUTCDate(there.getUTCDate() + 8);
    const endOfDays = there.getTime() - zoneMinutes * minuteMs - 1;
    return Math.min(endOfDays, startsAt - 2 * dayMs);
  }
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

interface Goods {
  readonly items: readonly Item[];
}

/** A wish that names an order. */
type OrderCommand = Extract<Command, { readonly order: unknown }>;

function* mustBePending({ id, status }: NotedOrder, what: string): Generator<string> {
  if (status !== 'pending') yield `order ${id} was ${status} and then ${what}`;
}

type PlainItem = { readonly lot: string; readonly quantity: number };

/** In whatever order. */
function isSameGoods(some: readonly PlainItem[], others: readonly PlainItem[]): boolean {
  const counted = (items: readonly PlainItem[]): string => {
    const units = new Map<string, number>();
    for (const { lot, quantity } of items) units.set(lot, (units.get(lot) ?? 0) + quantity);
    return JSON.stringify([...units].sort());
  };
  return counted(some) === counted(others);
}

function unitsOf(items: readonly PlainItem[]): number {
  return items.reduce((sum, { quantity }) => sum + quantity, 0);
}
