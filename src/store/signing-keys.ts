import type { EventId } from '@ingressou/protocol';
import {
  type KeyPair,
  type SigningKey,
  type SigningKeys,
  TicketKeysUnavailableError,
  type Vault,
} from '../ports/ticket-keys.ts';
import { bytesIn, numberIn } from './columns.ts';
import type { Columns, Database } from './database.ts';
import { ticketKeyStatements as statements } from './ticket-key-statements.ts';
import { askKeys } from './ticket-keys.ts';

export interface DatabaseSigningKeysOptions {
  readonly database: Database;
  readonly vault: Vault;
  readonly newKeyPair: () => KeyPair;
}

/** Each generation of a show's history numbers its keys from here on. */
const keysOfGeneration = 256;
/** How often others may make or retire a key while one is looked for. */
const roundsMax = 8;

/** The private keys in PostgreSQL, sealed. */
export class DatabaseSigningKeys implements SigningKeys {
  readonly #database: Database;
  readonly #vault: Vault;
  readonly #newKeyPair: () => KeyPair;

  constructor({ database, vault, newKeyPair }: DatabaseSigningKeysOptions) {
    this.#database = database;
    this.#vault = vault;
    this.#newKeyPair = newKeyPair;
  }

  /** No lock is taken: the index allows one key that signs, and whoever comes second reads it. */
  async current(event: EventId): Promise<SigningKey> {
    for (let round = 0; round < roundsMax; round += 1) {
      const found = await this.#look(event);
      if (found.key !== undefined) return this.#opened(event, found.key);
      await this.#make(event, found);
    }
    throw new TicketKeysUnavailableError({ cause: new Error('They change all the time.') });
  }

  async #look(event: EventId): Promise<Found> {
    const [row] = await askKeys(this.#database, statements.current, [event]);
    if (row === undefined) throw new Error(`There is no show ${event} to have keys.`);
    const generation = numberIn(row, 'show_generation');
    const lastKeyId = numberIn(row, 'last_key_id');
    if (row.key_id === null) return { generation, lastKeyId, key: undefined };
    if (numberIn(row, 'generation') === generation) return { generation, lastKeyId, key: row };
    await askKeys(this.#database, statements.retire, [event, numberIn(row, 'key_id')]);
    return { generation, lastKeyId, key: undefined };
  }

  async #make(event: EventId, { generation, lastKeyId }: Found): Promise<void> {
    const keyId = Math.max(lastKeyId, (generation - 1) * keysOfGeneration) + 1;
    const { publicKey, privateKey } = this.#newKeyPair();
    const sealed = this.#vault.seal(privateKey, placeOf(event, keyId));
    const values = [event, keyId, publicKey, sealed, generation];
    await askKeys(this.#database, statements.insert, values);
  }

  #opened(event: EventId, row: Columns): SigningKey {
    const keyId = numberIn(row, 'key_id');
    const sealed = bytesIn(row, 'sealed_private');
    return { keyId, privateKey: this.#vault.open(sealed, placeOf(event, keyId)) };
  }
}

/** What there is of a show. */
interface Found {
  readonly generation: number;
  readonly lastKeyId: number;
  /** The one that signs. */
  readonly key: Columns | undefined;
}

/** A private key that was copied into another row, or another show's, does not open. */
function placeOf(event: EventId, keyId: number): string {
  return `ticket_key ${event} ${keyId}`;
}
