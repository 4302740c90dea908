import { createHash } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import {
  type KeptWebhook,
  type RawWebhook,
  type WebhookInbox,
  type WebhookOutcome,
  type WebhookSource,
  WebhooksUnavailableError,
} from '../ports/webhooks.ts';
import { bytesIn, numberIn, textIn } from './columns.ts';
import type { DataKey } from './data-keys.ts';
import type { Columns, Database, Statement } from './database.ts';

export interface WebhookInboxOptions {
  readonly database: Database;
  readonly master: DataKey;
  readonly clock: Pick<Clock, 'now'>;
  /** Whether a webhook is from its source; in constant time. */
  readonly authenticate: Readonly<Record<WebhookSource, Authenticate>>;
}

export type Authenticate = (webhook: RawWebhook, now: number) => boolean;

/**
 * Webhooks in PostgreSQL, sealed. What is not from its source leaves no trace; what is, but cannot
 * be read, is kept as broken, for an operator to look at.
 */
export class DatabaseWebhookInbox implements WebhookInbox {
  readonly #options: WebhookInboxOptions;
  readonly #listeners: (() => void)[] = [];

  constructor(options: WebhookInboxOptions) {
    this.#options = options;
  }

  async receive(webhook: RawWebhook): Promise<'kept' | 'known' | 'unauthenticated' | 'malformed'> {
    const { database, master, clock, authenticate } = this.#options;
    const now = clock.now();
    const { source, body } = webhook;
    if (!authenticate[source](webhook, now)) return 'unauthenticated';
    const name = nameOf(source, body);
    const id = `${source}:${name ?? hashOf(body)}`;
    const outcome = name === undefined ? 'broken' : null;
    const values = [id, source, master.seal(body, placeOf(id)), now, outcome];
    const kept = await answered(database.query(insertWebhook, values));
    if (kept.length === 0) return 'known';
    if (outcome !== null) return 'malformed';
    for (const heard of this.#listeners) heard();
    return 'kept';
  }

  async waiting(max: number): Promise<readonly KeptWebhook[]> {
    const rows = await answered(this.#options.database.query(selectWaiting, [max]));
    return rows.map((columns) => this.#opened(columns));
  }

  async settle(ids: readonly string[], outcome: WebhookOutcome): Promise<void> {
    const values = [JSON.stringify(ids), outcome];
    await answered(this.#options.database.query(updateOutcomes, values));
  }

  async forget(olderThan: number): Promise<void> {
    await answered(this.#options.database.query(deleteSettled, [olderThan]));
  }

  onKept(heard: () => void): void {
    this.#listeners.push(heard);
  }

  /** @throws {UnsealError} the key file is not the one it was kept under: nothing can be read */
  #opened(columns: Columns): KeptWebhook {
    const id = textIn(columns, 'id');
    return {
      id,
      source: textIn<WebhookSource>(columns, 'source'),
      body: this.#options.master.open(bytesIn(columns, 'sealed'), placeOf(id)),
      receivedAt: numberIn(columns, 'received_at'),
    };
  }
}

/**
 * What tells a webhook from every other of its source; undefined when it is not what the source
 * sends. Pagar.me names its own. The others send batches without a name of their own, so the same
 * bytes are the same batch.
 */
function nameOf(source: WebhookSource, body: Uint8Array): string | undefined {
  const value = valueIn(body);
  switch (source) {
    case 'pagarme':
      return hookIdIn(value);
    case 'sendgrid':
      return Array.isArray(value) ? hashOf(body) : undefined;
    case 'whatsapp':
      return isObject(value) ? hashOf(body) : undefined;
  }
}

function hookIdIn(value: unknown): string | undefined {
  if (!isObject(value) || !('id' in value) || typeof value.id !== 'string') return undefined;
  return /^hook_[A-Za-z0-9]{1,64}$/.test(value.id) ? value.id : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Takes a byte order mark away: some send one. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

function valueIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    // Whatever it is, it is not what any source sends.
    return undefined;
  }
}

function hashOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

function placeOf(id: string): string {
  return `webhook:${id}`;
}

async function answered<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (cause) {
    throw new WebhooksUnavailableError({ cause });
  }
}

const insertWebhook: Statement = {
  name: 'webhook_insert',
  text: `insert into webhook (id, source, sealed, received_at, outcome)
    values ($1, $2, $3, to_timestamp($4::float8 / 1000), $5) on conflict do nothing returning id`,
};

const selectWaiting: Statement = {
  name: 'webhook_waiting',
  text: `select id, source, sealed, round(extract(epoch from received_at) * 1000)::bigint as received_at
    from webhook where outcome is null order by webhook.received_at limit $1`,
};

const updateOutcomes: Statement = {
  name: 'webhook_settle',
  text: `update webhook set outcome = $2
    where id in (select json_array_elements_text($1::json))`,
};

const deleteSettled: Statement = {
  name: 'webhook_forget',
  text: `delete from webhook
    where outcome is not null and received_at < to_timestamp($1::float8 / 1000)`,
};
