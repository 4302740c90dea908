import type { Database } from './database.ts';
import { jobStatements as statements } from './job-statements.ts';

interface Batch {
  readonly ids: string[];
  readonly deleted: Promise<void>;
}

/**
 * Deletes what is done: all that ended while the last statement was under way goes with the next.
 * One statement for each would cost the database more than the jobs themselves.
 */
export class DoneJobs {
  readonly #database: Database;
  #next: Batch | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Resolves when it is deleted. As many may wait as jobs are in hand. */
  add(id: string): Promise<void> {
    this.#next ??= this.#begin();
    this.#next.ids.push(id);
    return this.#next.deleted;
  }

  #begin(): Batch {
    const ids: string[] = [];
    const deleted = this.#last.then(async () => {
      this.#next = undefined;
      await this.#database.query(statements.done, [JSON.stringify(ids)]);
    });
    // Each of those who wait is told; the next batch has its own fortune.
    this.#last = deleted.catch(() => {});
    return { ids, deleted };
  }
}
