import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  chargeOf,
  openPaymentStage,
  type PaymentStage,
  pixRequest,
} from '../setup/payment-stage.ts';

// What the simulated provider refuses, and how it is told what goes wrong, over plain HTTP.

let stage: PaymentStage;
beforeEach(async () => {
  stage = await openPaymentStage();
});
afterEach(() => stage.close());

async function ask(
  path: string,
  options: RequestInit & { json?: unknown } = {},
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const { json, headers, ...rest } = options;
  const content = { 'content-type': 'application/json' };
  const response = await fetch(stage.simulator.url + path, {
    ...rest,
    redirect: 'manual',
    headers: { ...(json !== undefined && content), ...headers },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  const body: unknown = text.startsWith('{') ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body };
}

function withKey(key = stage.simulator.secretKey) {
  return { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` };
}

describe('the API', () => {
  const closed = ['/core/v5/orders', '/core/v5/charges/ch_1', '/core/v5/hooks', '/3ds2/tds-token'];

  it.each(closed)('%s is closed to everybody without the key', async (path) => {
    const message = 'Authorization has been denied for this request.';
    expect(await ask(path)).toMatchObject({ status: 401, body: { message } });
    expect(await ask(path, { headers: withKey('sk_test_other') })).toMatchObject({ status: 401 });
  });

  it('names every field that is wrong in an order', async () => {
    const payments = [
      { payment_method: 'pix', amount: 100, split: [{ amount: 99, type: 'flat' }] },
    ];
    const json = { customer: { name: '' }, payments };
    const { status, body } = await ask('/core/v5/orders', {
      method: 'POST',
      headers: withKey(),
      json,
    });
    expect(status).toBe(422);
    expect(Object.keys((body as { errors: object }).errors).sort()).toEqual([
      'order.customer.document',
      'order.customer.email',
      'order.customer.name',
      'order.customer.phones',
      'order.items',
      'order.payments[0].pix.expires_in',
      'order.payments[0].split',
      'order.payments[0].split.options.charge_processing_fee',
      'order.payments[0].split.options.charge_remainder_fee',
      'order.payments[0].split.options.liable',
    ]);
  });

  it('takes no body that is too large, and knows no other paths', async () => {
    const body = 'x'.repeat(300_000);
    const large = await ask('/core/v5/orders', { method: 'POST', headers: withKey(), body });
    expect(large).toMatchObject({ status: 413 });
    expect(await ask('/core/v5/nothing', { headers: withKey() })).toMatchObject({ status: 404 });
    expect(await ask('/nothing')).toMatchObject({ status: 404 });
  });

  it('pages its lists, thirty at most', async () => {
    for (let count = 0; count < 3; count += 1) await stage.payments.create(pixRequest());
    const page = await ask('/core/v5/orders?size=2&page=2', { headers: withKey() });
    expect(page.body).toMatchObject({
      data: [{ status: 'pending' }],
      paging: { total: 3, previous: expect.stringContaining('page=1') },
    });
    expect(page.body).not.toHaveProperty('paging.next');
    const charges = await ask('/core/v5/charges?status=pending', { headers: withKey() });
    expect(charges.body).toMatchObject({ paging: { total: 3 } });
  });
});

describe("the buyer's browser", () => {
  const origin = 'http://127.0.0.1:8080';

  it('may ask for a token from any origin, with the public key alone', async () => {
    const path = `/core/v5/tokens?appId=${stage.simulator.publicKey}`;
    const preflight = await ask(path, { method: 'OPTIONS', headers: { origin } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    const other = await ask('/core/v5/tokens?appId=pk_other', { method: 'POST', json: {} });
    expect(other.status).toBe(401);
    const empty = await ask(path, { method: 'POST', json: {} });
    expect(empty).toMatchObject({ status: 422, body: { request: {} } });
  });

  it('gets 3-D Secure for twenty seconds only', async () => {
    const token = await stage.payments.challengeToken();
    const begin = () =>
      ask('/3ds/v2/authentications', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        json: {},
      });
    expect(await begin()).toMatchObject({ status: 200, body: { trans_status: 'C' } });
    await stage.clock.advance(20_000);
    expect(await begin()).toMatchObject({ status: 401 });
  });

  it('of another site cannot press the buttons of the page', async () => {
    const { id, charges } = await stage.payments.create(pixRequest());
    const body = new URLSearchParams({ action: 'pay', charge: charges[0]!.id });
    const press = (from: string) =>
      ask('/acao', { method: 'POST', headers: { origin: from }, body });
    expect(await press('https://example.org')).toMatchObject({ status: 403 });
    expect(await chargeOf(stage, id)).toMatchObject({ status: 'pending' });
    expect(await press(stage.simulator.url)).toMatchObject({ status: 303 });
    expect(await chargeOf(stage, id)).toMatchObject({ status: 'paid' });
  });
});

describe('the control', () => {
  it('orders faults and habits, and forgets them', async () => {
    const fault = { operation: 'create', answer: 'error', times: 1 };
    const habit = { pays: 'under', share: 0.5, shuffleMs: 100 };
    await ask('/_sim/faults', { method: 'POST', json: fault });
    const ordered = await ask('/_sim/habits', { method: 'POST', json: habit });
    expect(ordered.body).toEqual({ faults: [fault], habits: [habit] });
    const cleared = await ask('/_sim/faults', { method: 'DELETE', json: {} });
    expect(cleared.body).toEqual({ faults: [], habits: [] });
  });

  it('pays, refuses and disputes by the code of the order', async () => {
    const request = pixRequest();
    const { id } = await stage.payments.create(request);
    const act = (action: string, json: object = {}) =>
      ask(`/_sim/charges/${request.order}/${action}`, { method: 'POST', json });
    await act('refuse');
    expect(await chargeOf(stage, id)).toMatchObject({ status: 'failed' });
    await act('pay', { amountCents: 6_600 });
    expect(await chargeOf(stage, id)).toMatchObject({ status: 'paid' });
    await act('charge-back');
    expect(await chargeOf(stage, id)).toMatchObject({ status: 'chargedback' });
    expect(await act('pay')).toMatchObject({ status: 412 });
    const unknown = await ask('/_sim/charges/nobody/pay', { method: 'POST', json: {} });
    expect(unknown).toMatchObject({ status: 404 });
  });

  it('takes nothing that it does not know, and nothing from a page', async () => {
    const wrong = [{ answer: 'maybe' }, { times: -1 }, { unknown: 1 }, 7];
    for (const json of wrong) {
      expect(await ask('/_sim/faults', { method: 'POST', json })).toMatchObject({ status: 422 });
    }
    const form = new URLSearchParams({ answer: 'error' });
    const posted = await ask('/_sim/faults', { method: 'POST', body: form });
    expect(posted).toMatchObject({ status: 415 });
    expect(stage.simulator.control.ordered.faults).toEqual([]);
  });
});

describe('an order', () => {
  it('says in its own metadata what goes wrong with it', async () => {
    const sim = JSON.stringify({ answer: 'error', pays: 'over', payAfterMs: 1_000 });
    const json = {
      customer: { name: 'A', email: 'a@b.c', document: '52998224725', phones: { a: {} } },
      items: [{ amount: 100, quantity: 1 }],
      payments: [{ payment_method: 'pix', amount: 100, pix: { expires_in: 60 } }],
      metadata: { sim },
    };
    const create = { method: 'POST', headers: withKey(), json };
    expect(await ask('/core/v5/orders', create)).toMatchObject({ status: 500 });
    const plain = { ...json, metadata: { sim: { pays: 'over', payAfterMs: 1_000 } } };
    const made = await ask('/core/v5/orders', { ...create, json: plain });
    const { id } = made.body as { id: string };
    await stage.clock.advance(1_000);
    expect(await chargeOf(stage, id)).toMatchObject({ status: 'overpaid', paidCents: 101 });
  });

  it('that was paid by hand is not paid by itself as well', async () => {
    const { id, charges } = await stage.payments.create(pixRequest());
    stage.simulator.control.pay(charges[0]!.id);
    await stage.clock.advance(5_000);
    expect(await chargeOf(stage, id)).toMatchObject({ status: 'paid', paidCents: 6_600 });
  });

  it('that was cancelled may be paid late', async () => {
    stage.simulator.control.orderHabit({ pays: 'late', payAfterMs: 1 });
    const { id, charges } = await stage.payments.create(pixRequest());
    await stage.payments.refund(charges[0]!.id, 'end-1');
    await stage.clock.advance(601_000);
    const late = { status: 'paid', paidCents: 6_600, refundedCents: 0 };
    expect(await chargeOf(stage, id)).toMatchObject(late);
  });
});
