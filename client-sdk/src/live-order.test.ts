import { WebSocket } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { newId, type OpenShow, openNode, type TestNode } from '../../test/setup/node.ts';
import { SimulatedMoney } from '../../test/setup/simulated-money.ts';
import { TcpProxy } from '../../test/setup/tcp-proxy.ts';
import { untilShow, untilState } from '../test/until.ts';
import { type Connection, connect } from './connection.ts';
import type { OrderDetails } from './order-details.ts';

// Orders on a real node with its simulated provider, over a line that breaks when told to.

const dayMs = 24 * 60 * 60 * 1000;

let node: TestNode;
let money: SimulatedMoney;
let proxy: TcpProxy;
let show: OpenShow;
let connection: Connection;

beforeAll(async () => {
  const port = await freePort();
  // A database of its own: on a shared one another test's workers might take the payments.
  node = await openNode({
    databaseUrl: undefined,
    provider: { type: 'simulator', port, payAfterMs: dayMs },
  });
  money = new SimulatedMoney(port);
});
afterAll(() => node.stop());

beforeEach(async () => {
  const startsAt = Date.now() + 30 * dayMs;
  show = await node.createShow({ lots: [{ quantity: 10 }], feeBasisPoints: 1_000, startsAt });
  proxy = new TcpProxy(node.url);
  const url = await proxy.open();
  const token = await node.mintToken({ role: 'CLIENTE' });
  connection = connect({ url, token, webSocket: WebSocket });
});
afterEach(async () => {
  connection.close();
  await proxy.close();
});

describe('an order', () => {
  it('goes from a hold to tickets and back, though the line breaks', async () => {
    const { orders } = connection;
    const handle = connection.event(show.event);
    const [lot = ''] = show.lots;
    const reserved = await handle.reserve([{ lot, quantity: 2 }]);
    if (!reserved.accepted) throw new Error(reserved.reason);
    const id = orders.newId();
    await orders.tellDetails(id, details(2));
    // The same again is no harm.
    await orders.tellDetails(id, details(2));
    const made = await handle.checkout(reserved.hold.id, 'pix', { id });
    expect(made).toMatchObject({ accepted: true, order: id });
    const { pix, amountCents } = await orders.payment(id);
    expect(amountCents).toBe(22_000);
    expect(pix?.code).toMatch(/^000201/);
    expect(pix?.qrSvg).toContain('<svg');

    handle.watch(() => {});
    await untilShow(handle, (view) => view.orders[0]?.status === 'pending');
    const paid = orders.waitFor(id, 'paid');
    proxy.cut();
    await money.payNewest();
    expect(await paid).toMatchObject({ id, status: 'paid', ticketsCents: 20_000, feeCents: 2_000 });

    const tickets = await orders.tickets(id);
    expect(tickets.map(({ serial, status }) => [serial, status])).toEqual([
      [1, 'valid'],
      [2, 'valid'],
    ]);
    expect(tickets.every(({ code, qrSvg }) => code !== undefined && qrSvg !== undefined)).toBe(
      true,
    );
    expect(await orders.list()).toMatchObject([{ id, event: show.event, status: 'paid' }]);

    await untilState(connection, 'live');
    expect(await handle.refund(id, [1])).toEqual({ accepted: true });
    await untilShow(handle, (view) => view.orders[0]?.refundedCents === 11_000);
    expect(await handle.refund(id)).toEqual({ accepted: true });
    expect(await orders.waitFor(id, 'refunded')).toMatchObject({ status: 'refunded' });
  });

  it('is refused with the fields that are wrong', async () => {
    const { orders } = connection;
    const { buyer, ...rest } = details(1);
    const wrong = { ...rest, buyer: { ...buyer, cpf: '529.982.247-24', phone: '1' } };
    const telling = orders.tellDetails(orders.newId(), wrong);
    await expect(telling).rejects.toMatchObject({
      code: 'invalid_fields',
      errors: [{ pointer: '/buyer/cpf' }, { pointer: '/buyer/phone' }],
    });
  });

  it('is not made before anybody told who buys, and is given up with its hold', async () => {
    const { orders } = connection;
    const handle = connection.event(show.event);
    const [lot = ''] = show.lots;
    const reserved = await handle.reserve([{ lot, quantity: 1 }]);
    if (!reserved.accepted) throw new Error(reserved.reason);
    const id = orders.newId();
    const early = await handle.checkout(reserved.hold.id, 'pix', { id });
    expect(early).toMatchObject({ accepted: false, reason: 'details_missing' });
    await orders.tellDetails(id, details(1));
    await handle.checkout(reserved.hold.id, 'pix', { id });
    expect(await handle.cancel(id)).toEqual({ accepted: true });
    const view = await untilShow(handle, ({ lots }) => lots[0]?.available === 10);
    expect(view.holds.filter(({ status }) => status === 'held')).toEqual([]);
    expect(await orders.waitFor(id, 'paid')).toMatchObject({ id, status: 'cancelled' });
  });

  it('of somebody else is as good as none', async () => {
    const { orders } = connection;
    const lonely = connect({
      url: node.url,
      token: await node.mintToken({ role: 'CLIENTE' }),
      webSocket: WebSocket,
      commandDeadlineMs: 500,
    });
    const id = orders.newId();
    await orders.tellDetails(id, details(1));
    await expect(lonely.orders.payment(id)).rejects.toMatchObject({ code: 'order_not_found' });
    await expect(lonely.orders.tickets(newId())).rejects.toMatchObject({ status: 404 });
    lonely.close();
  });
});

function details(units: number): OrderDetails {
  return {
    event: show.event,
    buyer: {
      name: 'Ana Lima',
      email: 'ana@example.com',
      cpf: '529.982.247-25',
      phone: '(11) 98765-4321',
    },
    holders: Array.from({ length: units }, () => ({ name: 'Ana Lima' })),
  };
}
