import type { EventId, NodeId } from '@ingressou/protocol';
import type { Command } from '../../src/domain/commands.ts';
import type { Question } from '../../src/domain/questions.ts';
import type { Answer, Committed, Refused, Reply } from '../../src/ports/commands.ts';

/**
 * What anybody outside could see of a run, in one order: the auditor knows nothing else. `order`
 * numbers the moments; of two records the one with the smaller number came first.
 */
export class History {
  readonly deliveries: Delivery[] = [];
  readonly inquiries: Inquiry[] = [];
  readonly notices: Notice[] = [];
  readonly durables: Durable[] = [];
  /** What must never happen to any process. */
  readonly alarms: Violation[] = [];
  /** Callers that have not been answered yet. */
  readonly callers = new Set<string>();
  /** More than one process served at a time, so that one may have answered from the past. */
  isOverlapping = false;
  #order = 0;

  /** The next moment. */
  tick(): number {
    this.#order += 1;
    return this.#order;
  }
}

/** A promise that was broken, and the virtual time at which it could be seen. */
export interface Violation {
  readonly time: number;
  readonly sentence: string;
}

/** One copy of a command that reached a process. */
export interface Delivery {
  readonly caller: string;
  readonly process: string;
  readonly node: NodeId;
  readonly event: EventId;
  readonly command: Command;
  /** When its sender sent it: before it arrived, and for a retry after the first try. */
  readonly sentOrder: number;
  readonly enteredTime: number;
  /** Undefined when the process never answered. */
  answer: { readonly value: Answer; readonly order: number; readonly time: number } | undefined;
}

export interface Inquiry {
  readonly process: string;
  readonly event: EventId;
  readonly question: Question;
  readonly sentOrder: number;
  readonly sentTime: number;
  reply:
    | { readonly value: Reply<Question> | Refused; readonly order: number; readonly time: number }
    | undefined;
}

/** What a process told the world about a show. */
export interface Notice {
  readonly process: string;
  readonly committed: Committed;
  readonly order: number;
  readonly time: number;
}

/** A row of the journal, in the instant in which nothing could undo it any more. */
export interface Durable {
  readonly event: EventId;
  readonly position: number;
  readonly order: number;
  readonly time: number;
}
