import type { EventId, NodeId, OrderId, SubjectId, TicketView } from '@ingressou/protocol';
import type { Clock } from '../ports/clock.ts';
import type { Place } from '../ports/followers.ts';
import type { Projection } from '../ports/projection.ts';
import {
  hasReached,
  type KeptOrder,
  type LotSales,
  type OrderCursor,
  type OrderPage,
  type Point,
  projectorName,
  type ReadModels,
  ReadModelsBrokenError,
  ReadModelsUnavailableError,
} from '../ports/read-models.ts';
import { numberIn } from './columns.ts';
import { type Database, type Session, StatementError } from './database.ts';
import { keptOrder, lotSales, ticketView } from './kept-orders.ts';
import { restartProjection, writeProjection } from './projections.ts';
import { readModelStatements as statements } from './read-model-statements.ts';

export interface ReadModelsOptions {
  /** What is written, and read by those who have seen something newer. */
  readonly database: Database;
  /** What may lag is read here: where replicas are. */
  readonly lists?: Session;
  readonly clock: Pick<Clock, 'monotonic' | 'after'>;
}

/** How long a reader waits for what it has seen elsewhere, and how often it looks. */
const waitMs = 50;
const lookMs = 5;
/** Orders of one page at most. */
const pageMax = 100;

/** The read models in PostgreSQL. */
export class DatabaseReadModels implements ReadModels {
  readonly #options: ReadModelsOptions;
  readonly #database: Database;
  readonly #lists: Session;

  constructor(options: ReadModelsOptions) {
    this.#options = options;
    this.#database = options.database;
    this.#lists = options.lists ?? options.database;
  }

  project(place: Place, projection: Projection): Promise<Place | undefined> {
    return answered(writeProjection(this.#database, place, projection));
  }

  restart(event: EventId, node: NodeId): Promise<Place | undefined> {
    return answered(restartProjection(this.#database, event, node));
  }

  positionOf(event: EventId): Promise<Point> {
    return answered(this.#positionOf(event));
  }

  order(event: EventId, order: OrderId, asOf?: Point): Promise<KeptOrder | undefined | 'behind'> {
    return this.#read(event, asOf, async () => {
      const [columns] = await this.#database.query(statements.order, [event, order]);
      return columns && keptOrder(columns);
    });
  }

  async ordersOf(subject: SubjectId, max: number, after?: OrderCursor): Promise<OrderPage> {
    const size = Math.min(max, pageMax);
    // One more than wanted tells whether there is another page.
    const rows = await answered(
      after === undefined
        ? this.#lists.query(statements.firstOrders, [subject, size + 1])
        : this.#lists.query(statements.nextOrders, [
            subject,
            size + 1,
            after.createdAt,
            after.order,
          ]),
    );
    const orders = rows.slice(0, size).map(keptOrder);
    const last = orders.at(-1);
    if (rows.length <= size || last === undefined) return { orders };
    return { orders, next: { createdAt: last.createdAt, order: last.order.id } };
  }

  ticketsOf(event: EventId, order: OrderId, asOf?: Point): Promise<TicketView[] | 'behind'> {
    return this.#read(event, asOf, async () => {
      const tickets = await this.#database.query(statements.tickets, [event, order]);
      return tickets.map(ticketView);
    });
  }

  salesOf(event: EventId, asOf?: Point): Promise<LotSales[] | 'behind'> {
    return this.#read(event, asOf, async () => {
      const lots =
        asOf === undefined
          ? await this.#lists.query(statements.salesLately, [event])
          : await this.#database.query(statements.sales, [event]);
      return lots.map(lotSales);
    });
  }

  #read<T>(event: EventId, asOf: Point | undefined, read: () => Promise<T>): Promise<T | 'behind'> {
    const reply = async (): Promise<T | 'behind'> => {
      return (await this.#isThere(event, asOf)) ? await read() : 'behind';
    };
    return answered(reply());
  }

  /** Waits a moment for the rows to come that far. */
  async #isThere(event: EventId, asOf: Point | undefined): Promise<boolean> {
    if (asOf === undefined) return true;
    const { clock } = this.#options;
    const until = clock.monotonic() + waitMs;
    for (;;) {
      if (hasReached(await this.#positionOf(event), asOf)) return true;
      if (clock.monotonic() >= until) return false;
      await new Promise<void>((resolve) => clock.after(lookMs, resolve));
    }
  }

  async #positionOf(event: EventId): Promise<Point> {
    const [place] = await this.#database.query(statements.position, [event, projectorName]);
    if (place === undefined) return { generation: 1, position: 0 };
    return { generation: numberIn(place, 'generation'), position: numberIn(place, 'position') };
  }
}

/** SQLSTATE class 23: a row breaks a rule of its table. */
const integrityClass = '23';

async function answered<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (cause) {
    if (cause instanceof ReadModelsBrokenError) throw cause;
    if (cause instanceof StatementError && cause.code.startsWith(integrityClass)) {
      throw new ReadModelsBrokenError(`A projection does not fit: ${cause.message}`, { cause });
    }
    throw new ReadModelsUnavailableError({ cause });
  }
}
