import type { Statement } from './database.ts';

/** A process is alive while its row is there and not over, by the database's clock of this moment. */
const runs = (node: string) =>
  `exists (select from node_lease where node = ${node} and expires_at > clock_timestamp())`;

/** All that the journal ever asks of a database, by name, for servers and simulators alike. */
export const journalStatements = {
  /**
   * The update takes the lock of the head's row. A claim that committed first has changed epoch
   * and owner, so nothing matches and nothing is inserted; a claim that comes second waits, and
   * then returns our position. The position alone orders the history, and keeps a row that is sent
   * twice from being there twice; epoch and owner make a late writer stop at its next row. The
   * owner counts because a standby promoted too early can give the same epoch out again.
   */
  append: {
    name: 'journal_append',
    text: `with head as (
        update event_head
           set last_position = $5, hash = $8, wake_at = to_timestamp($9::float8 / 1000)
         where event_id = $1 and epoch = $2 and owner = $3 and last_position = $4 and not sealed
        returning event_id
      )
      insert into journal (event_id, position, epoch, owner, at, facts, hash)
      select event_id, $5, $2, $3, $6, $7, $8 from head
      returning position`,
  },

  /**
   * Writes the head as it is. That waits for an append the server still works on, and its commit
   * waits for the standby as an append's does: what is seen behind it is settled and durable.
   */
  touch: {
    name: 'journal_touch',
    text: `update event_head set epoch = epoch where event_id = $1
      returning epoch, owner, last_position, hash, generation, sealed`,
  },

  /**
   * Leases keep two live processes from fighting for a show, and a process that was away too long
   * from claiming any; that the earlier owner writes no more is the doing of the new epoch alone.
   * Null names no epoch.
   */
  claim: {
    name: 'journal_claim',
    text: `update event_head set epoch = epoch + 1, owner = $2
      where event_id = $1 and not sealed and ${runs('$2')}
        and (owner is null or owner = $2 or epoch = $3 or not ${runs('event_head.owner')})
      returning epoch, owner, last_position, hash, generation, sealed`,
  },

  /** What a claim by $2 that changed nothing may have met. */
  obstacle: {
    name: 'journal_obstacle',
    text: `select epoch, owner, sealed, ${runs('$2')} as may_claim,
        ${runs('event_head.owner')} as is_owned
      from event_head where event_id = $1`,
  },

  release: {
    name: 'journal_release',
    text: `update event_head set owner = null where event_id = $1 and epoch = $2 and owner = $3`,
  },

  locate: {
    name: 'journal_locate',
    text: `select epoch, owner,
        round(extract(epoch from expires_at - clock_timestamp()) * 1000)::bigint as left_ms
      from event_head left join node_lease on node = owner where event_id = $1`,
  },

  head: {
    name: 'journal_head',
    text: `select epoch, owner, last_position, hash, generation, sealed
      from event_head where event_id = $1`,
  },

  list: {
    name: 'journal_list',
    text: `select event_id, epoch, owner, last_position, hash, generation, sealed
      from event_head where event_id > $1 order by event_id limit $2`,
  },

  rowHash: {
    name: 'journal_row_hash',
    text: 'select hash from journal where event_id = $1 and position = $2',
  },

  read: {
    name: 'journal_read',
    text: `select position, epoch, owner, at, facts, hash from journal
      where event_id = $1 and position > $2 and position <= $3
      order by position limit $4`,
    copies: {
      position: 'int8',
      epoch: 'int8',
      owner: 'uuid',
      at: 'int8',
      facts: 'bytea',
      hash: 'bytea',
    },
  },

  seal: {
    name: 'journal_seal',
    text: 'update event_head set sealed = true where event_id = $1',
  },

  /** Reads every head: an index on what each append changes would cost each append more. */
  due: {
    name: 'journal_due',
    text: `select event_id, owner from event_head
      where wake_at <= to_timestamp($2::float8 / 1000) and not sealed
        and (owner is null or owner = $1 or not ${runs('event_head.owner')})
      order by wake_at, event_id limit $3`,
  },
} as const satisfies Record<string, Statement>;
