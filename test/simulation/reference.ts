import type { Rejection, SaleStatus } from '@ingressou/protocol';
import type { Command } from '../../src/domain/commands.ts';
import type { Fact, FactOf } from '../../src/domain/facts.ts';

/** A hold as anybody would note it down. */
export interface NotedHold {
  readonly id: string;
  readonly subject: string;
  readonly items: readonly { readonly lot: string; readonly quantity: number }[];
  status: 'held' | 'released' | 'expired' | 'paid';
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
  readonly #done = new Map<string, Fact>();

  /** Notes a fact of a turn taken at `at` and says, in sentences, what is wrong with it. */
  note(fact: Fact, at: number): string[] {
    const wrong = [...this.#repeated(fact), ...this.#change(fact, at)];
    const id = idOfFact(fact);
    if (id !== undefined) this.#done.set(id, fact);
    return [...wrong, ...this.#oversold(), ...this.#overLimit()];
  }

  /** Whether this very command has been done. */
  hasDone(command: Command): boolean {
    const fact = this.#done.get(idOfCommand(command) ?? '');
    return fact !== undefined && isDoneBy(fact, command);
  }

  /** Whether somebody who sees this state may say this no. */
  explains(command: Command, rejection: Rejection, times: Times): boolean {
    if (this.hasDone(command)) return false;
    const { reason } = rejection;
    switch (reason) {
      case 'id_reused':
        return this.#done.has(idOfCommand(command) ?? '');
      case 'id_out_of_time':
        return 'id' in command && isOutOfTime(command.id, times);
      case 'show_not_found':
        return this.rules === undefined;
      case 'sale_not_open':
        return this.sale.status !== 'open';
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
        return this.#explainsHold(command, reason);
    }
  }

  /** Units of a lot that nobody holds or owns. */
  free(lot: string): number {
    let free = this.lots.get(lot)?.quantity ?? 0;
    for (const hold of this.holds.values()) if (isTaking(hold)) free -= unitsOf(hold, lot);
    return free;
  }

  /** Live and paid holds of one buyer. */
  holdsOf(subject: string): NotedHold[] {
    return [...this.holds.values()].filter((hold) => isTaking(hold) && hold.subject === subject);
  }

  #repeated(fact: Fact): string[] {
    const id = idOfFact(fact);
    return id !== undefined && this.#done.has(id) ? [`the id ${id} was used twice`] : [];
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
      case 'expired':
      case 'paid':
        return this.#changeHold(fact, at);
      case 'show_cancelled':
        this.sale = { status: 'cancelled' };
        return [];
      case 'checked_out':
      case 'payment_begun':
      case 'payment_refused':
      case 'order_cancelled':
      case 'tickets_issued':
      case 'tickets_signed':
      case 'refund_due':
      case 'refunded':
      case 'charged_back':
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

  #changeHold(fact: FactOf<'extended' | 'released' | 'expired' | 'paid'>, at: number): string[] {
    const hold = this.holds.get(fact.hold);
    if (hold === undefined) return [`hold ${fact.hold} was ${fact.type} and never made`];
    const name = `hold ${fact.hold}`;
    const wrong: string[] = [];
    if (hold.status !== 'held') wrong.push(`${name} was ${hold.status} and then ${fact.type}`);
    if (fact.subject !== hold.subject) wrong.push(`${name} was ${fact.type} by somebody else`);
    const isPast = at >= hold.expiresAt;
    if (fact.type === 'expired' && !isPast) wrong.push(`${name} expired before its time`);
    if (fact.type !== 'expired' && isPast) wrong.push(`${name} was ${fact.type} past its time`);
    if (fact.type !== 'extended') {
      hold.status = fact.type;
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

  #explainsHold(command: Command, reason: Rejection['reason']): boolean {
    if (!('hold' in command)) return false;
    const hold = this.holds.get(command.hold);
    const isForeign = 'subject' in command && hold?.subject !== command.subject;
    if (hold === undefined || isForeign) return reason === 'hold_not_found';
    if (reason === 'already_extended') return hold.status === 'held' && hold.isExtended;
    return hold.status !== 'held' && reason === `hold_${hold.status}`;
  }
}

/** What names a command for ever; a charge names its payment. */
export function idOfCommand(command: Command): string | undefined {
  if (command.type === 'confirm_payment') return `paid:${command.charge}`;
  return 'id' in command ? command.id : undefined;
}

/** The id of the command that caused a fact; time and takeovers have none. */
export function idOfFact(fact: Fact): string | undefined {
  return 'id' in fact ? fact.id : undefined;
}

/** Whether a fact is what this command wished. */
export function isDoneBy(fact: Fact, command: Command): boolean {
  if (idOfFact(fact) !== idOfCommand(command)) return false;
  switch (command.type) {
    case 'create_show':
      return fact.type === 'show_created' && isSame(fact, command, ['holdMs', 'extendMs', 'limit']);
    case 'open_lot':
      return (
        fact.type === 'lot_opened' &&
        isSame(fact, command, ['sector', 'name', 'priceCents', 'quantity'])
      );
    case 'open_sale':
      return (
        fact.type === 'sale_opened' ||
        (fact.type === 'sale_scheduled' && fact.opensAt === command.opensAt)
      );
    case 'pause_sale':
      return fact.type === 'sale_paused';
    case 'reserve':
      return (
        fact.type === 'reserved' &&
        fact.subject === command.subject &&
        JSON.stringify(fact.items) === JSON.stringify(command.items)
      );
    case 'extend':
      return fact.type === 'extended' && isSame(fact, command, ['subject', 'hold']);
    case 'release':
      return fact.type === 'released' && isSame(fact, command, ['subject', 'hold']);
    case 'checkout':
      return fact.type === 'checked_out' && isSame(fact, command, ['subject', 'hold', 'method']);
    case 'cancel':
      return fact.type === 'order_cancelled' && isSame(fact, command, ['subject', 'order']);
    case 'refund':
      return fact.type === 'refund_due' && fact.order === command.order;
    case 'cancel_show':
      return fact.type === 'show_cancelled';
    case 'begin_payment':
      return fact.type === 'payment_begun' && isSame(fact, command, ['charge', 'order']);
    case 'confirm_payment':
      return fact.type === 'paid' && isSame(fact, command, ['charge', 'order', 'amountCents']);
    case 'fail_payment':
      return fact.type === 'payment_refused' && isSame(fact, command, ['order', 'refusal']);
    case 'note_signed':
      return fact.type === 'tickets_signed';
    case 'note_refunded':
      return fact.type === 'refunded' && isSame(fact, command, ['refund', 'order']);
    case 'charge_back':
      return fact.type === 'charged_back' && isSame(fact, command, ['charge', 'order']);
    case 'expire':
    case 'open_scheduled_sale':
    case 'undo_next_order':
      return false;
  }
}

function isSame<K extends string>(
  fact: { readonly [key in K]: unknown },
  command: { readonly [key in K]: unknown },
  keys: readonly K[],
): boolean {
  return keys.every((key) => fact[key] === command[key]);
}

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
