import type { EventId, OrderId } from '@ingressou/protocol';
import {
  type Deliveries,
  DeliveriesUnavailableError,
  type DeliveryStatus,
  type DeliveryWord,
  type KeptDelivery,
  type OutgoingDelivery,
} from '../ports/deliveries.ts';
import { textIn } from './columns.ts';
import type { Columns, Database, Statement } from './database.ts';

/** The deliveries in PostgreSQL. */
export class DatabaseDeliveries implements Deliveries {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async record({ id, kind, event, order }: OutgoingDelivery): Promise<void> {
    await this.#query(insertDelivery, [id, kind, event, order]);
  }

  async raise(words: readonly DeliveryWord[]): Promise<number> {
    if (words.length === 0) return 0;
    const rows = words.map(({ ourId, messageId = null, status }) => ({ ourId, messageId, status }));
    return (await this.#query(raiseStatus, [JSON.stringify(rows)])).length;
  }

  async of(order: OrderId): Promise<readonly KeptDelivery[]> {
    return (await this.#query(selectOfOrder, [order])).map(deliveryOf);
  }

  async forgetNames(order: OrderId): Promise<number> {
    return (await this.#query(eraseMessageIds, [order])).filter(wasNamed).length;
  }

  async #query(statement: Statement, values: readonly string[]): Promise<Columns[]> {
    try {
      return await this.#database.query(statement, values);
    } catch (cause) {
      throw new DeliveriesUnavailableError({ cause });
    }
  }
}

function wasNamed(columns: Columns): boolean {
  return textIn(columns, 'message_id') !== '';
}

function deliveryOf(columns: Columns): KeptDelivery {
  return {
    id: textIn(columns, 'id'),
    kind: textIn<OutgoingDelivery['kind']>(columns, 'kind'),
    event: textIn<EventId>(columns, 'event_id'),
    order: textIn<OrderId>(columns, 'order_id'),
    messageId: textIn(columns, 'message_id') || undefined,
    status: textIn<DeliveryStatus>(columns, 'status'),
  };
}

const insertDelivery: Statement = {
  name: 'delivery_record',
  text: `insert into delivery (id, kind, event_id, order_id) values ($1, $2, $3, $4)
    on conflict (id) do nothing`,
};

// One word per delivery, the strongest: an update that matches a row twice would take any of them.
// Rows are locked in one order, so that two batches about the same deliveries never wait for each
// other.
const raiseStatus: Statement = {
  name: 'delivery_raise',
  text: `with word as (
      select "ourId" as id, max(status) as status, min("messageId") as message_id
        from json_to_recordset($1::json)
          as said("ourId" text, "messageId" text, status delivery_status)
        group by "ourId"
    ), held as (
      select delivery.id, word.status, word.message_id
        from delivery join word on word.id = delivery.id
        order by delivery.id for update of delivery
    )
    update delivery set
        status = greatest(delivery.status, held.status),
        message_id = coalesce(delivery.message_id, held.message_id),
        changed_at = now()
      from held
      where delivery.id = held.id
        and (delivery.status < held.status
          or (delivery.message_id is null and held.message_id is not null))
      returning delivery.id`,
};

const selectOfOrder: Statement = {
  name: 'delivery_of_order',
  text: `select id, kind, event_id, order_id, coalesce(message_id, '') as message_id,
      status::text as status
    from delivery where order_id = $1 order by begun_at, id`,
};

// An empty one is there, so that no later word takes its place.
const eraseMessageIds: Statement = {
  name: 'delivery_forget_names',
  text: `with named as (
      select id, coalesce(message_id, '') as message_id
        from delivery where order_id = $1 order by id for update
    )
    update delivery set message_id = '' from named
      where delivery.id = named.id returning named.message_id`,
};
