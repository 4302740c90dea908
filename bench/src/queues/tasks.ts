import { randomUUID } from 'node:crypto';
import {
  type Job,
  type JobKind,
  type JobQueues,
  JobsUnavailableError,
  jobKinds,
} from '../../../src/ports/jobs.ts';
import { pause } from '../load/counter.ts';

/** Tasks of one call. */
const batchMax = 500;
/** One kind's tasks of one call while its queue is filled up. */
const handful = 10;
const lookMs = 100;
/** A broker counts what it keeps a moment later. */
const countedMs = 10_000;

/** Has as many tasks wait, of all kinds alike; says how many do. */
export async function fill(queues: JobQueues, tasks: number): Promise<number> {
  const missing = tasks - (await waitingIn(queues));
  for (let first = 0; first < missing; first += batchMax) {
    await queues.publish(tasksOf(jobKinds, Math.min(batchMax, missing - first)));
  }
  const giveUpAt = performance.now() + countedMs;
  for (;;) {
    const waiting = await waitingIn(queues);
    if (waiting >= tasks || performance.now() > giveUpAt) return waiting;
    await pause(lookMs);
  }
}

/** Fills the queues of these kinds until each takes nothing more; says how much they hold. */
export async function fillUp(queues: JobQueues, kinds: readonly JobKind[]): Promise<number> {
  for (const kind of kinds) while (await takes(queues, tasksOf([kind], handful)));
  return await waitingIn(queues, kinds);
}

async function takes(queues: JobQueues, jobs: readonly Job[]): Promise<boolean> {
  try {
    await queues.publish(jobs);
    return true;
  } catch (cause) {
    // Full is what it should be.
    if (cause instanceof JobsUnavailableError) return false;
    throw cause;
  }
}

/** What could be taken now of these kinds. */
export async function waitingIn(
  queues: Pick<JobQueues, 'depths'>,
  kinds: readonly JobKind[] = jobKinds,
): Promise<number> {
  const depths = await queues.depths();
  return depths.reduce((sum, { kind, waiting }) => {
    return kind !== 'dead' && kinds.includes(kind) ? sum + waiting : sum;
  }, 0);
}

/** Asks for payments to be looked at, each at its time; `at` in the body says when it was. */
export async function askPayments(
  queues: Pick<JobQueues, 'publish'>,
  jobs: number,
  perSecond: number,
): Promise<void> {
  const begunAt = performance.now();
  const published: Promise<void>[] = [];
  for (let index = 0; index < jobs; index += 1) {
    const waitMs = begunAt + (index * 1000) / perSecond - performance.now();
    if (waitMs > 0) await pause(waitMs);
    const [task] = tasksOf(['payment.check'], 1);
    if (task !== undefined) published.push(queues.publish([{ ...task, body: { at: Date.now() } }]));
  }
  await Promise.all(published);
}

/** Tasks about nothing, of these kinds in turn. */
function tasksOf(kinds: readonly JobKind[], count: number): Job[] {
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length]!;
    return { id: `${kind}:bench:${randomUUID()}`, kind, body: {} };
  });
}
