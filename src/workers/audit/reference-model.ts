import {
  type CommandId,
  type HoldId,
  type Item,
  type LotId,
  limits,
  type Sale,
  type SubjectId,
} from '@ingressou/protocol';
import type { Fact, FactOf } from '../../domain/facts.ts';
import { CountedGates } from './counted-gates.ts';
import { CountedHolders } from './counted-holders.ts';
import { CountedOrders } from './counted-orders.ts';
import {
  type Buyer,
  type CountedHold,
  type CountedLot,
  memoryMs,
  never,
} from './counted-things.ts';
import type { Complaint } from './promises.ts';

/** Looking for what may be forgotten is a pass over everything. */
const forgetEveryMs = 6 * 60 * 60 * 1000;

/**
 * A show counted by somebody who has only read what facts mean and what is promised to buyers: it
 * shares no rule with the domain, so that a mistake there shows here. It believes every fact, says
 * what is wrong with it, and forgets what the domain forgets: whatever ended more than a day ago.
 */
export class ReferenceModel {
  readonly lots = new Map<LotId, CountedLot>();
  readonly #complain: Complaint;
  /** Every id that was used: the hold it made, or until when the command it named is known. */
  readonly #ids = new Map<string, CountedHold | number>();
  readonly #buyers = new Map<SubjectId, Buyer>();
  readonly #orders: CountedOrders;
  readonly #gates: CountedGates;
  readonly #holders: CountedHolders;
  #rules: FactOf<'show_created'> | undefined;
  #sale: Sale = { status: 'closed' };
  #at = Number.NaN;
  /** How an id begins that is just young enough, and one that is too far ahead. */
  #youngest = '';
  #tooYoung = '';
  #forgottenAt = 0;

