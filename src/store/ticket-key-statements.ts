import type { Statement } from './database.ts';

// Times leave the database in milliseconds.
const ms = (column: string) => `round(extract(epoch from ${column}) * 1000)::bigint as ${column}`;

/** All that the keys of tickets ever ask of a database, by name. */
export const ticketKeyStatements = {
  /** The key that signs, if there is one, and what a new one would have to know. */
  current: {
    name: 'ticket_key_current',
    text: `select event_head.generation as show_generation,
        (select coalesce(max(key_id), 0) from ticket_key where event_id = $1) as last_key_id,
        key_id, sealed_private, ticket_key.generation
      from event_head left join ticket_key
        on ticket_key.event_id = event_head.event_id and sealed_private is not null
      where event_head.event_id = $1`,
  },

  /** Nothing, when another process was quicker: its key is the one. */
  insert: {
    name: 'ticket_key_insert',
    text: `insert into ticket_key (event_id, key_id, public_key, sealed_private, generation)
      values ($1, $2, $3, $4, $5) on conflict do nothing`,
  },

  list: {
    name: 'ticket_key_list',
    text: `select key_id, public_key, generation, ${ms('created_at')}, ${ms('retired_at')},
        ${ms('revoked_at')}
      from ticket_key where event_id = $1 order by key_id`,
  },

  /** Only the key that signs now has a private part. Null names whichever that is. */
  retire: {
    name: 'ticket_key_retire',
    text: `update ticket_key set retired_at = clock_timestamp(), sealed_private = null
      where event_id = $1 and sealed_private is not null and key_id = coalesce($2, key_id)
      returning key_id`,
  },

  revoke: {
    name: 'ticket_key_revoke',
    text: `update ticket_key set revoked_at = clock_timestamp(), sealed_private = null
      where event_id = $1 and key_id = $2 and revoked_at is null returning key_id`,
  },
} as const satisfies Record<string, Statement>;
