import { type HoldId, type OrderId, type OrderView, timeOfId } from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ScriptedAnswer, ScriptedHttp } from '../test/scripted-http.ts';
import { event, lot, Stage } from '../test/stage.ts';
import { settled } from '../test/virtual-clock.ts';
import { ConnectionEndedError, MisuseError, RequestError } from './errors.ts';
import type { OrderDetails } from './order-details.ts';

const order = '00000000-0000-7000-8000-0000000000ff' as OrderId;
const path = `http://localhost/v1/orders/${order}`;
const details: OrderDetails = {
  event,
  buyer: { name: 'Ana', email: 'ana@example.com', cpf: '52998224725', phone: '11987654321' },
  holders: [{ name: 'Ana' }],
};

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

describe('orders over HTTP', () => {
  it('are named by the time, each by another name', () => {
    const connection = stage.open({
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    });
    const [a, b] = [connection.orders.newId(), connection.orders.newId()];
    expect(timeOfId(a)).toBe(stage.clock.now());
    expect(a).not.toBe(b);
  });

  it('take the details of who buys', async () => {
    const { orders, http } = connected([{ status: 200 }]);
    await orders.tellDetails(order, details);
    expect(http.heard).toMatchObject([{ method: 'POST', url: `${path}/details`, body: details }]);
  });

  it('wait for a PIX code that is not there yet', async () => {
    const pix = { code: '00020101', expiresAt: 9, qrSvg: '<svg/>' };
    const body = { method: 'pix', amountCents: 5_500, payBy: 9, pix, future: true };
    const answers = [{ status: 404 }, { status: 202 }, { body }];
    const { orders, http } = connected(answers);
    const payment = orders.payment(order);
    await stage.clock.advance(2_000);
    expect(await payment).toEqual({ method: 'pix', amountCents: 5_500, payBy: 9, pix });
    expect(http.heard.at(-1)).toMatchObject({ method: 'GET', url: `${path}/payment` });
  });

  it('bring a card’s payment without a code', async () => {
    const body = { method: 'card', amountCents: 5_500, payBy: 9 };
    const { orders } = connected([{ body }]);
    expect(await orders.payment(order)).toEqual(body);
  });

  it('bring tickets with their codes', async () => {
    const valid = { serial: 7, revision: 0, lot, status: 'valid', code: 'ABC', qrSvg: '<svg/>' };
    const revoked = { serial: 8, revision: 0, lot, status: 'revoked' };
    const body = { event, data: [{ ...valid, future: true }, revoked] };
    const { orders } = connected([{ body }]);
    expect(await orders.tickets(order)).toEqual([valid, revoked]);
  });

  it('bring tickets as a file', async () => {
    const { orders, http } = connected([
      { status: 202, headers: { 'retry-after': '1' } },
      { body: '%PDF' },
    ]);
    const file = orders.ticketsPdf(order);
    await stage.clock.advance(1_000);
    expect(await (await file).text()).toBe('%PDF');
    expect(http.heard.at(-1)?.url).toBe(`${path}/tickets.pdf`);
  });

  it('are listed', async () => {
    const listed = { event, ...orderView('paid') };
    const { orders } = connected([{ body: { data: [listed] } }]);
    expect(await orders.list()).toEqual([listed]);
  });

  it('bring the token of a challenge and how one may pay', async () => {
    const settings = {
      methods: ['pix', 'barter'],
      publicKey: 'pk_1',
      tokenizeScriptUrl: 'https://p/t.js',
    };
    const { orders } = connected([{ body: { token: 't' } }, { body: settings }]);
    expect(await orders.challenge(order)).toBe('t');
    expect(await orders.settings()).toEqual({
      methods: ['pix'],
      publicKey: 'pk_1',
      installmentsMax: 1,
      feeNote: '',
      tokenizeScriptUrl: 'https://p/t.js',
    });
  });

  const nonsense: [string, unknown][] = [
    ['no tickets', {}],
    ['a list', []],
    ['a ticket without a number', { data: [{ revision: 0, lot, status: 'valid' }] }],
  ];
  it.each(nonsense)('refuse nonsense: %s', async (_, body) => {
    const { orders } = connected([{ body }]);
    await expect(orders.tickets(order)).rejects.toThrow(RequestError);
  });

  it('refuse what is no id', async () => {
    const { orders, http } = connected([]);
    await expect(orders.tickets('../../admin')).rejects.toThrow(MisuseError);
    expect(http.heard).toEqual([]);
  });

  it('end with the connection', async () => {
    const { orders, close } = connected(['silence']);
    const tickets = expect(orders.tickets(order)).rejects.toThrow(ConnectionEndedError);
    await settled();
    close();
    await tickets;
  });
});

