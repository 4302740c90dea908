import type { EventId } from '@ingressou/protocol';
import {
  type TicketKey,
  type TicketKeys,
  TicketKeysUnavailableError,
} from '../ports/ticket-keys.ts';
import { bytesIn, numberIn } from './columns.ts';
import type { Columns, Database, Statement, Value } from './database.ts';
import { ticketKeyStatements as statements } from './ticket-key-statements.ts';

/** The public side of the keys of tickets in PostgreSQL. */
export class DatabaseTicketKeys implements TicketKeys {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(event: EventId): Promise<readonly TicketKey[]> {
    return (await askKeys(this.#database, statements.list, [event])).map(ticketKeyOf);
  }

  async rotate(event: EventId): Promise<boolean> {
    return (await askKeys(this.#database, statements.retire, [event, null])).length === 1;
  }

  async revoke(event: EventId, keyId: number): Promise<boolean> {
    return (await askKeys(this.#database, statements.revoke, [event, keyId])).length === 1;
  }
}

/** @throws {TicketKeysUnavailableError} */
export async function askKeys(
  database: Database,
  statement: Statement,
  values: readonly Value[],
): Promise<Columns[]> {
  try {
    return await database.query(statement, values);
  } catch (cause) {
    throw new TicketKeysUnavailableError({ cause });
  }
}

function ticketKeyOf(row: Columns): TicketKey {
  return {
    keyId: numberIn(row, 'key_id'),
    publicKey: bytesIn(row, 'public_key'),
    generation: numberIn(row, 'generation'),
    createdAt: numberIn(row, 'created_at'),
    retiredAt: timeIn(row, 'retired_at'),
    revokedAt: timeIn(row, 'revoked_at'),
  };
}

function timeIn(row: Columns, name: string): number | undefined {
  return row[name] === null ? undefined : numberIn(row, name);
}
