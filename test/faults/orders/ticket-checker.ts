import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { EventId, LotId } from '@ingressou/protocol';
import { decodeTicket, eventNumber } from '@ingressou/protocol/ticket';
import type { FactOf } from '../../../src/domain/facts.ts';
import type { Stories } from './order-stories.ts';
import type { CodeRow, KeyRow, SaleRows, TicketRow } from './sale-rows.ts';

/** A serial as the history gave it out. */
interface Issued {
  readonly event: EventId;
  readonly serial: number;
  readonly order: string;
  readonly lot: LotId;
}

/** Each order has one set of tickets, serials are dense, and each code says what it must. */
export function brokenTickets(stories: Stories, rows: SaleRows): string[] {
  const issued = [...stories.orders.values()].flatMap(({ event, issued: facts }) =>
    facts.flatMap((fact) => serialsOf(event, fact)),
  );
  return [
    ...twice(stories),
    ...brokenSerials(issued),
    ...brokenRows(issued, stories, rows.tickets),
    ...brokenCodes(stories, rows),
  ];
}

function serialsOf(event: EventId, { order, from, items }: FactOf<'tickets_issued'>): Issued[] {
  const lots = items.flatMap(({ lot, quantity }) => Array.from({ length: quantity }, () => lot));
  return lots.map((lot, index) => ({ event, serial: from + index, order, lot }));
}

function twice({ orders }: Stories): string[] {
  return [...orders.values()].flatMap(({ order, issued, paid, status }) => {
    const isRight = issued.length === (paid.length > 0 ? 1 : 0);
    return isRight ? [] : [`Order ${order} (${status}) has ${issued.length} sets of tickets.`];
  });
}

function brokenSerials(issued: readonly Issued[]): string[] {
  const shows = new Map<EventId, number[]>();
  for (const { event, serial } of issued) shows.set(event, [...(shows.get(event) ?? []), serial]);
  return [...shows].flatMap(([event, serials]) => {
    const isDense = serials.sort((a, b) => a - b).every((serial, index) => serial === index + 1);
    return isDense ? [] : [`The serials of show ${event} are not dense.`];
  });
}

function brokenRows(
  issued: readonly Issued[],
  { refunds }: Stories,
  rows: readonly TicketRow[],
): string[] {
  const revoked = new Set(
    refunds.flatMap(({ event, due }) => due.serials.map((serial) => `${event} ${serial}`)),
  );
  const listed = new Map(rows.map((row) => [`${row.event_id} ${row.serial}`, row]));
  const broken = issued.flatMap(({ event, serial, order, lot }) => {
    const name = `${event} ${serial}`;
    const row = listed.get(name);
    const status = revoked.has(name) ? 'revoked' : 'valid';
    const isRight = row?.order_id === order && row.lot_id === lot && row.status === status;
    return isRight ? [] : [`Ticket ${name} is listed as ${row?.status} of ${row?.order_id}.`];
  });
  if (rows.length !== issued.length) {
    broken.push(`${rows.length} tickets are listed, and ${issued.length} were issued.`);
  }
  return broken;
}

function brokenCodes({ lots }: Stories, { tickets, codes, keys }: SaleRows): string[] {
  const known = new Map(codes.map((row) => [`${row.event_id} ${row.serial} ${row.revision}`, row]));
  const publicKeys = new Map(keys.map((row) => [`${row.event_id} ${row.key_id}`, keyOf(row)]));
  return tickets
    .filter(({ status }) => status === 'valid')
    .flatMap((ticket) => {
      const name = `${ticket.event_id} ${ticket.serial} ${ticket.revision}`;
      const code = known.get(name);
      if (code === undefined) return [`Ticket ${name} has no code.`];
      const key = publicKeys.get(`${code.event_id} ${code.key_id}`);
      const lot = lots.get(ticket.event_id)?.indexOf(ticket.lot_id) ?? -1;
      return isRightCode(code, lot, key) ? [] : [`The code of ticket ${name} is wrong.`];
    });
}

function isRightCode({ code, event_id, ...row }: CodeRow, lot: number, key?: KeyObject): boolean {
  const read = decodeTicket(code);
  if (typeof read === 'string' || key === undefined) return false;
  const { ticket, seal } = read;
  const isAbout =
    ticket.event === eventNumber(event_id) &&
    ticket.serial === row.serial &&
    ticket.revision === row.revision &&
    ticket.keyId === row.key_id &&
    ticket.lot === lot;
  return isAbout && verify(null, seal.message, key, seal.signature);
}

function keyOf({ public_key }: KeyRow): KeyObject {
  const x = public_key.toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}
