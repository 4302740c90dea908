import type { EventId, OrderId } from '@ingressou/protocol';
import { unpack } from '@ingressou/protocol';
import type { Fact } from '../../../src/domain/facts.ts';
import type { Journal } from '../../../src/ports/journal.ts';
import type { Database } from '../../../src/store/database.ts';
import { Samples, type Summary } from '../samples.ts';

/** When each step of an order was durable or done, in milliseconds since 1970. */
export interface OrderTimes {
  checkedOut?: number;
  /** There was something to pay with. */
  begun?: number;
  paid?: number;
  /** The codes of its tickets were there. */
  signed?: number;
  /** The mail with the tickets had left. */
  mailed?: number;
}

export type OrderMoment = keyof OrderTimes;

/** What happened to each order, by the times of the facts. */
export async function readTimes(
  journal: Journal,
  event: EventId,
): Promise<Map<OrderId, OrderTimes>> {
  const times = new Map<OrderId, OrderTimes>();
  const head = await journal.head(event);
  if (head === undefined) return times;
  for await (const { at, facts } of journal.read(event, 0, head.position)) {
    for (const fact of unpack(facts) as readonly Fact[]) note(times, fact, at);
  }
  return times;
}

/** Adds what one fact says. */
export function note(times: Map<OrderId, OrderTimes>, fact: Fact, at: number): void {
  switch (fact.type) {
    case 'checked_out':
      times.set(fact.id, { checkedOut: at });
      return;
    case 'payment_begun':
      return noteIn(times, fact.order, 'begun', at);
    case 'paid':
      return noteIn(times, fact.order, 'paid', at);
    case 'tickets_signed':
      return noteIn(times, fact.order, 'signed', at);
    default:
      return;
  }
}

/** The first time counts. */
function noteIn(
  times: Map<OrderId, OrderTimes>,
  order: OrderId,
  moment: OrderMoment,
  at: number,
): void {
  const known = times.get(order);
  if (known !== undefined) known[moment] ??= at;
}

/** Adds when the mails with the tickets had left, by the clock of the same database. */
export async function noteMails(
  times: Map<OrderId, OrderTimes>,
  database: Database,
  event: EventId,
): Promise<void> {
  for (const columns of await database.query(mails, [event])) {
    noteIn(times, String(columns.order_id) as OrderId, 'mailed', Number(columns.at));
  }
}

const mails = {
  name: 'bench_mails',
  text: `select order_id, round(extract(epoch from changed_at) * 1000)::bigint as at
    from delivery where event_id = $1 and kind = 'mail' and status >= 'accepted'`,
};

/** How long it took from one moment to another, over all orders that had both. */
export function between(times: Iterable<OrderTimes>, from: OrderMoment, to: OrderMoment): Summary {
  const samples = new Samples();
  for (const { [from]: begin, [to]: end } of times) {
    if (begin !== undefined && end !== undefined) samples.add(end - begin);
  }
  return samples.summary();
}

/** Orders that had a moment. */
export function countOf(times: Iterable<OrderTimes>, moment: OrderMoment): number {
  let count = 0;
  for (const each of times) if (each[moment] !== undefined) count += 1;
  return count;
}
