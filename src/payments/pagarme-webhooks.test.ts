import { describe, expect, it } from 'vitest';
import { isFromPagarme, readPagarmeWebhook, webhookBytesMax } from './pagarme-webhooks.ts';

const order = '0192f5a0-0000-7000-8000-00000000000a';
const event = '0192f5a0-0000-7000-8000-00000000000e';

const orderPaid = {
  id: 'hook_RyEKQO789TRpZjv5',
  account: { id: 'acc_1', name: 'Lojinha' },
  type: 'order.paid',
  created_at: '2017-06-29T20:23:47',
  data: { id: 'or_v1bkZk4xceiQ7Dy4', code: order, amount: 1, metadata: { event_id: event } },
};
const chargePaid = {
  ...orderPaid,
  type: 'charge.paid',
  data: { id: 'ch_1', code: '3603723961', order: { id: 'or_v1bkZk4xceiQ7Dy4', code: order } },
};
const hookId = 'hook_RyEKQO789TRpZjv5';
const orderId = 'or_v1bkZk4xceiQ7Dy4';

function bytes(value: unknown): Uint8Array {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

describe('a webhook', () => {
  it('of an order leads to the order and the show', () => {
    const hint = { hookId, type: 'order.paid', orderId, order, event };
    expect(readPagarmeWebhook(bytes(orderPaid))).toEqual(hint);
  });

  it('of a charge leads to the order around it, never to its own code', () => {
    const hint = { hookId, type: 'charge.paid', orderId, order };
    expect(readPagarmeWebhook(bytes(chargePaid))).toEqual(hint);
  });

  const kept: [string, unknown, object][] = [
    ['with a mark of the byte order', `\uFEFF${JSON.stringify(orderPaid)}`, { orderId }],
    ['of an unknown type', { ...orderPaid, type: 'order.levitated' }, { type: 'order.levitated' }],
    ['of a recipient', { ...orderPaid, type: 'recipient.updated', data: { id: 'rp_1' } }, {}],
    ['without data', { ...orderPaid, data: null }, { hookId }],
    ['with a time that is none', { ...orderPaid, created_at: 'soon' }, { hookId }],
  ];

  it.each(kept)('%s is read', (_, body, hint) => {
    expect(readPagarmeWebhook(bytes(body))).toMatchObject(hint);
  });

  it('of a foreign order names none of ours', () => {
    const foreign = { ...orderPaid, data: { id: 'or_1', code: 'LOJA-1' } };
    expect(readPagarmeWebhook(bytes(foreign))).toEqual({
      hookId,
      type: 'order.paid',
      orderId: 'or_1',
    });
  });

  it.each([
    '',
    'null',
    '[]',
    '{"id":',
    'id=hook_1&type=order.paid',
    { ...orderPaid, id: 'or_1' },
    { ...orderPaid, id: `hook_${'a'.repeat(100)}` },
    { ...orderPaid, type: 7 },
    { ...orderPaid, type: 'order.paid\n' },
    { ...orderPaid, type: `order.${'a'.repeat(100)}` },
  ])('that is none is malformed: %j', (body) => {
    expect(readPagarmeWebhook(bytes(body))).toBe('malformed');
  });

  it('that is too large or no UTF-8 is malformed', () => {
    const large = { ...orderPaid, filler: 'x'.repeat(webhookBytesMax) };
    expect(readPagarmeWebhook(bytes(large))).toBe('malformed');
    const latin = Buffer.from(JSON.stringify(orderPaid).replace('Lojinha', 'Lojão'), 'latin1');
    expect(readPagarmeWebhook(latin)).toBe('malformed');
  });

  it('cannot lead to an address that is no id', () => {
    const data = { id: 'or_1/../../hooks', code: `${order}/x`, metadata: { event_id: 'x' } };
    const hint = readPagarmeWebhook(bytes({ ...orderPaid, data }));
    expect(hint).toEqual({ hookId, type: 'order.paid' });
  });
});

describe('the sender of a webhook', () => {
  const known = { user: 'ingressou', password: 'senha:com:dois-pontos' };
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it('is known by user and password', () => {
    expect(isFromPagarme(basic('ingressou:senha:com:dois-pontos'), known)).toBe(true);
    expect(
      isFromPagarme(basic('ingressou:senha:com:dois-pontos').replace('Basic', 'basic'), known),
    ).toBe(true);
  });

  it.each([
    undefined,
    '',
    'Basic',
    'Bearer x',
    basic(''),
    basic('ingressou:'),
    basic('ingressou:senha'),
    basic('ingressou:senha:com:dois-pontos2'),
    basic('Ingressou:senha:com:dois-pontos'),
    `${basic('ingressou:senha:com:dois-pontos')} `,
  ])('is unknown otherwise: %j', (authorization) => {
    expect(isFromPagarme(authorization, known)).toBe(false);
  });
});
