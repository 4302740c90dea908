import {
  type Connection,
  ConnectionEndedError,
  connect,
  type EventHandle,
} from '@ingressou/client-sdk';
import { type CommandId, type HoldId, type SubjectId, uuid7 } from '@ingressou/protocol';
import type { Random } from '../simulation/random.ts';
import type { History, Outcome, Wish } from './history.ts';
import type { SaleShow } from './shows.ts';
import { Attempts, tapped } from './wire-tap.ts';

export interface BuyerOptions {
  readonly url: string;
  readonly token: string;
  readonly subject: SubjectId;
  readonly random: Random;
  readonly history: History;
  readonly onAnswer: (told: Answered) => void;
}

/** A wish and its final answer; times are monotonic. */
export interface Answered {
  readonly wish: Wish;
  readonly invokedAt: number;
  readonly at: number;
  readonly outcome: Outcome;
}

type Answer = Awaited<ReturnType<EventHandle['reserve' | 'extend' | 'release']>>;

/** One less than what the SDK takes, which would answer by itself. */
const inFlightMax = 15;
/** How many different units a buyer takes in one hold, of scarce and of plentiful lots. */
const scarceMax = 3;
const plentifulMax = 6;
const extendChance = 0.2;
const releaseChance = 0.35;

/** One person with one connection, who wishes what the dice say and notes what is told. */
export class Buyer {
  readonly #options: BuyerOptions;
  readonly #connection: Connection;
  readonly #attempts = new Attempts();
  /** Holds this buyer was told are theirs and has not touched since. */
  readonly #mine = new Map<SaleShow, HoldId[]>();
  inFlight = 0;
  /** From a lost connection to the next live one, in milliseconds. */
  readonly awayMs: number[] = [];
  #lostAt: number | undefined;

  constructor(options: BuyerOptions) {
    this.#options = options;
    const { url, token, random } = options;
    this.#connection = connect({
      url,
      token,
      webSocket: tapped(this.#attempts),
      random: (bytes) => random.bytes(bytes),
    });
    this.#connection.onState((now) => this.#onState(now === 'live'));
  }

  get subject(): SubjectId {
    return this.#options.subject;
  }

  get isLive(): boolean {
    return this.#connection.state === 'live';
  }

  /** Whether the server said not to come back. */
  get hasFailed(): boolean {
    return this.#connection.state === 'failed';
  }

  get isBusy(): boolean {
    return this.inFlight >= inFlightMax;
  }

  /** Wishes something of a show. Resolves when the answer is known for good. */
  async wish(show: SaleShow): Promise<void> {
    await this.#ask(show, this.#nextWish(show));
  }

  /** The same wish again, in the same name: the answer must be the same. */
  async repeat(show: SaleShow, wish: Wish): Promise<Outcome> {
    return this.#outcomeOf(wish.id, await this.#send(show, wish));
  }

  close(): void {
    this.#connection.close();
  }

  async #ask(show: SaleShow, wish: Wish): Promise<void> {
    const { history, onAnswer } = this.#options;
    const invokedAt = performance.now();
    void history.add({ kind: 'invoked', at: invokedAt, wish });
    this.inFlight += 1;
    try {
      const answer = await this.#send(show, wish);
      const at = performance.now();
      const outcome = this.#outcomeOf(wish.id, answer);
      const { id } = wish;
      const sent = this.#attempts.timesSent(id);
      const heard = this.#attempts.answersTo(id);
      await history.add({ kind: 'answered', at, id, outcome, sent, heard });
      if (answer.accepted && wish.type === 'reserve') this.#keep(show, wish.id);
      onAnswer({ wish, invokedAt, at, outcome });
    } catch (error) {
      // Sent away for good: the wish stays unanswered, and the checker says so.
      if (!(error instanceof ConnectionEndedError)) throw error;
    } finally {
      this.inFlight -= 1;
    }
  }

  #send(show: SaleShow, wish: Wish): Promise<Answer> {
    const event = this.#connection.event(show.event);
    const { id } = wish;
    switch (wish.type) {
      case 'reserve':
        return event.reserve(wish.items, { id });
      case 'extend':
        return event.extend(wish.hold, { id });
      case 'release':
        return event.release(wish.hold, { id });
    }
  }

  #outcomeOf(id: CommandId, answer: Answer): Outcome {
    if (!answer.accepted) {
      return { isAccepted: false, reason: answer.reason, isCertain: this.#attempts.isCertain(id) };
    }
    if ('hold' in answer) return { isAccepted: true, expiresAt: answer.hold.expiresAt };
    return 'expiresAt' in answer
      ? { isAccepted: true, expiresAt: answer.expiresAt }
      : { isAccepted: true };
  }

  #nextWish(show: SaleShow): Wish {
    const { random, subject } = this.#options;
    const id = uuid7<CommandId>(Date.now(), random.bytes(16));
    const about = { id, event: show.event, subject };
    const holds = this.#mine.get(show) ?? [];
    const dice = random.fraction();
    if (holds.length > 0 && dice < releaseChance) {
      const [hold] = holds.splice(random.between(0, holds.length - 1), 1);
      return { ...about, type: 'release', hold: hold! };
    }
    if (holds.length > 0 && dice < releaseChance + extendChance) {
      return { ...about, type: 'extend', hold: random.pick(holds) };
    }
    const [scarce, plentiful] = show.lots;
    const items = random.chance(0.5)
      ? [{ lot: scarce, quantity: random.between(1, scarceMax) }]
      : [{ lot: plentiful, quantity: random.between(1, plentifulMax) }];
    return { ...about, type: 'reserve', items };
  }

  #keep(show: SaleShow, hold: HoldId): void {
    const holds = this.#mine.get(show);
    if (holds === undefined) this.#mine.set(show, [hold]);
    else holds.push(hold);
  }

  #onState(isLive: boolean): void {
    if (!isLive) {
      this.#lostAt ??= performance.now();
      return;
    }
    if (this.#lostAt !== undefined) this.awayMs.push(performance.now() - this.#lostAt);
    this.#lostAt = undefined;
  }
}
