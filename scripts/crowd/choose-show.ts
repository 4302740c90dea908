import { connect, type PresentShow } from '@ingressou/client-sdk';
import { WebSocket } from 'undici';
import { UsageError } from '../command.ts';
import type { ListedShow } from './running-node.ts';

/** A show and how it stands. */
export interface ChosenShow extends ListedShow {
  readonly view: PresentShow;
}

/** What one socket may watch; the newest shows of a node are looked at. */
const looksMax = 8;
const lookMs = 5_000;

/**
 * The show of that slug, or without one the show whose sale opens next, or else the newest that
 * is on sale.
 *
 * @throws {UsageError} there is none
 */
export async function chooseShow(
  url: string,
  listed: readonly ListedShow[],
  slug: string | undefined,
): Promise<ChosenShow> {
  const candidates = listed.filter((show) => slug === undefined || show.slug === slug);
  if (slug !== undefined && candidates.length === 0) {
    throw new UsageError(`There is no show ${slug} here. These are: ${slugsOf(listed)}`);
  }
  const found = await look(url, newest(candidates));
  const next = found
    .filter(({ view }) => view.sale.status === 'scheduled')
    .sort((a, b) => (a.view.sale.opensAt ?? 0) - (b.view.sale.opensAt ?? 0));
  const open = found.filter(({ view }) => view.sale.status === 'open');
  const chosen = next[0] ?? open[0];
  if (chosen !== undefined) return chosen;
  throw new UsageError('No show is on sale here. A node started with DEMO_SHOW=true makes one.');
}

/** Ids of shows are UUIDs of version 7: their order is the order in which they were made. */
function newest(shows: readonly ListedShow[]): ListedShow[] {
  return shows.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, looksMax);
}

async function look(url: string, shows: readonly ListedShow[]): Promise<ChosenShow[]> {
  const connection = connect({ url, webSocket: WebSocket });
  const views = await Promise.all(shows.map((show) => firstView(connection.event(show.id))));
  connection.close();
  return shows.flatMap((show, index) => {
    const view = views[index];
    return view === undefined ? [] : [{ ...show, view }];
  });
}

function firstView(
  event: ReturnType<ReturnType<typeof connect>['event']>,
): Promise<PresentShow | undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), lookMs);
    event.watch((view) => resolve(view.isKnown ? view : undefined));
  });
}

function slugsOf(shows: readonly ListedShow[]): string {
  return shows.map(({ slug }) => slug).join(', ');
}
