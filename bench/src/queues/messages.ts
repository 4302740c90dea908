import { UsageError } from '../../../scripts/command.ts';
import type { JobKind } from '../../../src/ports/jobs.ts';
import type { Summary } from '../samples.ts';

/** Where jobs wait, in words. */
export const queuePlaces = {
  rabbitmq: 'RabbitMQ',
  database: 'the database',
} as const;

export type QueuePlace = keyof typeof queuePlaces;

/** A place as the command line names it. @throws {UsageError} there is none of that name */
export function queuePlaceOf(text: string | boolean | undefined): QueuePlace | undefined {
  if (text === undefined || text === 'rabbitmq' || text === 'database') return text;
  throw new UsageError(`--queues ${text}: rabbitmq or database.`);
}

/** What the process with the workers can be asked. */
export type ToWorkers =
  /** First. The queues hold as much as in production unless `waitingMax` is given. */
  | { readonly type: 'open'; readonly place: QueuePlace; readonly waitingMax?: number }
  /** Has so many tasks wait, of all kinds alike. */
  | { readonly type: 'fill'; readonly tasks: number }
  /** Fills these queues until they take nothing more. */
  | { readonly type: 'fill_up'; readonly kinds: readonly JobKind[] }
  /** Relay, projector and a consumer of every kind begin; jobs of the slow kinds take `slowMs`. */
  | { readonly type: 'work'; readonly slow: readonly JobKind[]; readonly slowMs: number }
  /** Asks for so many payments to be looked at, in an even rhythm. */
  | { readonly type: 'ask_payments'; readonly jobs: number; readonly perSecond: number }
  | { readonly type: 'tell' }
  | { readonly type: 'read_cpu' };

export type FromWorkers =
  | { readonly type: 'open' }
  | { readonly type: 'filled'; readonly waiting: number }
  /** Everything that had happened before is followed. */
  | { readonly type: 'working' }
  | { readonly type: 'asked' }
  | { readonly type: 'told'; readonly told: Told }
  | { readonly type: 'cpu'; readonly ms: number };

/** What the workers did since they began. */
export interface Told {
  /** Jobs that were handed out, by kind. */
  readonly taken: Readonly<Record<string, number>>;
  /** Jobs that wait now, of all kinds. */
  readonly waiting: number;
  /** From the question about a payment to a worker's hands, in milliseconds. */
  readonly payments: Summary;
  /** How often each follower could not go on because a queue was full. */
  readonly refused: Readonly<Record<string, number>>;
  /** From a fact to the end of its page in the read models, in milliseconds. */
  readonly projector: Summary;
}
