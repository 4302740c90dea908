import type { EventId, NodeId } from '@ingressou/protocol';
import type { Command } from '../../src/domain/commands.ts';
import type { Question } from '../../src/domain/questions.ts';
import type { Answer, Committed, Refused, Reply } from '../../src/ports/commands.ts';
import type { Screen } from './audience.ts';

/**
 * What could be seen of a run from outside its processes, and what their directories were asked
 * and said, in one order: the auditor knows nothing else. `order` numbers the moments; of two
 * records the one with the smaller number came first.
 */
export class History {
  readonly deliveries: Delivery[] = [];
  readonly arrivals: Arrival[] = [];
  readonly inquiries: Inquiry[] = [];
  readonly notices: Notice[] = [];
  readonly durables: Durable[] = [];
  readonly words: Word[] = [];
  readonly sights: Sight[] = [];
  readonly hearings: Hearing[] = [];
  /** What must never happen to any process. */
  readonly alarms: Violation[] = [];
  /** Money that was taken, somewhere else. */
  readonly charges: Charge[] = [];
  /** Callers that have not been answered yet, and since when they want to be. */
  readonly callers = new Map<string, number>();
  /** When the last of those who will call by themselves calls. */
  callsUntil = 0;
  /** Processes that live when all is over. */
  living: ReadonlySet<string> = new Set();
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

/** When something was said, and what. */
export interface Said<T> {
  readonly value: T;
  readonly order: number;
  readonly time: number;
}

/** What the provider took for orders of a show. */
export interface Charge {
  readonly event: EventId;
  readonly charge: string;
  readonly amountCents: number;
}

/** One copy of somebody's command that reached a process, whichever owns the show. */
export interface Delivery {
  readonly caller: string;
  readonly process: string;
  readonly event: EventId;
  readonly command: Command;
  /** When its sender sent it: before it arrived, and for a retry after the first try. */
  readonly sentOrder: number;
  readonly enteredOrder: number;
  readonly enteredTime: number;
  /** Undefined when the process never answered. */
  answer: Said<Answer> | undefined;
}

/** A command that reached the directory of one node, from its own people or from another node. */
export interface Arrival {
  readonly process: string;
  readonly node: NodeId;
  readonly event: EventId;
  readonly command: Command;
  readonly enteredOrder: number;
  readonly enteredTime: number;
  answer: Said<Answer> | undefined;
}

export interface Inquiry {
  readonly process: string;
  readonly event: EventId;
  readonly question: Question;
  readonly sentOrder: number;
  readonly sentTime: number;
  reply: Said<Reply<Question> | Refused> | undefined;
}

/** What the actor of a show told its process. */
export interface Notice {
  readonly process: string;
  readonly node: NodeId;
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

/** What somebody saw on a screen, from now on. */
export interface Sight {
  readonly process: string;
  readonly event: EventId;
  readonly generation: number;
  readonly screen: Screen;
  readonly order: number;
  readonly time: number;
}

/** What a process heard of a show that lives in another one. */
export interface Hearing {
  readonly process: string;
  readonly committed: Committed;
  readonly order: number;
  readonly time: number;
}

/** An actor answered a question about its show. */
export interface Word {
  readonly process: string;
  readonly node: NodeId;
  readonly event: EventId;
  readonly order: number;
  readonly time: number;
}
