import { type HoldStatus, limits, type Rejection, type SaleStatus } from '@ingressou/protocol';
import type { Command } from '../../src/domain/commands.ts';
import type { Fact, FactOf } from '../../src/domain/facts.ts';
import { causeOfCommand, causeOfFact, idOfFact, isDoneBy, isMain } from './causes.ts';
import { PaperHolders } from './paper-holders.ts';
import { type NotedOrder, PaperOrders } from './paper-orders.ts';

/** A hold as anybody would note it down. */
export interface NotedHold {
  readonly id: string;
  readonly subject: string;
  /** What is left of it. */
  items: readonly { readonly lot: string; readonly quantity: number }[];
  status: HoldStatus;
  /** When it ends; of one that is over, when it did. */
  expiresAt: number;
  isExtended: boolean;
}

/** What the time may have been when something was decided. */
export interface Times {
  readonly earliest: number;
  readonly latest: number;
}

const dayMs = 24 * 60 * 60 * 1000;
const aheadMs = 5 * 60 * 1000;

/**
 * A show counted on paper: written from what is promised to buyers and not from the domain's code,
 * slow and without running sums. It believes every fact and says which promise it breaks.
 */
export class Reference {
  rules: FactOf<'show_created'> | undefined;
  sale: { status: SaleStatus; opensAt?: number } = { status: 'closed' };
  readonly lots = new Map<string, FactOf<'lot_opened'>>();
  readonly holds = new Map<string, NotedHold>();
  readonly paperOrders = new PaperOrders(this);
  readonly paperHolders = new PaperHolders(this.paperOrders);
  /** Every id that was used. */
  readonly #ids = new Set<string>();
  /** By their causes, what was done for them. */
  readonly #done = new Map<string, Fact>();