describe('who waits for an order', () => {
  it('hears of it by the live connection', async () => {
    const { orders, http, socket } = await watching(['silence']);
    const paid = orders.waitFor(order, 'paid');
    tell(socket, 6, 'pending');
    await stage.clock.advance(15_000);
    tell(socket, 7, 'paid');
    expect(await paid).toMatchObject({ id: order, status: 'paid' });
    expect(http.heard).toHaveLength(1);
  });

  it('asks every half minute when the live connection is silent about it', async () => {
    const said = { body: { event, ...orderView('paid') } };
    const { orders, http, socket } = await watching([said]);
    tell(socket, 6, 'pending');
    const paid = orders.waitFor(order, 'paid');
    for (let second = 0; second < 29; second += 1) await heartbeat(socket);
    expect(http.heard).toHaveLength(0);
    await heartbeat(socket);
    expect(await paid).toMatchObject({ status: 'paid' });
  });

  it.each(['failed', 'expired', 'cancelled', 'refunded'] as const)(
    'for its payment hears that it is %s instead',
    async (status) => {
      const { orders, socket } = await watching([]);
      tell(socket, 6, status);
      expect(await orders.waitFor(order, 'paid')).toMatchObject({ status });
    },
  );

  it('asks every five seconds while there is no connection', async () => {
    const said = (status: OrderView['status']) => ({
      body: { event, ...orderView(status) },
    });
    const { orders, http } = connected([{ status: 404 }, said('pending'), said('paid')]);
    const paid = orders.waitFor(order, 'paid');
    await stage.clock.advance(9_999);
    expect(http.heard).toHaveLength(2);
    await stage.clock.advance(1);
    expect(await paid).toMatchObject({ status: 'paid' });
  });

  it('goes on after a question that nobody answered', async () => {
    const { orders } = connected([{ status: 403 }, { body: { event, ...orderView('paid') } }]);
    const paid = orders.waitFor(order, 'paid');
    await stage.clock.advance(5_000);
    expect(await paid).toMatchObject({ status: 'paid' });
  });

  it('may leave', async () => {
    const { orders } = connected([{ status: 404 }]);
    const leaving = new AbortController();
    const { signal } = leaving;
    const waiting = expect(orders.waitFor(order, 'paid', { signal })).rejects.toThrow('I left');
    await settled();
    leaving.abort(new Error('I left'));
    await waiting;
  });
});

type Socket = Awaited<ReturnType<Stage['watching']>>['socket'];

function tell(socket: Socket, position: number, status: OrderView['status']): void {
  socket.say({ type: 'order', event, generation: 0, position, order: orderView(status) });
}

/** A second passes on a socket that is alive. */
async function heartbeat(socket: Socket): Promise<void> {
  await stage.clock.advance(1_000);
  socket.say({ type: 'pong', at: stage.clock.now() });
}

/** A connection whose socket never opens. */
function connected(answers: readonly ScriptedAnswer[]) {
  const http = new ScriptedHttp(...answers);
  const connection = stage.open({ fetch: http.fetch });
  return { http, orders: connection.orders, close: () => connection.close() };
}

async function watching(answers: readonly ScriptedAnswer[]) {
  const http = new ScriptedHttp(...answers);
  const { connection, socket } = await stage.watching({ fetch: http.fetch });
  return { http, socket, orders: connection.orders };
}

function orderView(status: OrderView['status']): OrderView {
  return {
    id: order,
    hold: '00000000-0000-7000-8000-0000000000aa' as HoldId,
    status,
    method: 'pix',
    lines: [{ lot, quantity: 1, priceCents: 5_000, feeCents: 500 }],
    ticketsCents: 5_000,
    feeCents: 500,
    payBy: 1_000,
    isPayable: true,
    tickets: [],
    hasCodes: false,
    refundDueCents: 0,
    refundedCents: 0,
  };
}
