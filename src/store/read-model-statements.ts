import type { Statement } from './database.ts';

/** Times leave the database as they came in, in milliseconds. */
const ms = (column: string) => `round(extract(epoch from ${column}) * 1000)::bigint`;

const orderColumns = `event_id, order_id, subject, hold_id, status, method, tickets_cents,
  fee_cents, lines::text as lines, ${ms('created_at')} as created_at, ${ms('pay_by')} as pay_by,
  is_payable, refusal, ${ms('paid_at')} as paid_at, has_codes, refund_due_cents, refunded_cents,
  position,
  (select coalesce(jsonb_agg(jsonb_build_object('serial', serial, 'lot', lot_id,
      'status', status, 'revision', revision) order by serial), '[]')::text
    from ticket where ticket.event_id = sale_order.event_id
      and ticket.order_id = sale_order.order_id) as tickets`;

const sales = `select lot_id, sector, name, price_cents, is_half, quantity, held, sold, refunded,
    gross_cents, refunded_cents
  from lot_sales where event_id = $1 order by opened`;

/** All that is ever asked of the read models. */
export const readModelStatements = {
  position: {
    name: 'read_position',
    text: 'select generation, position from follower where event_id = $1 and name = $2',
  },

  order: {
    name: 'read_order',
    text: `select ${orderColumns} from sale_order where event_id = $1 and order_id = $2`,
  },

  firstOrders: {
    name: 'read_first_orders',
    mayLag: true,
    text: `select ${orderColumns} from sale_order where subject = $1
      order by sale_order.created_at desc, order_id desc limit $2`,
  },

  nextOrders: {
    name: 'read_next_orders',
    mayLag: true,
    text: `select ${orderColumns} from sale_order
      where subject = $1 and (created_at, order_id) < (to_timestamp($3::float8 / 1000), $4)
      order by sale_order.created_at desc, order_id desc limit $2`,
  },

  tickets: {
    name: 'read_tickets',
    text: `select serial, lot_id, status, revision from ticket
      where event_id = $1 and order_id = $2 order by serial`,
  },

  sales: { name: 'read_sales', text: sales },
  /** The same from wherever lists are read. */
  salesLately: { name: 'read_sales_lately', mayLag: true, text: sales },
} as const satisfies Record<string, Statement>;
