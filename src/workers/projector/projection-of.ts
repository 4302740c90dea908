import type { Fact, FactOf } from '../../domain/facts.ts';
import type {
  CheckIn,
  IssuedTickets,
  LedgerEntry,
  NewLot,
  Projection,
  ReissuedTicket,
  RevokedTicket,
} from '../../ports/projection.ts';
import type { FollowedFacts } from '../follow/work.ts';
import { entriesOf } from './ledger-entries.ts';
import { LotChanges } from './lot-changes.ts';
import { OrderChanges } from './order-changes.ts';

/** What a page of facts changes in the read models. Pure: from facts alone, without any state. */
export function projectionOf({ event, from, to, facts }: FollowedFacts): Projection {
  const lots = new LotChanges();
  const orders = new OrderChanges();
  const newLots: NewLot[] = [];
  const issued: IssuedTickets[] = [];
  const reissued = new Map<number, ReissuedTicket>();
  const revoked: RevokedTicket[] = [];
  const checkIns: CheckIn[] = [];
  const entries: LedgerEntry[] = [];
  for (const { fact, position, at } of facts) {
    lots.add(fact, position);
    orders.add(fact, position, at);
    for (const entry of entriesOf(fact, position, at)) entries.push(entry);
    for (const checkIn of checkInsOf(fact, position, at)) checkIns.push(checkIn);
    if (fact.type === 'lot_opened') newLots.push(newLot(fact, position));
    if (fact.type === 'tickets_issued') issued.push(...issuedTickets(fact, position, at));
    if (fact.type === 'ticket_bound' || fact.type === 'ticket_freed') {
      const { serial, revision } = fact;
      reissued.set(serial, { serial, revision, position });
    }
    if (fact.type === 'refund_due' || fact.type === 'charged_back') {
      for (const serial of fact.serials) revoked.push({ serial, at, position });
    }
  }
  const { made: newOrders } = orders;
  const changes = { newLots, lots: lots.values(), newOrders, orders: orders.values() };
  const tickets = { issued, reissued: [...reissued.values()], revoked };
  return { event, from, to, ...changes, ...tickets, checkIns, entries };
}

function newLot(fact: FactOf<'lot_opened'>, position: number): NewLot {
  const { id: lot, priceCents, isHalf, quantity } = fact;
  const names = { sector: plainText(fact.sector), name: plainText(fact.name) };
  return { lot, ...names, priceCents, isHalf, quantity, position };
}

/** Serials are given to the units in the order of the items. */
function issuedTickets(
  { order, subject, items, from }: FactOf<'tickets_issued'>,
  position: number,
  at: number,
): IssuedTickets[] {
  let next = from;
  return items.map(({ lot, quantity: count }) => {
    const first = next;
    next += count;
    return { from: first, count, order, lot, subject, at, position };
  });
}

/** Ways in with a ticket; what comes out of several logs has its numbers from the show. */
function checkInsOf(fact: Fact, position: number, at: number): CheckIn[] {
  if (fact.type === 'scanned' && fact.serial !== undefined && fact.entry > 0) {
    const { serial, checkpoint, entry, verdict, device, gate } = fact;
    const about = { serial, checkpoint, entry, verdict, device, gate };
    return [{ at, isOffline: false, position, ...about }];
  }
  if (fact.type !== 'scans_merged') return [];
  return fact.entries.map((each) => ({ device: fact.device, position, ...each }));
}

/** A database keeps neither a zero nor half a character; a journal may have both. */
function plainText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8').replaceAll('\0', '\ufffd');
}
