import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PaymentRequestError, type ProviderCharge } from '../../src/ports/payments.ts';
import {
  begunAt,
  cardRequest,
  chargeOf,
  openPaymentStage,
  type PaymentStage,
  pixRequest,
  platform,
  producer,
  tokenOf,
} from '../setup/payment-stage.ts';

// What Payments promises, kept by our client of Pagar.me against the simulated one, over HTTP.

let stage: PaymentStage;
beforeEach(async () => {
  stage = await openPaymentStage();
});
afterEach(() => stage.close());

const split = [
  { recipient: producer, amountCents: 6_000 },
  { recipient: platform, amountCents: 600 },
];

describe('a PIX', () => {
  it('is made with a code that can be paid until the order is due', async () => {
    const request = pixRequest();
    const order = await stage.payments.create(request);
    expect(order).toEqual({
      id: expect.stringMatching(/^or_[A-Za-z0-9]{16}$/),
      order: request.order,
      event: request.event,
      attempt: 1,
      status: 'pending',
      amountCents: 6_600,
      currency: 'BRL',
      charges: [
        {
          id: expect.stringMatching(/^ch_[A-Za-z0-9]{16}$/),
          status: 'pending',
          method: 'pix',
          amountCents: 6_600,
          paidCents: 0,
          refundedCents: 0,
          refundingCents: 0,
          split,
          pix: { code: expect.stringContaining('540566.00'), expiresAt: begunAt + 600_000 },
        },
      ],
    });
  });

  it('is paid by itself a few seconds later', async () => {
    const { id } = await stage.payments.create(pixRequest());
    await stage.clock.advance(5_000);
    expect(await stage.payments.order(id)).toMatchObject({ status: 'paid' });
    expect(await chargeOf(stage, id)).toMatchObject({ status: 'paid', paidCents: 6_600 });
  });

  it('above R$ 500,00 fails when it is made, as with the real test keys', async () => {
    const lines = [{ code: 'a', description: 'Camarote', quantity: 1, amountCents: 50_001 }];
    const order = await stage.payments.create(pixRequest({ lines }));
    expect(order).toMatchObject({ status: 'failed', charges: [{ status: 'failed' }] });
  });

  it('that nobody pays fails when it expires, and may be paid late', async () => {
    stage.simulator.control.orderHabit({ pays: 'late', payAfterMs: 30_000 });
    const { id } = await stage.payments.create(pixRequest());
    await stage.clock.advance(610_000);
    expect(await chargeOf(stage, id)).toMatchObject({ status: 'failed', paidCents: 0 });
    await stage.clock.advance(30_000);
    expect(await chargeOf(stage, id)).toMatchObject({ status: 'paid', paidCents: 6_600 });
  });

  const amounts = [
    { pays: 'under', charge: { status: 'underpaid', paidCents: 6_599 }, order: 'pending' },
    { pays: 'over', charge: { status: 'overpaid', paidCents: 6_601 }, order: 'paid' },
    { pays: 'twice', charge: { status: 'overpaid', paidCents: 13_200 }, order: 'paid' },
    { pays: 'never', charge: { status: 'pending', paidCents: 0 }, order: 'pending' },
  ] as const;

  it.each(amounts)('tells what came in when somebody pays $pays', async (row) => {
    stage.simulator.control.orderHabit({ pays: row.pays });
    const { id } = await stage.payments.create(pixRequest());
    await stage.clock.advance(5_000);
    expect(await chargeOf(stage, id)).toMatchObject(row.charge);
    expect(await stage.payments.order(id)).toMatchObject({ status: row.order });
  });
});

