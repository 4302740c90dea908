import type { EventId } from '@ingressou/protocol';
import {
  type Failing,
  type NewPartnerEndpoint,
  type PartnerEndpoint,
  type PartnerEndpoints,
  PartnersUnavailableError,
} from '../ports/partners.ts';
import { bytesIn, numberIn, textIn } from './columns.ts';
import type { DataKey } from './data-keys.ts';
import type { Columns, Database, Statement, Value } from './database.ts';

/** Endpoints of partners in PostgreSQL, their secrets sealed. */
export class DatabasePartnerEndpoints implements PartnerEndpoints {
  readonly #database: Database;
  readonly #master: DataKey;

  constructor(database: Database, master: DataKey) {
    this.#database = database;
    this.#master = master;
  }

  async add({ id, event, url, secrets }: NewPartnerEndpoint): Promise<void> {
    await this.#query(insertEndpoint, [id, event ?? null, url, this.#sealed(id, secrets)]);
  }

  async list(): Promise<readonly PartnerEndpoint[]> {
    return (await this.#query(selectAll, [])).map((columns) => this.#endpointIn(columns));
  }

  async find(id: string): Promise<PartnerEndpoint | undefined> {
    const [columns] = await this.#query(selectOne, [id]);
    return columns && this.#endpointIn(columns);
  }

  async tellOf(event: EventId | undefined): Promise<readonly string[]> {
    const rows = await this.#query(selectOfShow, [event ?? null]);
    return rows.map((columns) => textIn(columns, 'id'));
  }

  async noteSuccess(id: string): Promise<void> {
    await this.#query(updateSuccess, [id]);
  }

  async noteFailure(id: string, now: number): Promise<Failing | undefined> {
    const [columns] = await this.#query(updateFailure, [id, now]);
    if (columns === undefined) return undefined;
    return { failures: numberIn(columns, 'failures'), since: numberIn(columns, 'failing_since') };
  }

  disable(id: string, now: number): Promise<boolean> {
    return this.#changes(updateDisabled, [id, now]);
  }

  enable(id: string): Promise<boolean> {
    return this.#changes(updateEnabled, [id]);
  }

  remove(id: string): Promise<boolean> {
    return this.#changes(deleteEndpoint, [id]);
  }

  setSecrets(id: string, secrets: readonly string[]): Promise<boolean> {
    return this.#changes(updateSecrets, [id, this.#sealed(id, secrets)]);
  }

  async #changes(statement: Statement, values: readonly Value[]): Promise<boolean> {
    return (await this.#query(statement, values)).length > 0;
  }

  async #query(statement: Statement, values: readonly Value[]): Promise<Columns[]> {
    try {
      return await this.#database.query(statement, values);
    } catch (cause) {
      throw new PartnersUnavailableError({ cause });
    }
  }

  #sealed(id: string, secrets: readonly string[]): Uint8Array {
    return this.#master.seal(Buffer.from(JSON.stringify(secrets)), placeOf(id));
  }

  /** @throws {UnsealError} */
  #endpointIn(columns: Columns): PartnerEndpoint {
    const id = textIn(columns, 'id');
    const secrets = this.#master.open(bytesIn(columns, 'secrets'), placeOf(id));
    return {
      id,
      ...(columns.event_id !== null && { event: textIn<EventId>(columns, 'event_id') }),
      url: textIn(columns, 'url'),
      secrets: JSON.parse(Buffer.from(secrets).toString('utf8')) as readonly string[],
      failures: numberIn(columns, 'failures'),
      ...(columns.disabled_at !== null && { disabledAt: numberIn(columns, 'disabled_at') }),
    };
  }
}

function placeOf(id: string): string {
  return `partner_endpoint:${id}`;
}

const endpoint = `id, event_id, url, secrets, failures,
  round(extract(epoch from disabled_at) * 1000)::bigint as disabled_at`;

const insertEndpoint: Statement = {
  name: 'partner_endpoint_insert',
  text: 'insert into partner_endpoint (id, event_id, url, secrets) values ($1, $2, $3, $4)',
};

const selectAll: Statement = {
  name: 'partner_endpoint_all',
  text: `select ${endpoint} from partner_endpoint order by created_at, id`,
};

const selectOne: Statement = {
  name: 'partner_endpoint_one',
  text: `select ${endpoint} from partner_endpoint where id = $1`,
};

const selectOfShow: Statement = {
  name: 'partner_endpoint_of_show',
  text: `select id from partner_endpoint
    where disabled_at is null and (event_id is null or event_id = $1::uuid) order by id`,
};

// Most of the time there is nothing to forget, and nothing is written.
const updateSuccess: Statement = {
  name: 'partner_endpoint_success',
  text: `update partner_endpoint set failures = 0, failing_since = null
    where id = $1 and failures > 0`,
};

const updateFailure: Statement = {
  name: 'partner_endpoint_failure',
  text: `update partner_endpoint set failures = failures + 1,
      failing_since = coalesce(failing_since, to_timestamp($2::float8 / 1000))
    where id = $1
    returning failures, round(extract(epoch from failing_since) * 1000)::bigint as failing_since`,
};

const updateDisabled: Statement = {
  name: 'partner_endpoint_disable',
  text: `update partner_endpoint set disabled_at = to_timestamp($2::float8 / 1000)
    where id = $1 and disabled_at is null returning id`,
};

const updateEnabled: Statement = {
  name: 'partner_endpoint_enable',
  text: `update partner_endpoint set disabled_at = null, failures = 0, failing_since = null
    where id = $1 returning id`,
};

const deleteEndpoint: Statement = {
  name: 'partner_endpoint_delete',
  text: 'delete from partner_endpoint where id = $1 returning id',
};

const updateSecrets: Statement = {
  name: 'partner_endpoint_secrets',
  text: 'update partner_endpoint set secrets = $2 where id = $1 returning id',
};
