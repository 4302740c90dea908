import type { EventId } from '@ingressou/protocol';
import { type Recipients, RecipientsUnavailableError } from '../ports/recipients.ts';
import { textIn } from './columns.ts';
import type { Columns, Database, Statement, Value } from './database.ts';

/** Recipients in PostgreSQL. */
export class DatabaseRecipients implements Recipients {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async of(event: EventId): Promise<string | undefined> {
    const [columns] = await this.#query(selectRecipient, [event]);
    return columns && textIn(columns, 'recipient');
  }

  async set(event: EventId, recipient: string): Promise<void> {
    await this.#query(upsertRecipient, [event, recipient]);
  }

  async #query(statement: Statement, values: readonly Value[]): Promise<Columns[]> {
    try {
      return await this.#database.query(statement, values);
    } catch (cause) {
      throw new RecipientsUnavailableError({ cause });
    }
  }
}

const selectRecipient: Statement = {
  name: 'recipient_of',
  text: 'select recipient from recipient where event_id = $1',
};

const upsertRecipient: Statement = {
  name: 'recipient_set',
  text: `insert into recipient (event_id, recipient) values ($1, $2)
    on conflict (event_id) do update set recipient = excluded.recipient`,
};
