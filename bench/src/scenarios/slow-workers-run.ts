import type { OpenResult } from '../load/plan.ts';
import type { QueuePlace, Told } from '../queues/messages.ts';
import type { Recount } from '../recount.ts';
import type { Usage } from '../usage.ts';

export interface SlowWorkersSettings {
  readonly pairs: number;
  readonly sessions: number;
  readonly perSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly tasks: number;
  readonly slowMs: number;
  /** Undefined: RabbitMQ when it answers. */
  readonly place: QueuePlace | undefined;
}

/** A run without the workers, or beside them. */
export interface SlowRun {
  readonly side: 'alone' | 'slow';
  readonly pair: number;
  readonly result: OpenResult;
  readonly usage: Usage;
  readonly history: Recount;
  /** How many tasks waited when the load began, and what the workers said after it. */
  readonly workers: { readonly waiting: number; readonly told: Told } | undefined;
}

/**
 * Two processes on one database and no bus is what the server would complain of; the workers follow
 * by the database alone.
 */
export const besideWorkers = { LOG_LEVEL: 'silent' } as const;
