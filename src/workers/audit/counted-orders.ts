import type { HoldId, Item, LotId, OrderId, SubjectId } from '@ingressou/protocol';
import type { Fact, FactOf } from '../../domain/facts.ts';
import { type CountedHold, type CountedLot, memoryMs, never } from './counted-things.ts';
import type { Invariant } from './promises.ts';

/** What is counted of orders needs what is counted of holds and lots. */
export interface Books {
  readonly lots: ReadonlyMap<LotId, CountedLot>;
  readonly at: number;
  readonly rules: FactOf<'show_created'> | undefined;
  holdOf(id: HoldId): CountedHold | undefined;
  move(lot: LotId, held: number, sold: number): void;
  complain(invariant: Invariant, sentence: string): void;
}

interface CountedOrder {
  readonly hold: HoldId;
  readonly subject: SubjectId;
  readonly ticketsCents: number;
  readonly feeCents: number;
  status: 'pending' | 'failed' | 'cancelled' | 'expired' | 'paid';
  charge: string;
  readonly units: number;
  /** When it may be forgotten: a while after it came to nothing, never while it counts. */
  knownUntil: number;
}

/** What must follow a payment at once. */
interface Consequence {
  readonly order: OrderId;
  readonly charge: string;
  readonly areTicketsDue: boolean;
  readonly excessCents: number;
}

type OrderFact = Extract<
  Fact,
  {
    readonly type:
      | 'checked_out'
      | 'payment_begun'
      | 'payment_refused'
      | 'order_cancelled'
      | 'paid'
      | 'tickets_issued'
      | 'tickets_signed'
      | 'refund_due'
      | 'refunded'
      | 'charged_back';
  }
>;

/** Who a serial was issued to, and for what. */
interface CountedTicket {
  readonly order: OrderId;
  readonly lot: LotId;
}

/** A fact about money names goods and what they cost. */
type Priced = Pick<FactOf<'refund_due'>, 'items' | 'ticketsCents' | 'feeCents'>;

/** Hundredths of a percent in a whole. */
const whole = 10_000;
/** After a restore that may have lost some, serials go on behind this gap. */
const serialsSkipped = 10_000;

/**
 * The orders of a show counted by somebody who has only read what facts mean: money that came in
 * is tickets or goes back, each of it once, and a serial is one ticket.
 */
export class CountedOrders {
  readonly #books: Books;
  readonly #orders = new Map<OrderId, CountedOrder>();
  /** The pending order of each hold. */
  readonly #open = new Map<HoldId, OrderId>();
  /** Tickets that were not given back. */
  readonly #tickets = new Map<number, CountedTicket>();
  readonly #refunds = new Map<string, number>();
  /** Every charge whose money was counted, and how much of it. */
  readonly #charges = new Map<string, number>();
  /** What the fact before asks for. */
  #due: Consequence | undefined;
  /** Whether this fact is what the one before asked for. */
  #isDue = false;
  #isShowCancelled = false;
  #next = 1;
  #generation = 0;

  constructor(books: Books) {
    this.#books = books;
  }

  /** How much there is to remember. */
  get notes(): number {
    return this.#orders.size + this.#tickets.size + this.#refunds.size;
  }

