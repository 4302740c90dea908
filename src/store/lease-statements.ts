import type { Statement } from './database.ts';

/**
 * All that the leases ever ask of a database, by name. `clock_timestamp()` is the time of the
 * moment, not of the transaction's beginning; times leave the database in milliseconds.
 */
export const leaseStatements = {
  /** The end of the lease is read off the clock once, and tells the caller what it was. */
  renew: {
    name: 'lease_renew',
    text: `insert into node_lease (node, name, has_actors, is_leaving, expires_at)
      values ($1, $2, $3, $4, clock_timestamp() + $5::float8 * interval '1 millisecond')
      on conflict (node) do update set name = excluded.name, has_actors = excluded.has_actors,
        is_leaving = excluded.is_leaving, expires_at = excluded.expires_at
      returning round(extract(epoch from expires_at) * 1000)::bigint as expires_at`,
  },

  others: {
    name: 'lease_others',
    text: `select node, name, has_actors, is_leaving,
        round(extract(epoch from expires_at) * 1000)::bigint as expires_at
      from node_lease
      where node <> $1 and expires_at > clock_timestamp() - interval '1 minute'
      order by node_lease.node`,
  },

  /** Nobody asks for these any more, but an operator may, about the last day. */
  sweep: {
    name: 'lease_sweep',
    text: `delete from node_lease where expires_at < clock_timestamp() - interval '1 day'`,
  },

  end: {
    name: 'lease_end',
    text: 'delete from node_lease where node = $1',
  },

  forget: {
    name: 'lease_forget',
    text: 'delete from node_lease',
  },

  pins: {
    name: 'lease_pins',
    text: 'select event_id, name, is_alone from pin order by event_id',
  },
} as const satisfies Record<string, Statement>;
