import {
  type CommandId,
  type EventId,
  type HoldId,
  type LotId,
  type OrderId,
  type Rejection,
  type SubjectId,
  uuid7,
} from '@ingressou/protocol';
import type { Command } from '../../src/domain/commands.ts';
import { nextDeadline } from '../../src/domain/deadlines.ts';
import { decide } from '../../src/domain/decide.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { evolve } from '../../src/domain/evolve.ts';
import type { Fact } from '../../src/domain/facts.ts';
import { emptyShow, type ShowState } from '../../src/domain/state.ts';

/**
 * Runs stories a producer could read: one command and its answer per row, names for ids.
 *
 *     reserve h1 ana A 3 B 1  -> reserved      hold h1 by ana, 3 of lot A and 1 of lot B
 *     extend x1 ana h1        -> extended      the command's own id, the subject, the hold
 *     checkout o1 ana h1 -> checked_out        an order of the hold, by PIX unless `card` is added
 *     pay k1 o1 -> paid+tickets_issued         the charge, the order, and cents if not its total
 *     refund r1 ana o1 2 -> refund_due         the command's id, the subject or `-`, some serials
 *     wait 10m                                 time passes, and what is due happens
 *
 * An answer is the types of its facts joined by `+`, `again` for a yes without facts, or the
 * reason of the no.
 */
export class Story {
  readonly state: ShowState = emptyShow(uuid7<EventId>(0, bytesOf('show')));
  readonly facts: { readonly fact: Fact; readonly at: number }[] = [];
  readonly #ids = new Map<string, CommandId>();
  now = Date.UTC(2026, 10, 23, 20);

  /** Runs one row and returns what was answered, or undefined for a row without an answer. */
  tell(row: string): string | undefined {
    const [verb = '', ...words] = row.split('->')[0]!.trim().split(/\s+/);
    if (verb === 'wait') return this.#wait(words[0] ?? '');
    return this.answerTo(this.decide(this.command(verb, words)));
  }

  decide(command: Command): Decision {
    return decide(this.state, command, this.now);
  }

  /** The rejection that a row is answered with. */
  refusal(row: string): Rejection | undefined {
    const [verb = '', ...words] = row.split(/\s+/);
    const decision = this.decide(this.command(verb, words));
    return decision.accepted ? undefined : decision.rejection;
  }

  answerTo(decision: Decision): string {
    if (!decision.accepted) return decision.rejection.reason;
    this.#apply(decision.facts);
    return decision.facts.map(({ type }) => type).join('+') || 'again';
  }

