import { type Connection, connect } from '@ingressou/client-sdk';
import { limits, type OrderId, type SubjectId } from '@ingressou/protocol';
import { WebSocket } from 'undici';
import { newId, type OpenShow, type TestNode } from './node.ts';

/** Whoever buys here. */
export const buyer = {
  name: 'Ana Souza',
  email: 'ana.souza@example.com',
  // A number with right check digits that is nobody's.
  cpf: '529.982.247-25',
  phone: '61 99999-9999',
};

/** Who buys, and who comes. */
export interface Buyers {
  /** Absent: somebody new. */
  readonly subject?: SubjectId;
  /** Of the holders; those that are missing have the buyer's. */
  readonly names?: readonly string[];
}

/**
 * Buys tickets as people do, and returns their codes. The node's provider must pay by itself, and
 * the show must sell that many to one person.
 */
export async function buyCodes(
  house: TestNode,
  show: OpenShow,
  count: number,
  lot = 0,
  { subject = newId<SubjectId>(), names = [] }: Buyers = {},
): Promise<string[]> {
  const token = await house.mintToken({ role: 'CLIENTE', subject });
  const connection = connect({ url: house.url, token, webSocket: WebSocket });
  try {
    const codes: string[] = [];
    while (codes.length < count) {
      const quantity = Math.min(limits.holdQuantityMax, count - codes.length);
      const places = names.slice(codes.length, codes.length + quantity);
      const [order] = await buyTickets(connection, show, quantity, lot, places);
      codes.push(...(await connection.orders.tickets(order)).map(({ code = '' }) => code));
    }
    return codes;
  } finally {
    connection.close();
  }
}

/** The same for somebody who is there already: the order and its serials. */
export async function buyTickets(
  connection: Pick<Connection, 'orders' | 'event'>,
  show: OpenShow,
  quantity: number,
  lot = 0,
  names: readonly string[] = [],
): Promise<[OrderId, number[]]> {
  const { orders } = connection;
  const event = connection.event(show.event);
  const held = await event.reserve([{ lot: show.lots[lot] ?? '', quantity }]);
  if (!held.accepted) throw new Error(`Nothing is held: ${held.reason}.`);
  const id = orders.newId();
  const holders = Array.from({ length: quantity }, (_, at) => ({ name: names[at] ?? buyer.name }));
  await orders.tellDetails(id, { event: show.event, buyer, holders });
  const made = await event.checkout(held.hold.id, 'pix', { id });
  if (!made.accepted) throw new Error(`No order was made: ${made.reason}.`);
  const { tickets } = await orders.waitFor(id, 'paid');
  return [id, tickets.map(({ serial }) => serial)];
}
