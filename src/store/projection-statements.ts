import type { Statement } from './database.ts';

/** A parameter with the rows of one kind of change. */
const rows = (columns: string) => `jsonb_to_recordset($2::text::jsonb) as given (${columns})`;

const time = (ms: string) => `to_timestamp(${ms} / 1000)`;

/**
 * How a projection is written: one statement for each kind of change, however many rows it has.
 * Each says how many rows it wrote, because one that is missing means that the rows are not what
 * the facts made.
 */
export const projectionStatements = {
  /**
   * First, because it takes the lock that keeps others out. The rows can be made again, so the
   * commit does not wait for the disk; and a process that freezes in here does not keep the place.
   */
  move: {
    name: 'projection_move',
    text: `with lazily as (
        select set_config('synchronous_commit', 'off', true),
          set_config('idle_in_transaction_session_timeout', '1000', true)
      )
      update follower set position = $6 from lazily
      where event_id = $1 and name = $2 and owner = $3 and epoch = $4 and position = $5
      returning position`,
  },

  place: {
    name: 'projection_place',
    text: `select position from follower
      where event_id = $1 and name = $2 and owner = $3 and epoch = $4`,
  },

  newLots: {
    name: 'projection_new_lots',
    text: `insert into lot_sales
        (event_id, lot_id, opened, sector, name, price_cents, is_half, quantity, position)
      select $1, lot, position, sector, name, "priceCents", "isHalf", quantity, position
      from ${rows(`lot uuid, position bigint, sector text, name text, "priceCents" bigint,
        "isHalf" boolean, quantity integer`)}
      returning lot_id`,
  },

  lots: {
    name: 'projection_lots',
    text: `update lot_sales as kept set
        held = kept.held + given.held, sold = kept.sold + given.sold,
        refunded = kept.refunded + given.refunded,
        gross_cents = kept.gross_cents + given."grossCents",
        refunded_cents = kept.refunded_cents + given.refunded * kept.price_cents,
        position = given.position
      from ${rows(`lot uuid, position bigint, held integer, sold integer, refunded integer,
        "grossCents" bigint`)}
      where kept.event_id = $1 and kept.lot_id = given.lot
      returning kept.lot_id`,
  },

  newOrders: {
    name: 'projection_new_orders',
    text: `insert into sale_order (event_id, order_id, subject, hold_id, status, method,
        tickets_cents, fee_cents, lines, created_at, pay_by, position)
      select $1, "order", subject, hold, 'pending', method, "ticketsCents", "feeCents", lines,
        ${time('"createdAt"')}, ${time('"payBy"')}, position
      from ${rows(`"order" uuid, subject uuid, hold uuid, method text, "ticketsCents" bigint,
        "feeCents" bigint, lines jsonb, "createdAt" float8, "payBy" float8, position bigint`)}
      returning order_id`,
  },

  orders: {
    name: 'projection_orders',
    text: `update sale_order as kept set
        status = coalesce(given.status, kept.status),
        is_payable = coalesce(given."isPayable", kept.is_payable),
        refusal = case when given.refusal is null then kept.refusal
          else nullif(given.refusal, '') end,
        paid_at = coalesce(${time('given."paidAt"')}, kept.paid_at),
        charge = coalesce(given.charge, kept.charge),
        has_codes = coalesce(given."hasCodes", kept.has_codes),
        refund_due_cents = kept.refund_due_cents + given."refundDueCents",
        refunded_cents = kept.refunded_cents + given."refundedCents",
        position = given.position
      from ${rows(`"order" uuid, position bigint, status text, "isPayable" boolean, refusal text,
        "paidAt" float8, charge text, "hasCodes" boolean, "refundDueCents" bigint,
        "refundedCents" bigint`)}
      where kept.event_id = $1 and kept.order_id = given."order"
      returning kept.order_id`,
  },

  issued: {
    name: 'projection_issued',
    text: `insert into ticket (event_id, serial, order_id, lot_id, subject, issued_at, position)
      select $1, serial, "order", lot, subject, ${time('at')}, position
      from ${rows(`"from" integer, count integer, "order" uuid, lot uuid, subject uuid, at float8,
        position bigint`)},
        generate_series("from", "from" + count - 1) as serial
      returning serial`,
  },

  reissued: {
    name: 'projection_reissued',
    text: `update ticket as kept set revision = given.revision, position = given.position
      from ${rows('serial integer, revision integer, position bigint')}
      where kept.event_id = $1 and kept.serial = given.serial and kept.status = 'valid'
      returning kept.serial`,
  },

  revoked: {
    name: 'projection_revoked',
    text: `update ticket as kept set
        status = 'revoked', revoked_at = ${time('given.at')}, position = given.position
      from ${rows('serial integer, at float8, position bigint')}
      where kept.event_id = $1 and kept.serial = given.serial and kept.status = 'valid'
      returning kept.serial`,
  },

  /** After the tickets: an order is refunded when the last of its tickets is given back. */
  reduced: {
    name: 'projection_reduced',
    text: `update sale_order as kept set status = 'refunded'
      from ${rows('"order" uuid')}
      where kept.event_id = $1 and kept.order_id = given."order" and kept.status = 'paid'
        and not exists (select from ticket where ticket.event_id = $1
          and ticket.order_id = kept.order_id and ticket.status = 'valid')
      returning kept.order_id`,
  },

  checkIns: {
    name: 'projection_check_ins',
    text: `insert into check_in (event_id, serial, checkpoint, entry_no, verdict, device, gate, at,
        is_offline, position)
      select $1, serial, checkpoint, entry, verdict, device, gate, ${time('at')}, "isOffline",
        position
      from ${rows(`serial integer, checkpoint text, entry integer, verdict text, device uuid,
        gate text, at float8, "isOffline" boolean, position bigint`)}
      returning serial`,
  },

  entries: {
    name: 'projection_entries',
    text: `insert into ledger_entry (event_id, position, line, transaction_id, order_id, account,
        amount_cents, at)
      select $1, position, line, transaction, "order", account, "amountCents", ${time('at')}
      from ${rows(`position bigint, line smallint, transaction text, "order" uuid, account text,
        "amountCents" bigint, at float8`)}
      returning line`,
  },

  /** Whoever has the place loses it. Nobody gets it whose own lease is over. */
  restart: {
    name: 'projection_restart',
    text: `insert into follower as place (name, event_id, generation, owner, epoch)
      select $2, head.event_id, head.generation, $3, 1 from event_head head
      where head.event_id = $1 and exists (
        select from node_lease where node = $3 and expires_at > clock_timestamp())
      on conflict (event_id, name) do update
        set owner = excluded.owner, epoch = place.epoch + 1, generation = excluded.generation,
          position = 0
      returning position, generation, epoch`,
  },

  /** The ledger lets go of this one show's entries, in this transaction. */
  permit: {
    name: 'projection_permit',
    text: `select set_config('ingressou.rebuilds', $1, true)`,
  },

  /** A script, because it may take longer than a statement may. */
  forget: {
    name: 'projection_forget',
    text: ['ticket', 'check_in', 'sale_order', 'lot_sales', 'ledger_entry']
      .map((table) => {
        return `delete from ${table}
          where event_id = current_setting('ingressou.rebuilds')::uuid;`;
      })
      .join('\n'),
  },
} as const satisfies Record<string, Statement>;
