import type { Statement } from './database.ts';

/** A process is alive while its row is there and not over, by the database's clock of this moment. */
const runs = (node: string) =>
  `exists (select from node_lease where node = ${node} and expires_at > clock_timestamp())`;

/** The database has no lists among its parameters: names travel as one text. */
const names = (parameter: string) => `unnest(string_to_array(${parameter}, ',')) as wanted (name)`;

/**
 * All that places ever ask of a database.
 *
 * A place may be lost by a crash of the server, by some hundred milliseconds, because all that is
 * done twice then is done at least once anyway. So a move asks its own commit not to wait for the
 * disk: `set_config` is heard by the transaction that it is in, which is this one statement. It
 * needs no connection of its own and no second round trip, and takes 0.5 ms instead of 4 while
 * the disk is busy.
 */
export const followerStatements = {
  /**
   * Reads every head and every place of these names: for 500 shows and 5 names 500 and 2500 short
   * rows in 73 pages of memory, 2 ms. An index on positions would cost every append and every move.
   * In no order, so that shows nobody can follow keep none of the others from being found.
   */
  behind: {
    name: 'follower_behind',
    text: `select head.event_id
      from event_head head cross join ${names('$1')}
        left join follower place on place.event_id = head.event_id and place.name = wanted.name
      where (head.last_position > coalesce(place.position, 0)
          or place.generation < head.generation)
        and (place.owner is null or place.owner = $2 or not ${runs('place.owner')})
      group by head.event_id order by random() limit $3`,
  },

  /**
   * A restore that may have lost facts raises the generation: a place behind the end of what is
   * left goes back to that end, and nothing else ever moves one back but a rebuild.
   */
  claim: {
    name: 'follower_claim',
    text: `insert into follower as place (name, event_id, generation, owner, epoch)
      select wanted.name, head.event_id, head.generation, $3, 1
      from event_head head cross join ${names('$1')}
      where head.event_id = $2 and ${runs('$3')}
      order by wanted.name
      on conflict (event_id, name) do update
        set owner = excluded.owner, epoch = place.epoch + 1, generation = excluded.generation,
          position = case when place.generation = excluded.generation then place.position
            else least(place.position, (select last_position from event_head where event_id = $2))
          end
        where place.owner is null or place.owner = excluded.owner or not ${runs('place.owner')}
      returning name, position, generation, epoch`,
  },

  advance: {
    name: 'follower_advance',
    text: `with lazily as (select set_config('synchronous_commit', 'off', true))
      update follower set position = greatest(position, $5) from lazily
      where event_id = $1 and name = $2 and owner = $3 and epoch = $4
      returning position`,
  },

  release: {
    name: 'follower_release',
    text: `update follower place set owner = null
      from jsonb_to_recordset($1::text::jsonb)
        as given (name text, event uuid, owner uuid, epoch bigint)
      where place.event_id = given.event and place.name = given.name
        and place.owner = given.owner and place.epoch = given.epoch`,
  },
} as const satisfies Record<string, Statement>;