  /** Notes a fact of a turn taken at `at` and says, in sentences, what is wrong with it. */
  note(fact: Fact, at: number): string[] {
    const follow = [...this.paperOrders.follow(fact)];
    const wrong = [...follow, ...this.#repeated(fact), ...this.#change(fact, at)];
    const cause = causeOfFact(fact);
    if (cause !== undefined && isMain(fact)) this.#done.set(cause, fact);
    return [...wrong, ...this.#oversold(), ...this.#overLimit()];
  }

  /** Whether this very command has been done. */
  hasDone(command: Command): boolean {
    const fact = this.#done.get(causeOfCommand(command) ?? '');
    return fact !== undefined && isDoneBy(fact, command);
  }

  /** Whether somebody who sees this state may say this no. */
  explains(command: Command, rejection: Rejection, times: Times): boolean {
    if (this.hasDone(command)) return false;
    const { reason } = rejection;
    switch (reason) {
      case 'id_reused':
        return this.#done.has(causeOfCommand(command) ?? '');
      case 'id_out_of_time':
        return 'id' in command && isOutOfTime(command.id, times);
      case 'show_not_found':
        return this.rules === undefined;
      case 'sale_not_open':
        return command.type === 'reserve' && this.sale.status !== 'open' && !this.isCancelled;
      case 'show_cancelled':
        return this.isCancelled && forLiveShows.has(command.type);
      case 'lot_not_found':
        return itemsOf(command).some(({ lot }) => !this.lots.has(lot));
      case 'sold_out':
        return (
          rejection.available === this.free(rejection.lot) &&
          itemsOf(command).some(
            ({ lot, quantity }) => lot === rejection.lot && quantity > rejection.available,
          )
        );
      case 'purchase_limit':
        return this.#isOverLimit(command, rejection.limit, rejection.taken);
      default:
        if (command.type === 'bind_ticket' || command.type === 'free_ticket') {
          const { startsAt = Number.POSITIVE_INFINITY } = this.rules ?? {};
          return this.paperHolders.explains(command, rejection, times, startsAt);
        }
        if ('order' in command) return this.paperOrders.explains(command, rejection, times);
        return this.#explainsHold(command, rejection);
    }
  }

  /** Whether a yes to this command leaves no trace. */
  leavesNothing(command: Command): boolean {
    return this.paperOrders.leavesNothing(command);
  }

  get isCancelled(): boolean {
    return this.sale.status === 'cancelled';
  }

  /** Pending and paid orders of one buyer. */
  ordersOf(subject: string): NotedOrder[] {
    return [...this.paperOrders.orders.values()].filter(({ status, hold }) => {
      return hold.subject === subject && (status === 'pending' || status === 'paid');
    });
  }

  /** Units of a lot that nobody holds or owns. */
  free(lot: string): number {
    let free = this.lots.get(lot)?.quantity ?? 0;
    for (const hold of this.holds.values()) if (isTaking(hold)) free -= unitsOf(hold, lot);
    return free;
  }

  /** The fee of one unit; half a cent is a whole one. */
  feeOf(lot: string): number {
    const share = (this.lots.get(lot)?.priceCents ?? 0) * (this.rules?.feeBasisPoints ?? 0);
    return Math.round(share / 10_000);
  }

  /** Live and paid holds of one buyer. */
  holdsOf(subject: string): NotedHold[] {
    return [...this.holds.values()].filter((hold) => isTaking(hold) && hold.subject === subject);
  }

  #repeated(fact: Fact): string[] {
    const id = idOfFact(fact);
    if (id === undefined) return [];
    const isUsed = this.#ids.has(id);
    this.#ids.add(id);
    return isUsed ? [`the id ${id} was used twice`] : [];
  }

  #change(fact: Fact, at: number): string[] {
    switch (fact.type) {
      case 'owned':
        return [];
      case 'show_created':
        this.rules = fact;
        return [];
      case 'lot_opened':
        this.lots.set(fact.id, fact);
        return [];
      case 'sale_scheduled':
        this.sale = { status: 'scheduled', opensAt: fact.opensAt };
        return [];
      case 'sale_opened':
        return this.#open(fact, at);
      case 'sale_paused':
        this.sale = { status: 'paused' };
        return [];
      case 'reserved':
        return this.#reserve(fact, at);
      case 'extended':
      case 'released':
        return this.#changeHold(fact, at);
      case 'expired': {
        const hold = this.holds.get(fact.hold);
        const ended = this.#changeHold(fact, at);
        return hold === undefined ? ended : [...ended, ...this.paperOrders.expire(fact, hold)];
      }
      case 'order_cancelled':
      case 'paid': {
        const wrong = [...this.paperOrders.note(fact, at)];
        const { isLate = false } = fact.type === 'paid' ? fact : {};
        return [...wrong, ...(isLate ? this.#revive(fact) : this.#changeHold(fact, at))];
      }
      case 'show_cancelled':
        this.sale = { status: 'cancelled' };
        return [];
      case 'checked_out':
      case 'payment_begun':
      case 'payment_refused':
      case 'tickets_issued':
      case 'tickets_signed':
      case 'refund_due':
      case 'refunded':
      case 'charged_back':
        return [...this.paperOrders.note(fact, at)];
      case 'ticket_bound':
      case 'ticket_freed':
        return [...this.paperHolders.note(fact)];
      // The gates are not played here yet.
      case 'checkpoints_set':
      case 'device_enrolled':
      case 'device_revoked':
      case 'device_reported':
      case 'scanned':
      case 'scans_merged':
      case 'scans_quarantined':
      case 'incidents_seen':
      case 'topped_up':
        return [];
    }
  }

  #open(fact: FactOf<'sale_opened'>, at: number): string[] {
    const { opensAt = 0 } = this.sale;
    const isTooEarly = fact.id === undefined && at < opensAt;
    this.sale = { status: 'open' };
    return isTooEarly ? ['a scheduled sale opened before its time'] : [];
  }

  #reserve(fact: FactOf<'reserved'>, at: number): string[] {
    const wrong: string[] = [];
    if (this.sale.status !== 'open')
      wrong.push(`hold ${fact.id} was made while nothing was on sale`);
    if (fact.expiresAt !== at + (this.rules?.holdMs ?? 0)) {
      wrong.push(`hold ${fact.id} got another time than the show's`);
    }
    const { id, subject, items, expiresAt } = fact;
    this.holds.set(id, { id, subject, items, status: 'held', expiresAt, isExtended: false });
    return wrong;
  }