  command(verb: string, words: readonly string[]): Command {
    const [first = '', second = '', third = '', ...rest] = words;
    const id = this.id<CommandId>(first);
    switch (verb) {
      case 'create': {
        const limit = Number(second);
        const feeBasisPoints = Number(third || 0);
        const [doors, codes] = rest;
        const startsAt = doors === undefined ? {} : { startsAt: this.now + spanOf(doors) };
        const times = { holdMs: holdMinutes * minute, extendMs: 5 * minute };
        const isRotating = codes === 'rotating';
        const about = { limit, feeBasisPoints, ...startsAt, isRotating };
        return { type: 'create_show', id, ...times, ...about };
      }
      case 'lot': {
        const priceCents = Number(third || 10_000);
        const lot = { sector: 'Pista', name: first, priceCents, quantity: Number(second) };
        return { type: 'open_lot', id: this.id<LotId>(first), ...lot };
      }
      case 'open':
        return { type: 'open_sale', id, ...(second && { opensAt: this.now + spanOf(second) }) };
      case 'pause':
        return { type: 'pause_sale', id };
      case 'reserve':
        return {
          type: 'reserve',
          id,
          subject: this.id<SubjectId>(second),
          items: this.#items([third, ...rest]),
        };
      case 'extend':
      case 'release': {
        const subject = this.id<SubjectId>(second);
        return { type: verb, id, subject, hold: this.id<HoldId>(third) };
      }
      case 'checkout': {
        const method = rest[0] === 'card' ? 'card' : 'pix';
        const subject = this.id<SubjectId>(second);
        return { type: 'checkout', id, subject, hold: this.id<HoldId>(third), method };
      }
      case 'cancel':
        return {
          type: 'cancel',
          id,
          subject: this.id<SubjectId>(second),
          order: this.id<OrderId>(third),
        };
      case 'refund': {
        const who = second === '-' ? {} : { subject: this.id<SubjectId>(second) };
        const some = rest.length === 0 ? {} : { serials: rest.map(Number) };
        return { type: 'refund', id, ...who, order: this.id<OrderId>(third), ...some };
      }
      case 'bind': {
        const [serial = '', phone = '', move] = rest;
        const subject = this.id<SubjectId>(second);
        const holderKey = phone === 'nobody' ? new Uint8Array(32) : phoneKey(phone);
        const about = { subject, order: this.id<OrderId>(third), serial: Number(serial) };
        return { type: 'bind_ticket', id, ...about, holderKey, mayMove: move === 'move' };
      }
      case 'free':
        return { type: 'free_ticket', id, serial: Number(second) };
      case 'undo':
        return { type: 'cancel_show', id };
      case 'begin':
        return { type: 'begin_payment', charge: first, order: this.id<OrderId>(second) };
      case 'fail': {
        const refusal = 'card_refused';
        return { type: 'fail_payment', attempt: first, order: this.id<OrderId>(second), refusal };
      }
      case 'pay': {
        const order = this.id<OrderId>(second);
        const amountCents = Number(third || this.#totalOf(order));
        return { type: 'confirm_payment', charge: first, order, amountCents };
      }
      case 'sign':
        return { type: 'note_signed', order: id };
      case 'back':
        return { type: 'note_refunded', refund: this.#refundNamed(first), order: this.id(second) };
      case 'chargeback':
        return { type: 'charge_back', charge: first, order: this.id<OrderId>(second) };
      default:
        throw new Error(`A story knows no "${verb}".`);
    }
  }

  /**
   * The id behind a name, made when the story first says it. `h1@-25h` is one whose time lies 25
   * hours back.
   */
  id<T extends CommandId | LotId | SubjectId>(name: string): T {
    const [word = '', shift = ''] = name.split('@');
    const made = this.now + (shift === '' ? 0 : spanOf(shift));
    const id = this.#ids.get(word) ?? uuid7<CommandId>(made, bytesOf(word));
    this.#ids.set(word, id);
    return id as string as T;
  }

  /** What an order costs; a cent for one that is not there. */
  #totalOf(id: OrderId): number {
    const order = this.state.orders.get(id);
    return order === undefined ? 1 : order.ticketsCents + order.feeCents;
  }

  /** A refund by the name of the command that asked for it, or by its own id. */
  #refundNamed(name: string): string {
    return name.includes(':') ? name : this.id(name);
  }

  #items(words: readonly string[]) {
    const items = [];
    for (let index = 0; index + 1 < words.length; index += 2) {
      items.push({ lot: this.id<LotId>(words[index]!), quantity: Number(words[index + 1]) });
    }
    return items;
  }

  #wait(span: string): undefined {
    this.now += spanOf(span);
    for (;;) {
      const deadline = nextDeadline(this.state);
      if (deadline === undefined || deadline.at > this.now) return;
      this.answerTo(this.decide(deadline.command));
    }
  }

  #apply(facts: readonly Fact[]): void {
    for (const fact of facts) {
      evolve(this.state, fact, this.now);
      this.facts.push({ fact, at: this.now });
    }
  }
}

export const minute = 60_000;
export const holdMinutes = 10;

/** Of 32 bytes, as the keys of phones are. */
export function phoneKey(name: string): Uint8Array {
  return new TextEncoder().encode(name.padEnd(32, '.'));
}

function bytesOf(name: string): Uint8Array {
  return new TextEncoder().encode(name.padStart(10, '.'));
}

function spanOf(text: string): number {
  const [, sign = '', count = '', unit = ''] = /^(-?)(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  const units: Readonly<Record<string, number>> = {
    ms: 1,
    s: 1000,
    m: minute,
    h: 60 * minute,
    d: 24 * 60 * minute,
  };
  const span = Number(count) * (units[unit] ?? Number.NaN);
  if (Number.isNaN(span)) throw new Error(`"${text}" is no span of time.`);
  return sign === '-' ? -span : span;
}
