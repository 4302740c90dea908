import type { EventId, NodeId } from '@ingressou/protocol';
import type { Clock } from '../../ports/clock.ts';
import type { Followers, Place } from '../../ports/followers.ts';
import type { Journal } from '../../ports/journal.ts';
import type { ReadModels } from '../../ports/read-models.ts';
import { pagesOf } from '../follow/pages.ts';
import { projectionOf } from './projection-of.ts';

export interface RebuildOptions {
  readonly journal: Pick<Journal, 'head' | 'read'>;
  readonly readModels: Pick<ReadModels, 'restart' | 'project'>;
  readonly followers: Pick<Followers, 'release'>;
  readonly clock: Pick<Clock, 'soon'>;
  /** Whose lease runs as long as this does. */
  readonly node: NodeId;
  /** Hears how far it is, and may keep it waiting. */
  readonly onProgress: (position: number, end: number) => Promise<void>;
}

/**
 * Makes the rows of a show again from its first fact, and returns how many facts that took. The
 * place is taken from whoever projects the show now and given back at the end, so a node that runs
 * goes on from there. Undefined when somebody took it over meanwhile, or there is no such show.
 *
 * @throws {ReadModelsUnavailableError}, {ReadModelsBrokenError}, {JournalUnavailableError}
 */
export async function rebuild(
  options: RebuildOptions,
  event: EventId,
): Promise<number | undefined> {
  const { journal, readModels, followers, node } = options;
  let place = await readModels.restart(event, node);
  while (place !== undefined) {
    const head = await journal.head(event);
    if (head === undefined || head.position <= place.position) {
      await followers.release([place]);
      return place.position;
    }
    place = await projectTo(options, head, place);
  }
  return undefined;
}

async function projectTo(
  { journal, readModels, clock, onProgress }: RebuildOptions,
  head: Parameters<typeof pagesOf>[1],
  from: Place,
): Promise<Place | undefined> {
  let place: Place | undefined = from;
  for await (const page of pagesOf(journal, head, from.position, clock)) {
    place = await readModels.project(place, projectionOf(page));
    if (place === undefined) return undefined;
    await onProgress(place.position, head.position);
  }
  return place;
}
