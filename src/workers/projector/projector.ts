import type { Place } from '../../ports/followers.ts';
import { projectorName, type ReadModels } from '../../ports/read-models.ts';
import type { FollowedFacts, Taken, Work } from '../follow/work.ts';
import { projectionOf } from './projection-of.ts';

/** Keeps the read models and the ledger: rows and place move together, in one transaction. */
export class Projector implements Work {
  readonly name = projectorName;
  readonly #readModels: Pick<ReadModels, 'project'>;

  constructor(readModels: Pick<ReadModels, 'project'>) {
    this.#readModels = readModels;
  }

  async take(page: FollowedFacts, place: Place): Promise<Taken> {
    return { place: await this.#readModels.project(place, projectionOf(page)) };
  }
}
