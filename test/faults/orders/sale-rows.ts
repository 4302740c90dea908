import type { EventId, LotId, OrderId } from '@ingressou/protocol';
import pg from 'pg';

/** What the database has of a sale besides its histories. */
export interface SaleRows {
  readonly tickets: readonly TicketRow[];
  readonly codes: readonly CodeRow[];
  readonly keys: readonly KeyRow[];
  readonly ledger: readonly LedgerRow[];
  readonly deliveries: readonly DeliveryRow[];
  readonly orders: readonly { readonly order_id: OrderId; readonly status: string }[];
  /** Dead jobs of a database that keeps the queues, and jobs that wait. */
  readonly jobs: readonly { readonly id: string; readonly is_dead: boolean }[];
}

export interface TicketRow {
  readonly event_id: EventId;
  readonly serial: number;
  readonly order_id: OrderId;
  readonly lot_id: LotId;
  readonly status: 'valid' | 'revoked';
  readonly revision: number;
}

export interface CodeRow {
  readonly event_id: EventId;
  readonly serial: number;
  readonly revision: number;
  readonly key_id: number;
  readonly code: string;
}

export interface KeyRow {
  readonly event_id: EventId;
  readonly key_id: number;
  readonly public_key: Buffer;
}

/** One account of one order. */
export interface LedgerRow {
  readonly order_id: string;
  readonly account: string;
  readonly cents: number;
}

export interface DeliveryRow {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
}

const statements = {
  tickets: 'select event_id, serial, order_id, lot_id, status, revision from ticket',
  codes: 'select event_id, serial::int, revision, key_id, code from ticket_code',
  keys: 'select event_id, key_id, public_key from ticket_key',
  ledger: `select order_id, account, sum(amount_cents)::float8 as cents from ledger_entry
    group by order_id, account`,
  deliveries: 'select id, kind, status from delivery',
  orders: 'select order_id, status from sale_order',
  jobs: 'select id, died_at is not null as is_dead from job',
} as const satisfies Record<keyof SaleRows, string>;

/** Reads it, of one moment, without any code of the product's store. */
export async function readSale(url: string): Promise<SaleRows> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    const read: [string, unknown[]][] = [];
    for (const [name, text] of Object.entries(statements)) {
      read.push([name, (await client.query(text)).rows as unknown[]]);
    }
    return Object.fromEntries(read) as unknown as SaleRows;
  } finally {
    await client.end();
  }
}
