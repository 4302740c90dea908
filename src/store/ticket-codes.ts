import type { EventId } from '@ingressou/protocol';
import { assert } from '../domain/assert.ts';
import {
  type TicketCode,
  type TicketCodes,
  TicketCodesUnavailableError,
  type TicketName,
} from '../ports/ticket-codes.ts';
import { numberIn, textIn } from './columns.ts';
import type { Columns, Database, Statement, Value } from './database.ts';

/** Far more than one order can have, and a page of codes. */
const ticketsMax = 1_000;

/** The codes of tickets in PostgreSQL. */
export class DatabaseTicketCodes implements TicketCodes {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async save(event: EventId, codes: readonly TicketCode[]): Promise<readonly TicketCode[]> {
    await this.#query(insertCodes, event, codes);
    return this.read(event, codes);
  }

  async read(event: EventId, tickets: readonly TicketName[]): Promise<readonly TicketCode[]> {
    const names = tickets.map(({ serial, revision }) => ({ serial, revision }));
    return (await this.#query(selectCodes, event, names)).map(codeOf);
  }

  async after(event: EventId, { serial, revision }: TicketName, max: number) {
    assert(max > 0 && max <= ticketsMax, 'codes are read by the page');
    return (await this.#answer(codesAfter, [event, serial, revision, max])).map(codeOf);
  }

  async #query(statement: Statement, event: EventId, rows: readonly TicketName[]) {
    assert(rows.length <= ticketsMax, 'tickets are asked for by the order');
    return rows.length === 0 ? [] : await this.#answer(statement, [event, JSON.stringify(rows)]);
  }

  async #answer(statement: Statement, values: readonly Value[]): Promise<Columns[]> {
    try {
      return await this.#database.query(statement, values);
    } catch (cause) {
      throw new TicketCodesUnavailableError({ cause });
    }
  }
}

function codeOf(row: Columns): TicketCode {
  return {
    serial: numberIn(row, 'serial'),
    revision: numberIn(row, 'revision'),
    keyId: numberIn(row, 'key_id'),
    code: textIn(row, 'code'),
  };
}

// Ordered, so that two workers with the same tickets wait for each other and never for both.
const insertCodes: Statement = {
  name: 'ticket_code_insert',
  text: `insert into ticket_code (event_id, serial, revision, key_id, code)
    select $1::uuid, serial, revision, "keyId", code
      from jsonb_to_recordset($2::text::jsonb)
        as given(serial bigint, revision integer, "keyId" integer, code text)
      order by serial, revision
    on conflict (event_id, serial, revision) do update
      set key_id = excluded.key_id, code = excluded.code, signed_at = excluded.signed_at
      where exists (select from ticket_key where ticket_key.event_id = ticket_code.event_id
        and ticket_key.key_id = ticket_code.key_id and revoked_at is not null)`,
};

const selectCodes: Statement = {
  name: 'ticket_code_select',
  text: `select serial, revision, key_id, code
    from jsonb_to_recordset($2::text::jsonb) as asked(serial bigint, revision integer)
      join ticket_code using (serial, revision)
      join ticket_key using (event_id, key_id)
    where event_id = $1 and revoked_at is null
    order by serial, revision`,
};

const codesAfter: Statement = {
  name: 'ticket_code_after',
  mayLag: true,
  text: `select serial, revision, key_id, code
    from ticket_code join ticket_key using (event_id, key_id)
    where event_id = $1 and (serial, revision) > ($2, $3) and revoked_at is null
    order by serial, revision
    limit $4`,
};
