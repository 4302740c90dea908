import type { Statement } from './database.ts';

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

  claim: {
    name: 'journal_claim',
    text: `update event_head set epoch = epoch + 1, owner = $2 where event_id = $1 and not sealed
      returning epoch, owner, last_position, hash, generation, sealed`,
  },

  head: {
    name: 'journal_head',
    text: `select epoch, owner, last_position, hash, generation, sealed
      from event_head where event_id = $1`,
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
  },

  seal: {
    name: 'journal_seal',
    text: 'update event_head set sealed = true where event_id = $1',
  },

  /** Reads every head: an index on what each append changes would cost each append more. */
  due: {
    name: 'journal_due',
    text: `select event_id from event_head
      where wake_at <= to_timestamp($1::float8 / 1000) and not sealed
      order by wake_at, event_id limit $2`,
  },
} as const satisfies Record<string, Statement>;