  constructor(complain: Complaint) {
    this.#complain = complain;
    const wasIssued = (serial: number) => this.#orders.wasIssued(serial);
    this.#gates = new CountedGates({ complain, wasIssued });
    const model = this;
    this.#orders = new CountedOrders({
      lots: this.lots,
      get at() {
        return model.#at;
      },
      get rules() {
        return model.#rules;
      },
      holdOf(id) {
        const known = model.#ids.get(id);
        return typeof known === 'object' ? known : undefined;
      },
      move: (lot, held, sold) => model.#move(lot, held, sold),
      complain,
    });
    this.#holders = new CountedHolders({
      complain,
      orderOf: (serial) => this.#orders.orderOf(serial),
      areRotating: () => this.#rules?.isRotating === true,
    });
  }

  /** How much there is to remember. */
  get notes(): number {
    const { notes } = this.#holders;
    return this.#ids.size + this.#buyers.size + this.#orders.notes + this.#gates.notes + notes;
  }

  /** Every hold that is known, ended ones too. */
  *holds(): Iterable<readonly [id: string, hold: CountedHold]> {
    for (const [id, known] of this.#ids) if (typeof known === 'object') yield [id, known];
  }

  /** Counts one fact of a turn that was taken at `at`. */
  count(fact: Fact, at: number): void {
    if (at !== this.#at) this.#tick(at);
    this.#orders.meet(fact);
    switch (fact.type) {
      case 'owned':
        return this.#orders.own(fact);
      case 'show_created':
        return this.#create(fact);
      case 'lot_opened':
        return this.#openLot(fact);
      case 'sale_scheduled':
        this.#once(fact.id);
        this.#sale = { status: 'scheduled', opensAt: fact.opensAt };
        return;
      case 'sale_opened':
        return this.#openSale(fact);
      case 'sale_paused':
        this.#once(fact.id);
        this.#sale = { status: 'paused' };
        return;
      case 'reserved':
        return this.#reserve(fact);
      case 'extended':
        return this.#extend(fact);
      case 'released':
        this.#inTime(fact.id);
        this.#once(fact.id);
        return this.#giveBack(fact, 'released');
      case 'expired':
        this.#orders.expire(fact);
        return this.#giveBack(fact, 'expired');
      case 'order_cancelled':
        if (fact.why === 'buyer') this.#once(fact.id);
        this.#orders.count(fact);
        return this.#giveBack(fact, 'released');
      case 'paid':
        this.#orders.count(fact);
        return this.#sell(fact);
      case 'checked_out':
        this.#inTime(fact.id);
        if (this.#ids.has(fact.id)) this.#once(fact.id);
        return this.#orders.count(fact);
      case 'payment_begun':
      case 'payment_refused':
      case 'tickets_issued':
      case 'tickets_signed':
      case 'refunded':
        return this.#orders.count(fact);
      case 'refund_due':
      case 'charged_back':
        this.#gates.revoke(fact);
        return this.#orders.count(fact);
      case 'ticket_bound':
      case 'ticket_freed':
        this.#once(fact.id);
        if (fact.type === 'ticket_bound') this.#inTime(fact.id);
        this.#holders.count(fact);
        return this.#gates.reissue(fact);
      case 'checkpoints_set':
      case 'device_enrolled':
      case 'device_revoked':
      case 'incidents_seen':
      case 'topped_up':
        this.#once(fact.id);
        return this.#gates.count(fact, at);
      case 'device_reported':
      case 'scanned':
      case 'scans_merged':
      case 'scans_quarantined':
        return this.#gates.count(fact, at);
      case 'show_cancelled':
        this.#once(fact.id);
        this.#sale = { status: 'cancelled' };
        return this.#orders.cancelShow();
    }
  }

  /** Nothing of a turn is left for the next one. */
  endTurn(): void {
    this.#orders.meet();
  }

  #create(fact: FactOf<'show_created'>): void {
    this.#once(fact.id);
    if (this.#rules !== undefined) this.#complain('sale_order', 'the show is created twice');
    this.#rules = fact;
  }

  #openLot({ id, quantity, priceCents }: FactOf<'lot_opened'>): void {
    if (this.#rules === undefined) {
      this.#complain('sale_order', `lot ${id} is opened before its show is created`);
    }
    if (this.lots.has(id)) return this.#complain('id_once', `lot ${id} is opened twice`);
    if (!isCount(quantity)) this.#complain('no_oversell', `lot ${id} has ${quantity} units`);
    this.lots.set(id, { quantity, priceCents, held: 0, sold: 0, singles: new Map() });
  }

  #openSale({ id }: FactOf<'sale_opened'>): void {
    if (id !== undefined) this.#once(id);
    else if (this.#sale.opensAt === undefined || this.#sale.opensAt > this.#at) {
      this.#complain('sale_order', 'the sale opens by itself, and not at the time it was given');
    }
    this.#sale = { status: 'open' };
  }

  #reserve({ id, subject, items, expiresAt }: FactOf<'reserved'>): void {
    const known = this.#ids.get(id);
    if (typeof known === 'object') return this.#complain('hold_once', `hold ${id} is made twice`);
    if (known !== undefined) this.#complain('id_once', `hold ${id} has the id of a command`);
    this.#inTime(id);
    if (this.#sale.status !== 'open') {
      this.#complain('sale_order', `hold ${id} is made while nothing is on sale`);
    }
    const holdMs = expiresAt - this.#at;
    if (holdMs !== this.#rules?.holdMs) {
      this.#complain('hold_time', `hold ${id} is given ${holdMs} ms`);
    }
    const buyer = this.#buyerOf(subject);
    buyer.taken += this.#take(id, items);
    const most = this.#rules?.limit ?? 0;
    if (buyer.taken > most) {
      this.#complain('purchase_limit', `hold ${id} makes ${buyer.taken} units of at most ${most}`);
    }
    this.#ids.set(id, {
      subject,
      items: this.#kept(items),
      buyer,
      status: 'held',
      expiresAt,
      isExtended: false,
      knownUntil: never,
    });
  }

  #buyerOf(subject: SubjectId): Buyer {
    const known = this.#buyers.get(subject);
    if (known !== undefined) return known;
    const buyer = { taken: 0 };
    this.#buyers.set(subject, buyer);
    return buyer;
  }

  /** Takes the items from their lots and counts their units. */
  #take(id: HoldId, items: readonly Item[]): number {
    if (items.length === 0) this.#complain('hold_items', `hold ${id} takes nothing`);
    let units = 0;
    for (let index = 0; index < items.length; index += 1) {
      const { lot, quantity } = items[index]!;
      if (!isCount(quantity) || isAmong(items, lot, index)) {
        this.#complain('hold_items', `hold ${id} takes what nobody can: ${quantity} of lot ${lot}`);
      }
      this.#move(lot, quantity, 0);
      units += quantity;
    }
    return units;
  }

  /** The same list of items as another hold has, if there is one. */
  #kept(items: readonly Item[]): readonly Item[] {
    const only = items.length === 1 ? items[0] : undefined;
    const singles = only && this.lots.get(only.lot)?.singles;
    if (only === undefined || singles === undefined) return items;
    const known = singles.get(only.quantity);
    if (known === undefined) singles.set(only.quantity, items);
    return known ?? items;
  }

  #extend(fact: FactOf<'extended'>): void {
    this.#inTime(fact.id);
    this.#once(fact.id);
    const hold = this.#liveHold(fact);
    if (hold === undefined) return;
    if (hold.isExtended) this.#complain('hold_time', `hold ${fact.hold} is extended twice`);
    const more = fact.expiresAt - hold.expiresAt;
    if (more !== this.#rules?.extendMs) {
      this.#complain('hold_time', `hold ${fact.hold} is extended by ${more} ms`);
    }
    hold.isExtended = true;
    hold.expiresAt = fact.expiresAt;
  }

  #giveBack(
    fact: FactOf<'released' | 'expired' | 'order_cancelled'>,
    status: 'released' | 'expired',
  ): void {
    const hold = this.#liveHold(fact);
    if (hold === undefined) return;
    hold.status = status;
    hold.knownUntil = this.#at + memoryMs;
    for (const { lot, quantity } of hold.items) {
      hold.buyer.taken -= quantity;
      this.#move(lot, -quantity, 0);
    }
    if (hold.buyer.taken === 0) this.#buyers.delete(hold.subject);
  }

  #sell(fact: FactOf<'paid'>): void {
    const hold = fact.isLate ? this.#revivedHold(fact) : this.#liveHold(fact);
    if (hold === undefined) return;
    hold.status = 'paid';
    hold.knownUntil = never;
    for (const { lot, quantity } of hold.items) {
      this.#move(lot, fact.isLate ? 0 : -quantity, quantity);
    }
  }

  /** A hold that had expired, whose units are taken a second time. */
  #revivedHold({ hold: id, subject, items }: FactOf<'paid'>): CountedHold | undefined {
    const hold = this.#ids.get(id);
    if (typeof hold !== 'object' || hold.status !== 'expired') {
      this.#complain('hold_once', `hold ${id} is paid late and had not expired`);
      return undefined;
    }
    if (subject !== hold.subject || !isSame(items, hold.items)) {
      this.#complain('hold_items', `hold ${id} is paid late as if it were another`);
    }
    hold.buyer = this.#buyerOf(hold.subject);
    hold.buyer.taken += hold.items.reduce((sum, { quantity }) => sum + quantity, 0);
    const most = this.#rules?.limit ?? 0;
    if (hold.buyer.taken > most) {
      const { taken } = hold.buyer;
      this.#complain('purchase_limit', `hold ${id} makes ${taken} units of at most ${most}`);
    }
    return hold;
  }

  #move(id: LotId, held: number, sold: number): void {
    const lot = this.lots.get(id);
    if (lot === undefined) return this.#complain('hold_items', `there is no lot ${id}`);
    lot.held += held;
    lot.sold += sold;
    const isPossible = lot.held >= 0 && lot.sold >= 0 && lot.held + lot.sold <= lot.quantity;
    if (!isPossible) {
      const { quantity } = lot;
      this.#complain('no_oversell', `lot ${id}: ${lot.held} held, ${lot.sold} sold of ${quantity}`);
    }
  }

  /** The hold a fact changes, if it may still change. */
  #liveHold(
    fact: FactOf<'extended' | 'released' | 'expired' | 'paid' | 'order_cancelled'>,
  ): CountedHold | undefined {
    const { type, hold: id, subject, items } = fact;
    const hold = this.#ids.get(id);
    if (typeof hold !== 'object' || hold.status !== 'held') {
      const before = typeof hold === 'object' ? hold.status : 'not there';
      this.#complain('hold_once', `hold ${id} is ${type} but was ${before}`);
      return undefined;
    }
    if (subject !== hold.subject || !isSame(items, hold.items)) {
      this.#complain('hold_items', `hold ${id} is ${type} as if it were another`);
    }
    const isOver = this.#at >= hold.expiresAt;
    if (isOver !== (type === 'expired')) {
      this.#complain('hold_time', `hold ${id} is ${type} ${isOver ? 'past' : 'before'} its time`);
    }
    return hold;
  }

  #once(id: string): void {
    const known = this.#ids.get(id);
    const isKnown = typeof known === 'object' || (known !== undefined && known > this.#at);
    if (isKnown) return this.#complain('id_once', `the id ${id} is used twice`);
    this.#ids.set(id, this.#at + memoryMs);
  }

  /** What made an id young enough to be done is what makes it safe to forget. */
  #inTime(id: CommandId): void {
    if (id >= this.#youngest && id < this.#tooYoung) return;
    this.#complain('id_once', `the id ${id} was made at another time than it was used`);
  }

  #tick(at: number): void {
    this.#at = at;
    this.#youngest = idPrefix(at - limits.idAgeMs + 1);
    this.#tooYoung = idPrefix(at + limits.idAheadMs);
    if (at < this.#forgottenAt + forgetEveryMs) return;
    this.#forgottenAt = at;
    for (const [id, known] of this.#ids) {
      const knownUntil = typeof known === 'object' ? known.knownUntil : known;
      if (knownUntil <= at) this.#ids.delete(id);
    }
    this.#orders.forget();
  }
}

/** How the UUIDv7 of that millisecond begins: as texts they are in the order of their times. */
function idPrefix(ms: number): string {
  const time = Math.max(0, ms).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}`;
}

function isCount(quantity: number): boolean {
  return Number.isSafeInteger(quantity) && quantity > 0;
}

/** Whether one of the first `count` items is of that lot. */
function isAmong(items: readonly Item[], lot: LotId, count: number): boolean {
  for (let index = 0; index < count; index += 1) if (items[index]?.lot === lot) return true;
  return false;
}

function isSame(some: readonly Item[], others: readonly Item[]): boolean {
  if (some.length !== others.length) return false;
  for (let index = 0; index < some.length; index += 1) {
    const one = some[index];
    const other = others[index];
    if (one?.lot !== other?.lot || one?.quantity !== other?.quantity) return false;
  }
  return true;
}