  /** Whose ticket it is, unless it was given back. */
  orderOf(serial: number): { readonly id: OrderId; readonly subject?: SubjectId } | undefined {
    const id = this.#tickets.get(serial)?.order;
    return id && { id, ...this.#orders.get(id) };
  }

  /** Whether that ticket was ever issued. Numbers that a restore has left out are taken for issued. */
  wasIssued(serial: number): boolean {
    return serial < this.#next;
  }

  /** Before each fact, and without one at the end of a turn: what had to follow follows. */
  meet(fact?: Fact): void {
    const due = this.#due;
    this.#due = undefined;
    this.#isDue = due !== undefined && fact !== undefined && isConsequence(fact, due);
    if (due === undefined) return;
    const { order, areTicketsDue, excessCents } = due;
    if (this.#isDue && areTicketsDue && excessCents > 0) {
      this.#due = { ...due, areTicketsDue: false };
    }
    if (this.#isDue) return;
    if (areTicketsDue) this.#complainMoney(order, 'is paid and has no tickets');
    else this.#complainMoney(order, `was paid ${excessCents} cents more, which do not go back`);
  }

  cancelShow(): void {
    this.#isShowCancelled = true;
  }

  /** Those that came to nothing, as the domain forgets them. */
  forget(): void {
    for (const [id, { knownUntil }] of this.#orders) {
      if (knownUntil <= this.#books.at) this.#orders.delete(id);
    }
  }

  own({ generation }: FactOf<'owned'>): void {
    if (this.#generation !== 0 && generation > this.#generation) this.#next += serialsSkipped;
    this.#generation = generation;
  }

  /** A hold ends by time: what was to be paid for it ends too. */
  expire({ hold, order }: FactOf<'expired'>): void {
    const open = this.#open.get(hold);
    if (open !== order) {
      this.#books.complain('order_once', `hold ${hold} expires with another order than its own`);
    }
    if (order !== undefined) this.#end(order, 'expired');
  }

  count(fact: OrderFact): void {
    switch (fact.type) {
      case 'checked_out':
        return this.#checkOut(fact);
      case 'payment_begun':
        this.#pending(fact.order, fact.type);
        return;
      case 'payment_refused':
        return this.#end(fact.order, 'failed');
      case 'order_cancelled':
        return this.#end(fact.order, 'cancelled');
      case 'paid':
        return this.#pay(fact);
      case 'tickets_issued':
        return this.#issue(fact);
      case 'tickets_signed':
        if (this.#orders.get(fact.order)?.status !== 'paid') {
          this.#complainOf(fact.order, 'has codes for tickets that were not issued');
        }
        return;
      case 'refund_due':
        return this.#owe(fact);
      case 'refunded':
        return this.#settle(fact);
      case 'charged_back':
        return this.#revoke(fact);
    }
  }

  #checkOut(fact: FactOf<'checked_out'>): void {
    const { id, hold: holdId, subject, items, ticketsCents, feeCents, payBy, expiresAt } = fact;
    const { rules, at } = this.#books;
    if (this.#isShowCancelled) this.#complainOf(id, 'is made of a cancelled show');
    if (this.#orders.has(id)) return this.#complainOf(id, 'is made twice');
    if (this.#open.has(holdId)) this.#complainOf(id, 'is made of a hold that has an open one');
    const hold = this.#books.holdOf(holdId);
    if (hold?.status !== 'held' || hold.subject !== subject) {
      this.#complainOf(id, 'is made of no live hold of its buyer');
    }
    if (hold !== undefined && !isSame(items, hold.items)) {
      this.#complainOf(id, 'is of other items than its hold');
    }
    this.#checkPrices(id, fact);
    if (payBy !== at + (rules?.payMs ?? Number.NaN)) this.#complainOf(id, 'is due at a wrong time');
    if (hold !== undefined) {
      if (expiresAt <= payBy || expiresAt < hold.expiresAt) {
        this.#complainOf(id, 'gives its hold less time than it needs');
      }
      hold.expiresAt = expiresAt;
      hold.isExtended = true;
    }
    const status = 'pending';
    const units = unitsOf(items);
    const order = { hold: holdId, subject, ticketsCents, feeCents, status, units } as const;
    this.#orders.set(id, { ...order, charge: '', knownUntil: never });
    this.#open.set(holdId, id);
  }

  #pay(fact: FactOf<'paid'>): void {
    const { order: id, hold, subject, charge, amountCents, isLate } = fact;
    const order = this.#orders.get(id);
    if (order === undefined) return this.#complainOf(id, 'is paid and was never made');
    if (order.charge !== '') return this.#complainMoney(id, 'is paid twice');
    if (order.hold !== hold || order.subject !== subject) {
      this.#complainOf(id, 'is paid as if it were another');
    }
    if (this.#isShowCancelled) this.#complainOf(id, 'is paid though its show is cancelled');
    this.#checkPrices(id, fact);
    const totalCents = order.ticketsCents + order.feeCents;
    const isFree = amountCents === 0 && totalCents === 0;
    if (!isFree && this.#charges.has(charge)) {
      this.#complainMoney(id, `is paid by the charge ${charge}, which was used before`);
    }
    this.#charges.set(charge, amountCents);
    if (amountCents < totalCents) {
      this.#complainMoney(id, `is paid with ${amountCents} cents, which is too little`);
    }
    const couldBe = isLate ? ['expired', 'failed'] : ['pending', 'failed'];
    if (!couldBe.includes(order.status)) this.#complainOf(id, `was ${order.status} and is paid`);
    order.status = 'paid';
    order.charge = charge;
    order.knownUntil = never;
    this.#due = { order: id, charge, areTicketsDue: true, excessCents: amountCents - totalCents };
    if (this.#open.get(order.hold) === id) this.#open.delete(order.hold);
    if (this.#open.has(order.hold)) this.#complainOf(id, 'is paid while another is open');
  }

  #issue({ order: id, from, count, items }: FactOf<'tickets_issued'>): void {
    const order = this.#orders.get(id);
    if (!this.#isDue) this.#complainMoney(id, 'has tickets that nobody paid just now');
    if (from !== this.#next) this.#complainTicket(from, `follows ${this.#next - 1}`);
    if (count !== unitsOf(items) || count !== order?.units) {
      this.#complainMoney(id, `has ${count} tickets for ${order?.units} units`);
    }
    let serial = from;
    for (const { lot, quantity } of items) {
      for (let unit = 0; unit < quantity; unit += 1) {
        this.#tickets.set(serial, { order: id, lot });
        serial += 1;
      }
    }
    this.#next = serial;
  }

  #owe(fact: FactOf<'refund_due'>): void {
    const { id, order: about, charge, amountCents, why, serials } = fact;
    if (this.#refunds.has(id)) this.#complainMoney(about, `gives ${id} back twice`);
    this.#refunds.set(id, amountCents);
    if (serials.length > 0) return this.#revoke(fact);
    if (why === 'excess') {
      if (!this.#isDue) this.#complainMoney(about, `gives ${amountCents} cents back as too much`);
      return;
    }
    const before = this.#charges.get(charge);
    const allCents = (before ?? 0) + amountCents;
    // A charge may be paid again: that comes under another name, which says how much there is now.
    const isMore = why === 'double' && id === `stray:${charge}:${allCents}`;
    if (before !== undefined && !isMore) {
      this.#complainMoney(about, `gives the money of ${charge} back, which bought something`);
    }
    this.#charges.set(charge, allCents);
  }

  /** Tickets are given back, and their money with them. */
  #revoke(fact: FactOf<'refund_due' | 'charged_back'>): void {
    const { order: id, charge, serials, items, ticketsCents, feeCents, amountCents } = fact;
    this.#checkPrices(id, fact);
    if (amountCents !== ticketsCents + feeCents) {
      this.#complainMoney(id, `gives ${amountCents} cents back for what was sold for others`);
    }
    if (this.#orders.get(id)?.charge !== charge) {
      this.#complainMoney(id, `gives back what ${charge} did not bring`);
    }
    const lots = new Map<LotId, number>();
    for (const serial of serials) {
      const ticket = this.#tickets.get(serial);
      if (ticket?.order !== id) this.#complainTicket(serial, `is not one of order ${id}`);
      if (ticket !== undefined) lots.set(ticket.lot, (lots.get(ticket.lot) ?? 0) + 1);
      this.#tickets.delete(serial);
    }
    const isOfItems = items.every(({ lot, quantity }) => lots.get(lot) === quantity);
    if (!isOfItems || lots.size !== items.length) {
      this.#complainMoney(id, 'gives back other items than its tickets are of');
    }
    this.#giveUnitsBack(id, items);
  }

  #giveUnitsBack(id: OrderId, items: readonly Item[]): void {
    const order = this.#orders.get(id);
    const hold = order && this.#books.holdOf(order.hold);
    for (const { lot, quantity } of items) this.#books.move(lot, 0, -quantity);
    if (hold === undefined) return;
    hold.buyer.taken -= unitsOf(items);
    hold.items = without(hold.items, items);
    if (hold.items.length > 0) return;
    hold.status = 'refunded';
    hold.expiresAt = this.#books.at;
  }

  #settle({ refund, order, amountCents }: FactOf<'refunded'>): void {
    if (this.#refunds.get(refund) !== amountCents) {
      this.#complainMoney(order, `was given ${amountCents} cents back that were not due`);
    }
    this.#refunds.delete(refund);
  }

  #end(id: OrderId, how: 'failed' | 'cancelled' | 'expired'): void {
    const order = this.#pending(id, how);
    if (order === undefined) return;
    order.status = how;
    order.knownUntil = this.#books.at + memoryMs;
    this.#open.delete(order.hold);
  }

  #pending(id: OrderId, what: string): CountedOrder | undefined {
    const order = this.#orders.get(id);
    if (order?.status === 'pending') return order;
    this.#complainOf(id, `is ${what} and was ${order?.status ?? 'never made'}`);
    return undefined;
  }

  #checkPrices(id: OrderId, fact: Priced): void {
    const { items, ticketsCents, feeCents } = fact;
    const due = this.#priceOf(items);
    if (due.ticketsCents === ticketsCents && due.feeCents === feeCents) return;
    const total = `${ticketsCents} and ${feeCents}`;
    this.#complainMoney(id, `is of ${total}, counted ${due.ticketsCents} and ${due.feeCents}`);
  }

  /** At the prices of the lots, the fee to the nearest cent. */
  #priceOf(items: readonly Item[]): { ticketsCents: number; feeCents: number } {
    let ticketsCents = 0;
    let feeCents = 0;
    for (const { lot, quantity } of items) {
      const price = this.#books.lots.get(lot)?.priceCents ?? 0;
      const share = price * (this.#books.rules?.feeBasisPoints ?? 0);
      const rest = share % whole;
      const fee = (share - rest) / whole + (2 * rest >= whole ? 1 : 0);
      ticketsCents += quantity * price;
      feeCents += quantity * fee;
    }
    return { ticketsCents, feeCents };
  }

  #complainOf(id: OrderId, what: string): void {
    this.#books.complain('order_once', `order ${id} ${what}`);
  }

  #complainMoney(id: OrderId, what: string): void {
    this.#books.complain('money_once', `order ${id} ${what}`);
  }

  #complainTicket(serial: number, what: string): void {
    this.#books.complain('ticket_once', `ticket ${serial} ${what}`);
  }
}

function isConsequence(fact: Fact, { order, charge, ...due }: Consequence): boolean {
  if (due.areTicketsDue) return fact.type === 'tickets_issued' && fact.order === order;
  if (fact.type !== 'refund_due' || fact.why !== 'excess' || fact.order !== order) return false;
  return fact.charge === charge && fact.amountCents === due.excessCents;
}

/** What is left of some items. */
function without(items: readonly Item[], taken: readonly Item[]): Item[] {
  const left = items.map(({ lot, quantity }) => {
    const out = taken.filter((item) => item.lot === lot);
    return { lot, quantity: quantity - unitsOf(out) };
  });
  return left.filter(({ quantity }) => quantity > 0);
}

function unitsOf(items: readonly Item[]): number {
  let units = 0;
  for (const { quantity } of items) units += quantity;
  return units;
}

function isSame(some: readonly Item[], others: readonly Item[]): boolean {
  if (some.length !== others.length) return false;
  return some.every(({ lot, quantity }, index) => {
    const other = others[index];
    return other?.lot === lot && other.quantity === quantity;
  });
}
