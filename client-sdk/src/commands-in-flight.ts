import {
  type ClientCommand,
  type CommandId,
  type Rejection,
  rejections,
  type ServerMessage,
} from '@ingressou/protocol';
import type { Refusal } from './answers.ts';
import { backoffMs, type Random } from './backoff.ts';
import type { Clock, Timer } from './clock.ts';
import { MisuseError } from './errors.ts';

/**
 * Commands that wait for their answer. Each has one id for all its attempts, so that however often
 * it is sent it happens once. It is sent when the connection is live, again after every reconnect,
 * and again when the server says `busy`, `too_fast` or `outcome_unknown`, until it is answered or
 * its deadline passes.
 *
 * What a deadline says must be true: a command of which any attempt may have arrived ends in
 * `outcome_unknown`, even if a later attempt was turned away with nothing done.
 */
export const commandsInFlightMax = 16;
/** What is told to a caller whom no server told when to come back. */
const retryAfterMs = 1_000;

type WithoutId<C> = C extends ClientCommand ? Omit<C, 'id'> : never;
export type Wish = WithoutId<ClientCommand>;

export interface Accepted {
  readonly accepted: true;
  readonly id: CommandId;
  readonly expiresAt?: number;
}

export interface CommandsOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How long a command is tried, in milliseconds. */
  readonly deadlineMs: number;
  readonly newId: () => CommandId;
  readonly isLive: () => boolean;
  readonly send: (command: ClientCommand) => void;
}

type Answer = Extract<ServerMessage, { readonly type: 'accepted' | 'rejected' }>;

interface Pending {
  readonly wish: Wish;
  readonly settle: (answer: Accepted | Refusal) => void;
  readonly fail: (error: Error) => void;
  readonly endsAt: number;
  /** Made with the first attempt, when the server's time is known. */
  id?: CommandId;
  /** `unsent` leaves with the next live connection, `sent` waits for an answer, `later` for time. */
  phase: 'unsent' | 'sent' | 'later';
  /** An earlier attempt may have arrived. */
  isUncertain: boolean;
  attempts: number;
  refusal?: Refusal;
  deadline?: Timer;
  retry?: Timer;
}

export class CommandsInFlight {
  readonly #options: CommandsOptions;
  readonly #pending = new Set<Pending>();

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  /**
   * Resolves with the answer, or with why there is none by the deadline. An `id` repeats the wish
   * that had it. Rejects when the connection ends first.
   *
   * @throws {MisuseError} `id_in_flight`
   */
  submit(wish: Wish, id?: CommandId): Promise<Accepted | Refusal> {
    if (id !== undefined && this.#find(id) !== undefined) {
      throw new MisuseError('id_in_flight', `The command ${id} still waits for its answer.`);
    }
    return new Promise((settle, fail) => this.#add({ wish, settle, fail, ...(id && { id }) }));
  }

  /** False when nothing waits for this answer: it came after the deadline. */
  answer(answer: Answer): boolean {
    const pending = this.#find(answer.re);
    if (pending === undefined) return false;
    if (answer.type === 'rejected') {
      this.#refused(pending, refusalOf(answer));
    } else {
      const { expiresAt } = answer;
      const id = this.#idOf(pending);
      this.#settle(pending, { accepted: true, id, ...(expiresAt !== undefined && { expiresAt }) });
    }
    return true;
  }

  /** The wish that waits under this id. */
  wishOf(id: CommandId): Wish | undefined {
    return this.#find(id)?.wish;
  }

  /** The connection is live: everything unanswered leaves, again if need be. */
  live(): void {
    for (const pending of this.#pending) if (pending.phase !== 'later') this.#send(pending);
  }

  /** The connection is lost: what was sent may have arrived. */
  lost(): void {
    for (const pending of this.#pending) {
      if (pending.phase !== 'sent') continue;
      pending.isUncertain = true;
      pending.phase = 'unsent';
    }
  }

  /** Nothing may be sent any more in this name: each command is told what is known of it. */
  abandon(): void {
    for (const pending of this.#pending) this.#giveUp(pending);
  }

  /** Rejects everything that waits. */
  end(error: Error): void {
    for (const pending of [...this.#pending]) {
      this.#remove(pending);
      pending.fail(error);
    }
  }

  #find(id: string): Pending | undefined {
    for (const pending of this.#pending) if (pending.id === id) return pending;
    return undefined;
  }

  #add(wanted: Pick<Pending, 'wish' | 'settle' | 'fail' | 'id'>): void {
    const { clock, deadlineMs } = this.#options;
    const endsAt = clock.monotonic() + deadlineMs;
    const pending: Pending = {
      ...wanted,
      endsAt,
      phase: 'unsent',
      isUncertain: false,
      attempts: 0,
    };
    if (this.#pending.size >= commandsInFlightMax) {
      return wanted.settle(this.#refusal(pending, { reason: 'busy', retryAfterMs }));
    }
    this.#pending.add(pending);
    pending.deadline = clock.after(deadlineMs, () => this.#giveUp(pending));
    this.#send(pending);
  }

  #send(pending: Pending): void {
    const { isLive, send } = this.#options;
    pending.phase = isLive() ? 'sent' : 'unsent';
    if (isLive()) send({ ...pending.wish, id: this.#idOf(pending) } as ClientCommand);
  }

  #refused(pending: Pending, refusal: Refusal): void {
    if (refusal.reason === 'outcome_unknown') pending.isUncertain = true;
    pending.refusal = refusal;
    const delayMs = this.#retryDelayMs(pending, refusal);
    if (delayMs === undefined) return this.#settle(pending, refusal);
    pending.attempts += 1;
    pending.phase = 'later';
    if (this.#options.clock.monotonic() + delayMs > pending.endsAt) return this.#giveUp(pending);
    pending.retry = this.#options.clock.after(delayMs, () => this.#send(pending));
  }

  /** Undefined for a final no. A sale that is not open is final: waiting is the buyer's choice. */
  #retryDelayMs({ attempts }: Pending, refusal: Refusal): number | undefined {
    if (!refusal.retryable || !('retryAfterMs' in refusal)) return undefined;
    return backoffMs(attempts, this.#options.random, refusal.retryAfterMs);
  }

  #giveUp(pending: Pending): void {
    const mayHaveHappened = pending.phase === 'sent' || pending.isUncertain;
    const unknown: Rejection = { reason: 'outcome_unknown', retryAfterMs };
    const nothingDone: Rejection = { reason: 'busy', retryAfterMs };
    if (mayHaveHappened) return this.#settle(pending, this.#refusal(pending, unknown));
    this.#settle(pending, pending.refusal ?? this.#refusal(pending, nothingDone));
  }

  #settle(pending: Pending, answer: Accepted | Refusal): void {
    this.#remove(pending);
    pending.settle(answer);
  }

  #remove(pending: Pending): void {
    this.#pending.delete(pending);
    pending.deadline?.cancel();
    pending.retry?.cancel();
  }

  #refusal(pending: Pending, rejection: Rejection): Refusal {
    const { retryable } = rejections[rejection.reason];
    return { accepted: false, id: this.#idOf(pending), retryable, ...rejection };
  }

  #idOf(pending: Pending): CommandId {
    pending.id ??= this.#options.newId();
    return pending.id;
  }
}

function refusalOf(answer: Extract<Answer, { readonly type: 'rejected' }>): Refusal {
  const { type, re, ...rejection } = answer;
  return { accepted: false, id: re as CommandId, ...rejection };
}
