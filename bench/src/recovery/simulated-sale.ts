import { randomBytes } from 'node:crypto';
import {
  type CommandId,
  type EventId,
  type Item,
  type LotId,
  type OrderId,
  type SubjectId,
  uuid7,
} from '@ingressou/protocol';
import { takeTurn } from '../../../src/actors/turn.ts';
import type { Command } from '../../../src/domain/commands.ts';
import type { Fact } from '../../../src/domain/facts.ts';
import { emptyShow, type ShowState } from '../../../src/domain/state.ts';
import { newSubject } from '../../../src/transport/access-tokens.ts';

/** What became of a hundred holds; some of them were extended before. */
const fates = { paid: 60, released: 15, expired: 25 } as const;
const extendedPercent = 8;
const returningPercent = 30;
const secondLotPercent = 20;
const lots = 12;
const quantityMax = 4;
const priceCents = 10_000;
/** Reservations of one turn: with what becomes of them it has some 170 facts. */
const turnReservations = 52;
/**
 * Facts that one hold makes, on average: two when it ends; when it is paid, also its checkout and
 * its tickets.
 */
const factsPerHold = 2 + extendedPercent / 100 + (2 * fates.paid) / 100;

const minute = 60_000;
const holdMs = 10 * minute;
const extendMs = 5 * minute;

/** From a checkout until it is paid. */
const payingMs = minute;

/** The sale in words, for the settings of a report. */
export const saleInWords =
  `${fates.paid} % checked out and paid, ${fates.released} % released, ${fates.expired} % expired, ` +
  `${extendedPercent} % extended; ${secondLotPercent} % of two lots; ` +
  `${returningPercent} % by somebody who has bought before`;

/** A turn as the actor would have taken it. */
export interface SaleTurn {
  readonly at: number;
  readonly facts: readonly Fact[];
}

/**
 * A sale of some days, decided and applied by the production rules at simulated times. The same
 * choices every time; only ids are new.
 */
export class SimulatedSale {
  readonly state: ShowState;
  readonly #lots: readonly LotId[];
  readonly #subjects: SubjectId[] = [];
  /** What buyers will do, by the number of the turn. */
  readonly #plans = new Map<number, ((id: CommandId) => Command)[]>();
  readonly #choices = new Choices();
  readonly #stepMs: number;
  #at: number;
  #turn = 0;

  /** Begins so that it ends now. */
  constructor(event: EventId, { facts, days }: { readonly facts: number; readonly days: number }) {
    this.state = emptyShow(event);
    const turns = facts / (turnReservations * factsPerHold);
    this.#stepMs = Math.max(1, Math.floor((days * 24 * 60 * minute) / turns));
    this.#at = Date.now() - Math.ceil(turns) * this.#stepMs;
    this.#lots = Array.from({ length: lots }, () => this.#id<LotId>());
  }

  /** The first turn: a show on sale. */
  open(): SaleTurn {
    const rules = { holdMs, extendMs, limit: 1_000 };
    return this.#take([
      { type: 'create_show', id: this.#id(), ...rules },
      ...this.#lots.map((id, index): Command => {
        const lot = { sector: 'Pista', name: `Lote ${index + 1}` };
        return { type: 'open_lot', id, ...lot, priceCents, quantity: 1_000_000 };
      }),
      { type: 'open_sale', id: this.#id() },
    ]);
  }

  /** The next turn. */
  sell(): SaleTurn {
    this.#at += this.#stepMs;
    this.#turn += 1;
    const commands = (this.#plans.get(this.#turn) ?? []).map((plan) => plan(this.#id()));
    this.#plans.delete(this.#turn);
    for (let count = 0; count < turnReservations; count += 1) commands.push(this.#reserve());
    return this.#take(commands);
  }

  #take(commands: readonly Command[]): SaleTurn {
    const letters = commands.map((command) => ({ command, answer() {} }));
    const { facts } = takeTurn(this.state, letters, this.#at, []);
    return { at: this.#at, facts };
  }

  #reserve(): Command {
    const hold = this.#id<CommandId>();
    const subject = this.#subject();
    const first = this.#choices.below(lots);
    const items = [this.#item(first)];
    if (this.#choices.percent(secondLotPercent)) items.push(this.#item((first + 1) % lots));
    this.#decideFate(hold, subject, items);
    return { type: 'reserve', id: hold, subject, items };
  }

  #decideFate(hold: CommandId, subject: SubjectId, items: readonly Item[]): void {
    const isExtended = this.#choices.percent(extendedPercent);
    if (isExtended) this.#plan(8 * minute, (id) => ({ type: 'extend', id, subject, hold }));
    const [from, to] = isExtended ? [9, 14] : [1, 8];
    const afterMs = minute * (from + this.#choices.fraction() * (to - from));
    const fate = this.#choices.below(100);
    if (fate < fates.paid) {
      const order = this.#id<OrderId>();
      const amountCents = items.reduce((sum, { quantity }) => sum + quantity * priceCents, 0);
      const method = 'pix';
      this.#plan(afterMs, () => ({ type: 'checkout', id: order, subject, hold, method }));
      this.#plan(afterMs + payingMs, (id) => {
        return { type: 'confirm_payment', charge: `ch_${id}`, order, amountCents };
      });
    } else if (fate < fates.paid + fates.released) {
      this.#plan(afterMs, (id) => ({ type: 'release', id, subject, hold }));
    }
  }

  /** In the last turn before the time is over. */
  #plan(afterMs: number, plan: (id: CommandId) => Command): void {
    const turn = this.#turn + Math.max(1, Math.floor(afterMs / this.#stepMs));
    const plans = this.#plans.get(turn);
    if (plans === undefined) this.#plans.set(turn, [plan]);
    else plans.push(plan);
  }

  #subject(): SubjectId {
    const { length } = this.#subjects;
    const known = this.#choices.percent(returningPercent) ? this.#choices.below(length) : length;
    const subject = this.#subjects[known] ?? newSubject();
    if (known === length) this.#subjects.push(subject);
    return subject;
  }

  #item(lot: number) {
    const quantity = 1 + this.#choices.below(quantityMax);
    return { lot: this.#lots[lot] ?? this.#id<LotId>(), quantity };
  }

  #id<T extends CommandId | LotId>(): T {
    return uuid7<T>(this.#at, randomBytes(16));
  }
}

/** Choices that are the same in every run: a linear congruential generator. */
class Choices {
  #state = 20_261_123;

  fraction(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }

  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }

  percent(percent: number): boolean {
    return this.fraction() * 100 < percent;
  }
}
