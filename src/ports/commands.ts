import type { EventId, NodeId, Rejection } from '@ingressou/protocol';
import type { Command } from '../domain/commands.ts';
import type { Told } from '../domain/decision.ts';
import type { Fact } from '../domain/facts.ts';
import type { Question, ReplyTo } from '../domain/questions.ts';

/** What became of a command. A yes is durable. */
export type Answer = Accepted | Refused;

export interface Accepted {
  readonly accepted: true;
  readonly expiresAt?: number;
  /** What a gate is told, and the position of the show at which it is true. */
  readonly told?: Told;
  readonly position?: number;
}

/** A reply with the position it is true at; that position is durable. */
export interface Reply<Q extends Question> {
  readonly accepted: true;
  readonly generation: number;
  readonly position: number;
  readonly at: number;
  readonly value: ReplyTo<Q>;
}

/** Nothing was done, and this is why. */
export interface Refused {
  readonly accepted: false;
  readonly rejection: Rejection;
  /** The show is not where it was asked for. Between nodes only: whoever can asks again there. */
  readonly elsewhere?: Elsewhere;
}

export interface Elsewhere {
  /** Undefined when nobody knows. */
  readonly node: NodeId | undefined;
}

/** Facts `from`+1 … `to` of one show, durable, as they left its actor. */
export interface Committed {
  readonly event: EventId;
  readonly generation: number;
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly facts: readonly Fact[];
  /** The same facts as the journal holds them. */
  readonly packed: Uint8Array;
}

/** How everybody reaches the actor of a show, wherever it lives. Neither method rejects. */
export interface Commands {
  /** Resolves when the answer may be told to anyone: everything it rests on is durable. */
  submit(event: EventId, command: Command): Promise<Answer>;

  /**
   * Asks without changing anything. A show that sleeps is read, not woken. Refused with
   * `show_not_found`, `sealed`, or `busy` when it cannot be read now.
   */
  ask<Q extends Question>(event: EventId, question: Q): Promise<Reply<Q> | Refused>;
}
