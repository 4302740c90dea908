import type { Job, JobKind } from '../ports/jobs.ts';
import { numberIn, textIn } from './columns.ts';
import type { Database } from './database.ts';
import { jobStatements as statements } from './job-statements.ts';

/** How often a queue that seems full is counted again, and how long a count is believed. */
const recountMs = 1_000;
const believedMs = 60_000;

/**
 * How many more jobs each queue takes. Counting reads a whole queue, so it is done seldom: other
 * processes' jobs are noticed within a minute, and until then the bound is as many times wider.
 */
export class JobRoom {
  readonly #database: Database;
  readonly #most: number;
  #left = new Map<string, number>();
  #countedAt = Number.NEGATIVE_INFINITY;

  constructor(database: Database, most: number) {
    this.#database = database;
    this.#most = most;
  }

  /** Takes room for these jobs; false when there is not enough for all of them. */
  async take(jobs: readonly Job[]): Promise<boolean> {
    const wanted = new Map<JobKind, number>();
    for (const { kind } of jobs) wanted.set(kind, (wanted.get(kind) ?? 0) + 1);
    const fits = () => [...wanted].every(([kind, count]) => count <= this.#leftFor(kind));
    const age = performance.now() - this.#countedAt;
    if (age > believedMs || (age > recountMs && !fits())) await this.#count();
    if (!fits()) return false;
    for (const [kind, count] of wanted) this.#left.set(kind, this.#leftFor(kind) - count);
    return true;
  }

  #leftFor(kind: string): number {
    return this.#left.get(kind) ?? this.#most;
  }

  async #count(): Promise<void> {
    // Before the answer, so that a failing database is not asked by everybody.
    this.#countedAt = performance.now();
    const kinds = await this.#database.query(statements.count, []);
    this.#left = new Map(
      kinds.map((columns) => [textIn(columns, 'kind'), this.#most - numberIn(columns, 'waiting')]),
    );
  }
}
