import type { Violation } from './history.ts';
import type { Entry, Ledger } from './ledger.ts';
import { Reference } from './reference.ts';
import type { World } from './world.ts';

/** How long after it is cancelled a show may still be undone. */
const undoMs = 5_000;

/**
 * When all is over, the money that the provider took is tickets or on its way back, each of it
 * once; what was on its way is back, what was issued is signed, and nobody has a ticket of a show
 * that does not take place.
 */
export function* auditMoney(world: World, ledger: Ledger): Generator<Violation> {
  const time = world.scheduler.now;
  const reference = new Reference();
  for (const { fact, row } of ledger.entries) reference.note(fact, row.at);
  for (const sentence of [
    ...auditCharges(world, ledger),
    ...auditSums(world, ledger, reference),
    ...auditEnds(reference),
    ...auditCancelled(world, ledger, reference),
  ]) {
    yield { time, sentence };
  }
}

function* auditCharges({ history }: World, ledger: Ledger): Generator<string> {
  for (const { event, charge, amountCents } of history.charges) {
    if (event !== ledger.event) continue;
    const [entry, ...more] = ledger.becameOf(charge);
    if (entry === undefined) yield `the money of ${charge} came to nothing`;
    if (more.length > 0) yield `the money of ${charge} came to ${more.length + 1} things`;
    const counted = entry && 'amountCents' in entry.fact ? entry.fact.amountCents : 0;
    if (entry && counted !== amountCents) yield `${charge} brought ${amountCents}, not ${counted}`;
  }
}

/** Money in is tickets out, or money out. */
function* auditSums(world: World, ledger: Ledger, reference: Reference): Generator<string> {
  let left = 0;
  for (const { event, amountCents } of world.history.charges) {
    if (event === ledger.event) left += amountCents;
  }
  for (const { lot, isValid } of reference.paperOrders.tickets) {
    const { priceCents = 0 } = reference.lots.get(lot) ?? {};
    if (isValid) left -= priceCents + reference.feeOf(lot);
  }
  for (const { fact } of ledger.entries) {
    const isOut = fact.type === 'refund_due' || fact.type === 'charged_back';
    if (isOut) left -= fact.amountCents;
  }
  if (left !== 0) yield `${left} cents came in that are neither tickets nor on their way back`;
}

function* auditEnds({ paperOrders }: Reference): Generator<string> {
  const { refunds, orders } = paperOrders;
  for (const [id, { isBack }] of refunds) if (!isBack) yield `the refund ${id} never came back`;
  for (const { id, charge, hasCodes } of orders.values()) {
    if (charge !== undefined && !hasCodes) yield `the tickets of order ${id} were never signed`;
  }
  if (paperOrders.isAwaiting()) yield 'the last payment was not followed by its tickets';
}

function* auditCancelled(world: World, ledger: Ledger, reference: Reference): Generator<string> {
  const entry = ledger.entries.find(({ fact }) => fact.type === 'show_cancelled');
  const { server, scheduler } = world;
  if (entry === undefined || server.clockAt(scheduler.now) < entry.row.at + undoMs) return;
  yield* auditWaiting(world, ledger, entry);
  for (const { id, status } of reference.paperOrders.orders.values()) {
    const isUndone = status !== 'pending' && status !== 'paid';
    if (!isUndone) yield `order ${id} of a cancelled show is still ${status}`;
  }
}

/** Nobody is left to wait until their time is over, once the world is calm. */
function* auditWaiting(world: World, ledger: Ledger, cancelled: Entry): Generator<string> {
  const { server, knobs } = world;
  const isLate = (time: number): boolean => {
    const since = Math.max(cancelled.row.at, server.clockAt(knobs.calmAtMs));
    return time > knobs.calmAtMs && server.clockAt(time) > since + undoMs;
  };
  for (const { fact, row } of ledger.entries) {
    const isLeft = fact.type === 'expired' && fact.order !== undefined;
    if (isLeft && isLate(row.durable.time)) yield `order ${fact.order} of a cancelled show expired`;
  }
}
