import type { EventId, NodeId } from '@ingressou/protocol';
import { assert } from '../domain/assert.ts';
import { type Followers, FollowersUnavailableError, type Place } from '../ports/followers.ts';
import { numberIn, textIn } from './columns.ts';
import type { Columns, Database } from './database.ts';
import { followerStatements as statements } from './follower-statements.ts';

/** The places of followers in PostgreSQL. Each method is one statement. */
export class DatabaseFollowers implements Followers {
  readonly #database: Database;

  constructor({ database }: { readonly database: Database }) {
    this.#database = database;
  }

  async behind(names: readonly string[], node: NodeId, max: number): Promise<EventId[]> {
    const values = [names.join(','), node, max];
    const shows = await answered(this.#database.query(statements.behind, values));
    return shows.map((columns) => textIn<EventId>(columns, 'event_id'));
  }

  async claim(names: readonly string[], event: EventId, node: NodeId): Promise<Place[]> {
    const values = [names.join(','), event, node];
    const places = await answered(this.#database.query(statements.claim, values));
    return places.map((columns) => placeOf(columns, event, node));
  }

  async advance(place: Place, position: number): Promise<Place | undefined> {
    assert(position >= place.position, 'a place never moves back');
    const { event, name, owner, epoch } = place;
    const values = [event, name, owner, epoch, position];
    const [moved] = await answered(this.#database.query(statements.advance, values));
    return moved && { ...place, position: numberIn(moved, 'position') };
  }

  async release(places: readonly Place[]): Promise<void> {
    if (places.length === 0) return;
    const given = places.map(({ name, event, owner, epoch }) => ({ name, event, owner, epoch }));
    await answered(this.#database.query(statements.release, [JSON.stringify(given)]));
  }
}

async function answered<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (cause) {
    throw new FollowersUnavailableError({ cause });
  }
}

function placeOf(columns: Columns, event: EventId, owner: NodeId): Place {
  return {
    name: textIn(columns, 'name'),
    event,
    owner,
    epoch: numberIn(columns, 'epoch'),
    position: numberIn(columns, 'position'),
    generation: numberIn(columns, 'generation'),
  };
}
