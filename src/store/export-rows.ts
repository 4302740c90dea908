import type { EventId, OrderId } from '@ingressou/protocol';
import {
  type CheckInRow,
  type ExportKind,
  type ExportRows,
  ExportsUnavailableError,
  type SaleRow,
  type TicketRow,
} from '../ports/exports.ts';
import type { LotSales } from '../ports/read-models.ts';
import { booleanIn, numberIn, textIn } from './columns.ts';
import type { Columns, Session, Statement, Value } from './database.ts';
import { lotSales } from './kept-orders.ts';
import { readModelStatements } from './read-model-statements.ts';

/** Rows of one statement: some hundred kilobytes. */
const pageRows = 1_000;

/** The lines of exports, out of the read models; by replicas where there are any. */
export class DatabaseExportRows implements ExportRows {
  readonly #lists: Session;

  constructor(lists: Session) {
    this.#lists = lists;
  }

  async count(event: EventId, kind: Exclude<ExportKind, 'half_price'>): Promise<number> {
    const [columns] = await this.#query(counts[kind], [event]);
    return columns === undefined ? 0 : numberIn(columns, 'rows');
  }

  sales(event: EventId): AsyncIterable<readonly SaleRow[]> {
    return this.#pages(event, selectSales, saleRow, ({ order }) => [order], [lowestId]);
  }

  tickets(event: EventId): AsyncIterable<readonly TicketRow[]> {
    return this.#pages(event, selectTickets, ticketRow, ({ serial }) => [serial], [0]);
  }

  checkIns(event: EventId): AsyncIterable<readonly CheckInRow[]> {
    const placeOf = ({ serial, checkpoint, entry }: CheckInRow) => [serial, checkpoint, entry];
    return this.#pages(event, selectCheckIns, checkInRow, placeOf, [0, '', 0]);
  }

  async lots(event: EventId): Promise<readonly LotSales[]> {
    return (await this.#query(readModelStatements.salesLately, [event])).map(lotSales);
  }

  /** Page after page, each behind the place of the last row of the one before. */
  async *#pages<Row>(
    event: EventId,
    statement: Statement,
    rowOf: (columns: Columns) => Row,
    placeOf: (row: Row) => readonly Value[],
    beginning: readonly Value[],
  ): AsyncIterable<readonly Row[]> {
    let place = beginning;
    for (;;) {
      const rows = (await this.#query(statement, [event, pageRows, ...place])).map(rowOf);
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows;
      if (rows.length < pageRows) return;
      place = placeOf(last);
    }
  }

  async #query(statement: Statement, values: readonly Value[]): Promise<Columns[]> {
    try {
      return await this.#lists.query(statement, values);
    } catch (cause) {
      throw new ExportsUnavailableError({ cause });
    }
  }
}

const lowestId = '00000000-0000-0000-0000-000000000000';

function saleRow(columns: Columns): SaleRow {
  return {
    order: textIn<OrderId>(columns, 'order_id'),
    status: textIn(columns, 'status'),
    method: textIn(columns, 'method'),
    createdAt: numberIn(columns, 'created_ms'),
    paidAt: timeIn(columns, 'paid_ms'),
    tickets: numberIn(columns, 'tickets'),
    ticketsCents: numberIn(columns, 'tickets_cents'),
    feeCents: numberIn(columns, 'fee_cents'),
    refundDueCents: numberIn(columns, 'refund_due_cents'),
    refundedCents: numberIn(columns, 'refunded_cents'),
  };
}

function ticketRow(columns: Columns): TicketRow {
  return {
    serial: numberIn(columns, 'serial'),
    order: textIn<OrderId>(columns, 'order_id'),
    sector: textIn(columns, 'sector'),
    lot: textIn(columns, 'name'),
    isHalf: booleanIn(columns, 'is_half'),
    priceCents: numberIn(columns, 'price_cents'),
    status: textIn(columns, 'status'),
    revision: numberIn(columns, 'revision'),
    issuedAt: numberIn(columns, 'issued_ms'),
    revokedAt: timeIn(columns, 'revoked_ms'),
  };
}

function checkInRow(columns: Columns): CheckInRow {
  return {
    serial: numberIn(columns, 'serial'),
    checkpoint: textIn(columns, 'checkpoint'),
    entry: numberIn(columns, 'entry_no'),
    verdict: textIn(columns, 'verdict'),
    gate: textIn(columns, 'gate'),
    device: textIn(columns, 'device'),
    at: numberIn(columns, 'at_ms'),
    isOffline: booleanIn(columns, 'is_offline'),
  };
}

function timeIn(columns: Columns, name: string): number | undefined {
  return columns[name] === null ? undefined : numberIn(columns, name);
}

const ms = (column: string) => `round(extract(epoch from ${column}) * 1000)::bigint`;

function counting(name: string, table: string): Statement {
  return {
    name: `export_count_${name}`,
    mayLag: true,
    text: `select count(*) as rows from ${table} where event_id = $1`,
  };
}

const counts = {
  sales: counting('sales', 'sale_order'),
  tickets: counting('tickets', 'ticket'),
  check_ins: counting('check_ins', 'check_in'),
} as const;

// Ids of orders are in the order of their times, and so are their rows in the primary key.
const selectSales: Statement = {
  name: 'export_sales',
  mayLag: true,
  text: `select order_id, status, method, ${ms('created_at')} as created_ms,
      ${ms('paid_at')} as paid_ms, tickets_cents, fee_cents, refund_due_cents, refunded_cents,
      (select count(*) from ticket where ticket.event_id = sale_order.event_id
        and ticket.order_id = sale_order.order_id) as tickets
    from sale_order where event_id = $1 and order_id > $3 order by order_id limit $2`,
};

const selectTickets: Statement = {
  name: 'export_tickets',
  mayLag: true,
  text: `select serial, order_id, sector, name, is_half, price_cents, status, revision,
      ${ms('issued_at')} as issued_ms, ${ms('revoked_at')} as revoked_ms
    from ticket join lot_sales using (event_id, lot_id)
    where event_id = $1 and serial > $3 order by serial limit $2`,
};

const selectCheckIns: Statement = {
  name: 'export_check_ins',
  mayLag: true,
  text: `select serial, checkpoint, entry_no, verdict, gate, device, is_offline,
      ${ms('at')} as at_ms
    from check_in where event_id = $1 and (serial, checkpoint, entry_no) > ($3, $4, $5)
    order by serial, checkpoint, entry_no limit $2`,
};