  /** A hold that had expired was paid all the same. */
  #revive({ hold: id }: { readonly hold: string }): string[] {
    const hold = this.holds.get(id);
    if (hold === undefined) return [`hold ${id} was paid late and never made`];
    const wrong = hold.status === 'expired' ? [] : [`hold ${id} was ${hold.status} and paid late`];
    hold.status = 'paid';
    return wrong;
  }

  #changeHold(fact: HoldFact, at: number): string[] {
    const hold = this.holds.get(fact.hold);
    if (hold === undefined) return [`hold ${fact.hold} was ${fact.type} and never made`];
    const name = `hold ${fact.hold}`;
    const wrong: string[] = [];
    if (hold.status !== 'held') wrong.push(`${name} was ${hold.status} and then ${fact.type}`);
    if (fact.subject !== hold.subject) wrong.push(`${name} was ${fact.type} by somebody else`);
    const isPast = at >= hold.expiresAt;
    if (fact.type === 'expired' && !isPast) wrong.push(`${name} expired before its time`);
    if (fact.type !== 'expired' && isPast) wrong.push(`${name} was ${fact.type} past its time`);
    const isOpen = this.paperOrders.of(hold).some((order) => order.status === 'pending');
    const mayBeOpen = fact.type !== 'extended' && fact.type !== 'released';
    if (isOpen && !mayBeOpen) wrong.push(`${name} was ${fact.type} while its order was open`);
    if (fact.type !== 'extended') {
      hold.status = fact.type === 'order_cancelled' ? 'released' : fact.type;
      if (fact.type !== 'paid') hold.expiresAt = at;
      return wrong;
    }
    if (hold.isExtended) wrong.push(`${name} was extended twice`);
    if (fact.expiresAt !== hold.expiresAt + (this.rules?.extendMs ?? 0)) {
      wrong.push(`${name} was extended by another time than the show's`);
    }
    hold.isExtended = true;
    hold.expiresAt = fact.expiresAt;
    return wrong;
  }

  #oversold(): string[] {
    const lots = [...this.lots.keys()].filter((lot) => this.free(lot) < 0);
    return lots.map((lot) => `${lot} is oversold by ${-this.free(lot)}`);
  }

  #overLimit(): string[] {
    const limit = this.rules?.limit ?? 0;
    const subjects = new Set([...this.holds.values()].map(({ subject }) => subject));
    return [...subjects]
      .filter((subject) => this.#takenBy(subject) > limit)
      .map((subject) => `buyer ${subject} has ${this.#takenBy(subject)} of at most ${limit}`);
  }

  #takenBy(subject: string): number {
    return sum(this.holdsOf(subject).map((hold) => unitsOf(hold)));
  }

  #isOverLimit(command: Command, limit: number, taken: number): boolean {
    if (command.type !== 'reserve' || limit !== this.rules?.limit) return false;
    const wanted = sum(command.items.map(({ quantity }) => quantity));
    return taken === this.#takenBy(command.subject) && taken + wanted > limit;
  }

  #explainsHold(command: Command, rejection: Rejection): boolean {
    const { reason } = rejection;
    if (!('hold' in command)) return false;
    const hold = this.holds.get(command.hold);
    const isForeign = 'subject' in command && hold?.subject !== command.subject;
    if (hold === undefined || isForeign) return reason === 'hold_not_found';
    const orders = this.paperOrders.of(hold);
    if (hold.status === 'held') {
      const isOpen = orders.some(({ status }) => status === 'pending');
      if (isOpen) return reason === 'order_open';
      if (command.type !== 'checkout') return reason === 'already_extended' && hold.isExtended;
      const max = limits.checkoutsMax;
      return reason === 'too_many_checkouts' && rejection.max === max && orders.length >= max;
    }
    const ended = hold.status === 'refunded' ? 'paid' : hold.status;
    return reason === `hold_${ended}`;
  }
}

type HoldFact = FactOf<'extended' | 'released' | 'expired' | 'paid' | 'order_cancelled'>;

/** What nobody can wish of a show that is cancelled. */
const forLiveShows: ReadonlySet<Command['type']> = new Set([
  'open_lot',
  'open_sale',
  'pause_sale',
  'reserve',
  'checkout',
  'cancel_show',
]);

function isOutOfTime(id: string, { earliest, latest }: Times): boolean {
  const made = Number.parseInt(id.replace('-', '').slice(0, 12), 16);
  return made <= latest - dayMs || made >= earliest + aheadMs;
}

function itemsOf(command: Command) {
  return command.type === 'reserve' ? command.items : [];
}

function isTaking({ status }: NotedHold): boolean {
  return status === 'held' || status === 'paid';
}

function unitsOf({ items }: NotedHold, lot?: string): number {
  return sum(items.filter((item) => lot === undefined || item.lot === lot).map((i) => i.quantity));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