describe('a card', () => {
  it('is charged by its token', async () => {
    const order = await stage.payments.create(cardRequest(await tokenOf(stage.simulator)));
    expect(order).toMatchObject({ status: 'paid' });
    const charge = { status: 'paid', method: 'card', paidCents: 6_600, split };
    expect(order.charges).toMatchObject([charge]);
  });

  const refusals = [
    { card: { cvv: '612' }, refusal: 'card_refused' },
    { card: { number: '4000000000000028' }, refusal: 'card_refused' },
    { card: {}, cpf: '11111111111', refusal: 'risk_refused' },
    { card: {}, challenge: { transaction: 'tds_unknown' }, refusal: 'challenge_failed' },
  ] as const;

  it.each(refusals)('that is refused is an answer: $refusal', async (row) => {
    const request = cardRequest(await tokenOf(stage.simulator, row.card));
    const order = await stage.payments.create({
      ...request,
      customer: { ...request.customer, ...('cpf' in row && { cpf: row.cpf }) },
      card: { ...request.card!, ...('challenge' in row && { challenge: row.challenge }) },
    });
    expect(order).toMatchObject({ status: 'failed', charges: [{ refusal: row.refusal }] });
  });

  const slow = [
    { number: '4000000000000036', first: 'processing', later: 'paid' },
    { number: '4000000000000044', first: 'processing', later: 'failed' },
    { number: '4000000000000077', first: 'paid', later: 'canceled' },
    { number: '4000000000000093', first: 'paid', later: 'chargedback' },
  ];

  it.each(slow)('$number is $first, then $later', async ({ number, first, later }) => {
    const token = await tokenOf(stage.simulator, { number });
    const { id, charges } = await stage.payments.create(cardRequest(token));
    expect(charges).toMatchObject([{ status: first }]);
    await stage.clock.advance(10_000);
    expect(await chargeOf(stage, id)).toMatchObject({ status: later });
  });

  it('token is good for one order', async () => {
    const token = await tokenOf(stage.simulator);
    await stage.payments.create(cardRequest(token));
    const again = stage.payments.create(cardRequest(token));
    await expect(again).rejects.toThrow(PaymentRequestError);
  });
});

describe('the end of a charge', () => {
  it('comes when nobody has paid it, and nobody can any more', async () => {
    const { id, charges } = await stage.payments.create(pixRequest());
    const ended = await stage.payments.end(charges[0]!.id, 'end-1');
    expect(ended).toMatchObject({ status: 'canceled', paidCents: 0, refundedCents: 0 });
    await stage.clock.advance(5_000);
    expect(await stage.payments.order(id)).toMatchObject({ status: 'canceled' });
  });

  it('takes no money back from one that was paid meanwhile', async () => {
    const { id, charges } = await stage.payments.create(pixRequest());
    await stage.clock.advance(5_000);
    const ended = await stage.payments.end(charges[0]!.id, 'end-1');
    expect(ended).toMatchObject({ status: 'paid', paidCents: 6_600, refundingCents: 0 });
    await stage.clock.advance(5_000);
    expect(await chargeOf(stage, id)).toMatchObject({ status: 'paid', refundedCents: 0 });
  });
});

describe('a refund', () => {
  async function paid(): Promise<{ order: string; charge: ProviderCharge }> {
    const { id } = await stage.payments.create(pixRequest());
    await stage.clock.advance(5_000);
    return { order: id, charge: await chargeOf(stage, id) };
  }

  it('of a PIX is on its way, then back; the charge reads canceled', async () => {
    const { order, charge } = await paid();
    const asked = await stage.payments.refund(charge.id, 'refund-1');
    expect(asked).toMatchObject({ status: 'paid', refundedCents: 0, refundingCents: 6_600 });
    await stage.clock.advance(1_000);
    const back = { status: 'canceled', paidCents: 6_600, refundedCents: 6_600, refundingCents: 0 };
    expect(await chargeOf(stage, order)).toMatchObject(back);
    expect(await stage.payments.order(order)).toMatchObject({ status: 'canceled' });
  });

  it('of a part leaves the charge paid, and reverses the split in proportion', async () => {
    const { order, charge } = await paid();
    await stage.payments.refund(charge.id, 'refund-1', 3_300);
    await stage.clock.advance(1_000);
    const left = { status: 'paid', paidCents: 6_600, refundedCents: 3_300, refundingCents: 0 };
    expect(await chargeOf(stage, order)).toMatchObject(left);
    await stage.payments.refund(charge.id, 'refund-2');
    await stage.clock.advance(1_000);
    const gone = { status: 'canceled', refundedCents: 6_600 };
    expect(await chargeOf(stage, order)).toMatchObject(gone);
  });

  it('under the same key is done once', async () => {
    const { order, charge } = await paid();
    for (let times = 0; times < 3; times += 1) {
      await stage.payments.refund(charge.id, 'refund-1', 2_000);
    }
    await stage.clock.advance(1_000);
    expect(await chargeOf(stage, order)).toMatchObject({ refundedCents: 2_000 });
  });

  it('may fail: nothing is back, and nothing on its way', async () => {
    stage.simulator.control.orderHabit({ refunds: 'fail' });
    const { order, charge } = await paid();
    const asked = await stage.payments.refund(charge.id, 'refund-1');
    expect(asked).toMatchObject({ refundingCents: 6_600 });
    await stage.clock.advance(1_000);
    const after = { status: 'paid', refundedCents: 0, refundingCents: 0 };
    expect(await chargeOf(stage, order)).toMatchObject(after);
  });

  it('of more than is left is refused', async () => {
    const { charge } = await paid();
    const refund = stage.payments.refund(charge.id, 'refund-1', 6_601);
    await expect(refund).rejects.toMatchObject({ status: 422, fields: ['charge.amount'] });
  });

  it('of a card is back at once', async () => {
    const { charges } = await stage.payments.create(cardRequest(await tokenOf(stage.simulator)));
    const back = await stage.payments.refund(charges[0]!.id, 'refund-1');
    expect(back).toMatchObject({ status: 'canceled', refundedCents: 6_600 });
  });

  it('of what nobody paid ends the charge, and nothing goes back', async () => {
    const { id, charges } = await stage.payments.create(pixRequest());
    const ended = await stage.payments.refund(charges[0]!.id, 'refund-1');
    expect(ended).toMatchObject({ status: 'canceled', paidCents: 0, refundedCents: 0 });
    await stage.clock.advance(5_000);
    expect(await stage.payments.order(id)).toMatchObject({ status: 'canceled' });
  });

  it('of a charge that the provider does not know is refused', async () => {
    for (const charge of ['ch_0000000000000000', '../orders', 'or_v1bkZk4xceiQ7Dy4']) {
      const refund = stage.payments.refund(charge, 'refund-1');
      await expect(refund).rejects.toMatchObject({ status: 404 });
    }
  });
});

