import type { EventId, OrderId, SubjectId } from '@ingressou/protocol';
import { assert } from '../domain/assert.ts';
import {
  type AddressUser,
  DetailsUnavailableError,
  type KeptDetails,
  type OrderDetails,
  type OrderDetailsStore,
  type OrderName,
  type OrderOwner,
  type OrderPeople,
} from '../ports/order-details.ts';
import type { CardPayment } from '../ports/payments.ts';
import { bytesIn, textIn } from './columns.ts';
import type { DataKey } from './data-keys.ts';
import type { Columns, Database, Session, Statement } from './database.ts';
import { SubjectKeys } from './subject-keys.ts';

/** Orders that one sweep looks at. */
const sweepMax = 1_000;
/** Orders that are opened together. */
const pageMax = 1_000;
/** Before every order. */
const lowestId = '00000000-0000-0000-0000-000000000000' as OrderId;

/** Details of orders in PostgreSQL, sealed with a key for each subject. */
export class SealedOrderDetails implements OrderDetailsStore {
  readonly #database: Database;
  readonly #keys: SubjectKeys;

  constructor(database: Database, master: DataKey) {
    this.#database = database;
    this.#keys = new SubjectKeys(master);
  }

  keep(order: OrderId, event: EventId, subject: SubjectId, details: OrderDetails, now: number) {
    return answered(
      this.#database.transaction(async (session) => {
        const key = await this.#keys.take(session, subject);
        const { people, card } = sealedParts(details, order, key);
        const digest = key.digest(bytesOf(details), placeOf(order));
        const values = [order, event, subject, people, card, digest, now];
        const kept = await session.query(insertDetails, values);
        if (kept.length > 0) return 'kept' as const;
        return await outcome(session, order, subject, digest);
      }),
    );
  }

  async has(order: OrderId, subject: SubjectId): Promise<boolean> {
    const rows = await answered(this.#database.query(selectHas, [order, subject]));
    return rows.length > 0;
  }

  async whose(order: OrderId): Promise<OrderOwner | undefined> {
    const [columns] = await answered(this.#database.query(selectWhose, [order]));
    return columns && ownerIn(columns);
  }

  async read(order: OrderId): Promise<KeptDetails | undefined> {
    const [columns] = await answered(this.#database.query(selectDetails, [order]));
    return columns && this.#opened(columns, order);
  }

  async people(orders: readonly OrderId[]): Promise<ReadonlyMap<OrderId, OrderPeople>> {
    assert(orders.length <= pageMax, 'people are asked for by the page');
    const rows = await answered(this.#database.query(selectPeople, [listOf(orders)]));
    return new Map(
      rows.map((columns) => {
        const order = textIn<OrderId>(columns, 'order_id');
        const key = this.#keys.open(bytesIn(columns, 'wrapped'), textIn(columns, 'subject'));
        return [order, peopleIn(columns, order, key)];
      }),
    );
  }

  async forgetCard(order: OrderId): Promise<void> {
    await answered(this.#database.query(updateCard, [order]));
  }

  async erase(subject: SubjectId): Promise<void> {
    await answered(
      this.#database.transaction(async (session) => {
        await this.#keys.erase(session, subject);
        await session.query(deleteOfSubject, [subject]);
      }),
    );
  }

  async toldBy(subject: SubjectId): Promise<readonly OrderName[]> {
    return (await answered(this.#database.query(selectOfSubject, [subject]))).map(nameIn);
  }

  async usersOf(email: string): Promise<readonly AddressUser[]> {
    const wanted = email.trim().toLowerCase();
    const users = new Map<SubjectId, { orders: number; otherOrders: number }>();
    for await (const columns of this.#all()) {
      const { subject, buyer } = this.#opened(columns, textIn<OrderId>(columns, 'order_id'));
      const user = users.get(subject) ?? { orders: 0, otherOrders: 0 };
      if (buyer.email.toLowerCase() === wanted) user.orders += 1;
      else user.otherOrders += 1;
      users.set(subject, user);
    }
    const all = [...users].map(([subject, counts]) => ({ subject, ...counts }));
    return all.filter(({ orders }) => orders > 0);
  }

  async sweep(
    olderThan: number,
    known: (orders: readonly OrderName[]) => Promise<ReadonlySet<OrderId>>,
  ): Promise<number> {
    const rows = await answered(this.#database.query(selectUnused, [olderThan, sweepMax]));
    const orders = rows.map(nameIn);
    if (orders.length === 0) return 0;
    const made = await known(orders);
    const unmade = orders.map(({ order }) => order).filter((order) => !made.has(order));
    await answered(this.#database.query(updateUsed, [listOf([...made])]));
    await answered(this.#database.query(deleteUnused, [listOf(unmade)]));
    return orders.length;
  }

  /** Every row in the order of the key, a page at a time. */
  async *#all(): AsyncGenerator<Columns> {
    for (let last = lowestId; ; ) {
      const page = await answered(this.#database.query(selectPage, [last, pageMax]));
      yield* page;
      const end = page.at(-1);
      if (end === undefined || page.length < pageMax) return;
      last = textIn<OrderId>(end, 'order_id');
    }
  }

  #opened(columns: Columns, order: OrderId): KeptDetails {
    const owner = ownerIn(columns);
    const key = this.#keys.open(bytesIn(columns, 'wrapped'), owner.subject);
    const { buyer, holders } = peopleIn(columns, order, key);
    if (columns.card === null) return { ...owner, buyer, holders };
    const card = parsed(key.open(bytesIn(columns, 'card'), cardPlaceOf(order))) as CardPayment;
    return { ...owner, buyer, holders, card };
  }
}

function nameIn(columns: Columns): OrderName {
  return {
    order: textIn<OrderId>(columns, 'order_id'),
    event: textIn<EventId>(columns, 'event_id'),
  };
}

function peopleIn(columns: Columns, order: OrderId, key: DataKey): OrderPeople {
  return parsed(key.open(bytesIn(columns, 'people'), placeOf(order))) as OrderPeople;
}

function ownerIn(columns: Columns): OrderOwner {
  return {
    event: textIn<EventId>(columns, 'event_id'),
    subject: textIn<SubjectId>(columns, 'subject'),
  };
}

function sealedParts({ buyer, holders, card }: OrderDetails, order: OrderId, key: DataKey) {
  return {
    people: key.seal(bytesOf({ buyer, holders }), placeOf(order)),
    card: card === undefined ? null : key.seal(bytesOf(card), cardPlaceOf(order)),
  };
}

/** There is a row already: whose is it, and does it say the same? */
async function outcome(session: Session, order: OrderId, subject: SubjectId, digest: Uint8Array) {
  const [columns] = await session.query(selectDigest, [order]);
  if (columns === undefined) return 'taken';
  if (textIn(columns, 'subject') !== subject) return 'taken';
  const isSame = Buffer.compare(bytesIn(columns, 'digest'), digest) === 0;
  return isSame ? 'kept' : 'changed_too_late';
}

function placeOf(order: OrderId): string {
  return `order_details:${order}`;
}

function cardPlaceOf(order: OrderId): string {
  return `order_details.card:${order}`;
}

function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function parsed(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}

/** Ids as the text of a PostgreSQL array; they need no quotes. */
function listOf(ids: readonly string[]): string {
  return `{${ids.join(',')}}`;
}

async function answered<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (cause) {
    throw new DetailsUnavailableError({ cause });
  }
}

const insertDetails: Statement = {
  name: 'order_details_keep',
  text: `insert into order_details (order_id, event_id, subject, people, card, digest, kept_at)
    values ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000))
    on conflict do nothing returning order_id`,
};

const selectDigest: Statement = {
  name: 'order_details_digest',
  text: 'select subject, digest from order_details where order_id = $1',
};

const selectHas: Statement = {
  name: 'order_details_has',
  text: 'select 1 as found from order_details where order_id = $1 and subject = $2',
};

const selectWhose: Statement = {
  name: 'order_details_whose',
  text: 'select event_id, subject from order_details where order_id = $1',
};

const selectDetails: Statement = {
  name: 'order_details_read',
  text: `select event_id, subject, people, card, wrapped
    from order_details join subject_key using (subject) where order_id = $1`,
};

const selectPeople: Statement = {
  name: 'order_details_people',
  text: `select order_id, subject, people, wrapped
    from order_details join subject_key using (subject) where order_id = any($1::uuid[])`,
};

const updateCard: Statement = {
  name: 'order_details_forget_card',
  text: 'update order_details set card = null where order_id = $1',
};

const deleteOfSubject: Statement = {
  name: 'order_details_erase',
  text: 'delete from order_details where subject = $1',
};

const selectOfSubject: Statement = {
  name: 'order_details_of_subject',
  text: 'select order_id, event_id from order_details where subject = $1 order by order_id',
};

const selectPage: Statement = {
  name: 'order_details_page',
  text: `select order_id, event_id, subject, people, null as card, wrapped
    from order_details join subject_key using (subject)
    where order_id > $1 order by order_id limit $2`,
};

const selectUnused: Statement = {
  name: 'order_details_unused',
  text: `select order_id, event_id from order_details
    where not is_used and kept_at < to_timestamp($1::float8 / 1000) order by kept_at limit $2`,
};

const updateUsed: Statement = {
  name: 'order_details_used',
  text: 'update order_details set is_used = true where order_id = any($1::uuid[])',
};

const deleteUnused: Statement = {
  name: 'order_details_sweep',
  text: 'delete from order_details where order_id = any($1::uuid[])',
};
