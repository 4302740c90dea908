import type { DeadJob, DeadJobs } from '../../src/ports/jobs.ts';

export const verbs = ['list', 'replay', 'drop'] as const;

export interface Wish {
  readonly verb: (typeof verbs)[number];
  /** Undefined means all. */
  readonly ids: ReadonlySet<string> | undefined;
  /** The longest list. */
  readonly max: number;
  readonly isJson: boolean;
}

/** Does with dead jobs what an operator wishes, and says so. False when a named one is not there. */
export async function grant(
  dead: DeadJobs,
  { verb, ids, max, isJson }: Wish,
  out: Pick<Console, 'log' | 'error'>,
): Promise<boolean> {
  if (verb === 'list') {
    const jobs = await dead.list(max);
    out.log(isJson ? JSON.stringify(jobs) : linesOf(jobs));
    return true;
  }
  const count = await dead[verb](ids);
  const done = verb === 'replay' ? 'replayed' : 'dropped';
  out.log(isJson ? JSON.stringify({ [done]: count }) : `${count} ${done}.`);
  const missing = ids === undefined ? 0 : Math.max(0, ids.size - count);
  if (missing === 0) return true;
  // Whoever names one should hear that the name is wrong, or that it has been done before.
  if (!isJson) out.error(`${missing} not found: npm run dlq -- list shows what is there.`);
  return false;
}

function linesOf(jobs: readonly DeadJob[]): string {
  if (jobs.length === 0) return 'No job is dead.';
  return jobs
    .map(({ id, kind, attempt, reason, diedAt }) => {
      const when = new Date(diedAt).toISOString();
      return `${id}\n  ${kind}, attempt ${attempt}, dead since ${when}\n  ${reason}`;
    })
    .join('\n');
}