describe('a capture', () => {
  it('takes what was set aside, once', async () => {
    const token = await tokenOf(stage.simulator);
    const charge = await authorized(token);
    const taken = await stage.payments.capture(charge, 'capture-1');
    expect(taken).toMatchObject({ status: 'paid', paidCents: 6_600 });
    expect(await stage.payments.capture(charge, 'capture-1')).toEqual(taken);
    const again = stage.payments.capture(charge, 'capture-2');
    await expect(again).rejects.toThrow(PaymentRequestError);
  });

  /** We never only authorise; an order of somebody else may. */
  async function authorized(token: string): Promise<string> {
    const { apiUrl, secretKey } = stage.simulator;
    const response = await fetch(`${apiUrl}/orders`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}` },
      body: JSON.stringify({
        customer: { name: 'A', email: 'a@b.c', document: '52998224725', phones: { a: {} } },
        items: [{ amount: 6_600, quantity: 1 }],
        payments: [
          {
            payment_method: 'credit_card',
            amount: 6_600,
            credit_card: {
              operation_type: 'auth_only',
              card_token: token,
              billing_address: { a: 1 },
            },
          },
        ],
      }),
    });
    const { id } = (await response.json()) as { id: string };
    const order = await stage.payments.order(id);
    expect(order).toMatchObject({ order: undefined, charges: [{ status: 'authorized' }] });
    return order!.charges[0]!.id;
  }
});

describe('what is asked for', () => {
  it('is found by our order, one for each attempt, the oldest first', async () => {
    const request = pixRequest();
    const first = await stage.payments.create(request);
    await stage.clock.advance(2_000);
    const second = await stage.payments.create({ ...request, attempt: 2 });
    await stage.payments.create(pixRequest());
    const found = await stage.payments.findOrders(request.order);
    expect(found.map(({ id, attempt }) => [id, attempt])).toEqual([
      [first.id, 1],
      [second.id, 2],
    ]);
  });

  it('is nothing, when the provider knows nothing of it', async () => {
    expect(await stage.payments.order('or_0000000000000000')).toBeUndefined();
    expect(await stage.payments.findOrders(pixRequest().order)).toEqual([]);
  });

  it('never becomes an address of its own', async () => {
    for (const id of ['or_x/../../charges', 'ch_v1bkZk4xceiQ7Dy4', 'https://example.org', '']) {
      expect(await stage.payments.order(id)).toBeUndefined();
    }
    expect(stage.told).toEqual([]);
  });

  it('is what changed since, a page at a time, also of an older order', async () => {
    const old = await stage.payments.create(pixRequest());
    stage.simulator.control.orderHabit({ pays: 'never' });
    for (let count = 0; count < 35; count += 1) await stage.payments.create(pixRequest());
    await stage.clock.advance(3_600_000);
    const since = begunAt + 3_600_000;
    await stage.payments.refund(old.charges[0]!.id, 'refund-1');
    const first = await stage.payments.changedSince(since, 1);
    expect(first).toEqual({ orders: [], hasMore: true });
    const second = await stage.payments.changedSince(since, 2);
    expect(second.orders.map(({ id }) => id)).toEqual([old.id]);
    expect(second.hasMore).toBe(false);
  });

  it('is a token for 3-D Secure', async () => {
    expect(await stage.payments.challengeToken()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });
});
