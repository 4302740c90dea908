import type { Statement } from './database.ts';

// Times leave the database as they came in, in milliseconds.
function ms(column: string): string {
  return `round(extract(epoch from ${column}) * 1000)::bigint as ${column}`;
}

function time(parameter: string): string {
  return `to_timestamp(${parameter}::float8 / 1000)`;
}

const attempt = `order_id, attempt, event_id, method, amount, ${ms('made_at')}, ${ms('pay_by')},
  provider_order`;
const charge = `id, order_id, event_id, attempt, provider_order, method, status, amount, paid,
  refunded, pix_code, ${ms('pix_expires_at')}, refusal`;
const refund = `id, order_id, event_id, charge_id, amount, status, tries, answer,
  ${ms('next_try_at')}`;

const saveAttempt: Statement = {
  name: 'payment_save_attempt',
  text: `insert into payment (order_id, attempt, event_id, method, amount, made_at, pay_by,
      provider_order, next_check_at)
    values ($1, $2, $3, $4, $5, ${time('$6')}, ${time('$7')}, $8, ${time('$9')})
    on conflict (order_id, attempt) do update
      set provider_order = coalesce(payment.provider_order, excluded.provider_order)`,
};

const attempts: Statement = {
  name: 'payment_attempts',
  text: `select ${attempt} from payment where order_id = $1 order by attempt`,
};

// Each column of a charge only grows, and `greatest` takes null for least: told in any order it ends
// in the same.
const noteCharge: Statement = {
  name: 'payment_note_charge',
  text: `insert into charge (id, order_id, event_id, attempt, provider_order, method, status, rank,
      amount, paid, refunded, pix_code, pix_expires_at, refusal)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, ${time('$13')}, $14)
    on conflict (id) do update set
      order_id = greatest(charge.order_id, excluded.order_id),
      event_id = greatest(charge.event_id, excluded.event_id),
      attempt = greatest(charge.attempt, excluded.attempt),
      provider_order = greatest(charge.provider_order, excluded.provider_order),
      method = greatest(charge.method, excluded.method),
      status = case when excluded.rank > charge.rank then excluded.status else charge.status end,
      rank = greatest(charge.rank, excluded.rank),
      amount = greatest(charge.amount, excluded.amount),
      paid = greatest(charge.paid, excluded.paid),
      refunded = greatest(charge.refunded, excluded.refunded),
      pix_code = greatest(charge.pix_code, excluded.pix_code),
      pix_expires_at = greatest(charge.pix_expires_at, excluded.pix_expires_at),
      refusal = greatest(charge.refusal, excluded.refusal)
    returning ${charge}`,
};

const charges: Statement = {
  name: 'payment_charges',
  text: `select ${charge} from charge where order_id = $1 order by attempt, id`,
};

// Rows that another poller has in hand are its own.
const due: Statement = {
  name: 'payment_due',
  text: `select ${attempt} from payment where next_check_at <= ${time('$1')}
    order by payment.next_check_at limit $2 for update skip locked`,
};

const setNext: Statement = {
  name: 'payment_set_next',
  text: `update payment set next_check_at = ${time('next')}
    from unnest($1::uuid[], $2::int[], $3::float8[]) as later (order_id, attempt, next)
    where payment.order_id = later.order_id and payment.attempt = later.attempt`,
};

const endChecks: Statement = {
  name: 'payment_end_checks',
  text: 'update payment set next_check_at = null where order_id = $1 and attempt = $2',
};

const checkAgain: Statement = {
  name: 'payment_check_again',
  text: `update payment set next_check_at = least(next_check_at, ${time('$3')})
    where order_id = $1 and attempt = $2`,
};

const saveRefund: Statement = {
  name: 'payment_save_refund',
  text: `insert into refund (id, order_id, event_id, charge_id, amount, status, tries, answer,
      next_try_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, ${time('$9')})
    on conflict (id) do update set status = excluded.status, tries = excluded.tries,
      answer = excluded.answer, next_try_at = excluded.next_try_at
      where refund.status <> 'done'`,
};

const refunds: Statement = {
  name: 'payment_refunds',
  text: `select ${refund} from refund where order_id = $1 order by id`,
};

const refundsDue: Statement = {
  name: 'payment_refunds_due',
  text: `update refund set next_try_at = ${time('$3')} where id in (
      select id from refund where status in ('due', 'sent') and next_try_at <= ${time('$1')}
        order by next_try_at limit $2 for update skip locked)
    returning ${refund}`,
};

const strays: Statement = {
  name: 'payment_strays',
  text: `select ${charge} from charge where paid > refunded
      and not exists (select from payment
        where payment.order_id = charge.order_id and payment.attempt = charge.attempt)
      and not exists (select from refund where refund.charge_id = charge.id)
    order by id limit $1`,
};

export const paymentStatements = {
  saveAttempt,
  attempts,
  noteCharge,
  charges,
  due,
  setNext,
  endChecks,
  checkAgain,
  saveRefund,
  refunds,
  refundsDue,
  strays,
};
