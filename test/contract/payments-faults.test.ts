import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Fault } from '../../src/payments/simulator/faults.ts';
import { PaymentsForbiddenError, PaymentsUnavailableError } from '../../src/ports/payments.ts';
import {
  canary,
  cardRequest,
  chargeOf,
  clientOf,
  openPaymentStage,
  type PaymentStage,
  pixRequest,
  tokenOf,
} from '../setup/payment-stage.ts';

// Whatever happens between us and the provider, nothing is done twice and nothing is assumed.

let stage: PaymentStage;
beforeEach(async () => {
  stage = await openPaymentStage({}, { attemptMs: 500 });
});
afterEach(() => stage.close());

/** Everything that can become of a call without an answer that says so. */
const faults: readonly Fault[] = [
  { answer: 'error' },
  { answer: 'error', acts: true },
  { answer: 'busy' },
  { answer: 'garbage' },
  { answer: 'garbage', acts: false },
  { answer: 'reset' },
  { answer: 'reset', acts: false },
  { answer: 'silence' },
  { answer: 'silence', acts: false },
];

function name({ answer, acts = answer !== 'error' && answer !== 'busy' }: Fault): string {
  return `${answer} ${acts ? 'after' : 'before'} it acts`;
}

describe.each(faults.map((fault) => ({ name: name(fault), fault })))('$name', ({ fault }) => {
  it('once: the order is made once', async () => {
    stage.simulator.control.orderFault({ ...fault, operation: 'create', times: 1 });
    const request = pixRequest();
    const order = await stage.payments.create(request);
    expect(stage.simulator.control.orders().map(({ id }) => id)).toEqual([order.id]);
    expect(stage.told).toEqual(['create order: answered']);
  });

  it('all the time: nobody knows, and the same call later makes it once', async () => {
    stage.simulator.control.orderFault({ ...fault, operation: 'create' });
    const request = pixRequest();
    await expect(stage.payments.create(request)).rejects.toThrow(PaymentsUnavailableError);
    stage.simulator.control.clear();
    const found = await stage.payments.findOrders(request.order);
    const order = await stage.payments.create(request);
    expect(found.map(({ id }) => id)).toEqual(found.length === 0 ? [] : [order.id]);
    expect(stage.simulator.control.orders()).toHaveLength(1);
  });

  it('once: a refund is done once', async () => {
    const { id, charges } = await stage.payments.create(pixRequest());
    await stage.clock.advance(5_000);
    stage.simulator.control.orderFault({ ...fault, operation: 'refund', times: 1 });
    await stage.payments.refund(charges[0]!.id, 'refund-1', 1_000);
    await stage.clock.advance(1_000);
    expect(await chargeOf(stage, id)).toMatchObject({ refundedCents: 1_000, refundingCents: 0 });
  });
});

describe('an attempt', () => {
  it('that was refused is refused for ever; the next one may pass', async () => {
    const request = cardRequest(await tokenOf(stage.simulator, { cvv: '612' }));
    const refused = await stage.payments.create(request);
    const better = { ...request.card!, token: await tokenOf(stage.simulator) };
    expect(await stage.payments.create({ ...request, card: better })).toEqual(refused);
    const next = await stage.payments.create({ ...request, card: better, attempt: 2 });
    expect(next).toMatchObject({ status: 'paid', attempt: 2 });
  });

  it('that comes several times at once is made once', async () => {
    const request = pixRequest();
    const orders = await Promise.all([1, 2, 3].map(() => stage.payments.create(request)));
    expect(new Set(orders.map(({ id }) => id)).size).toBe(1);
  });
});

describe('a refused request', () => {
  it('is not tried again, and says which field, never what was in it', async () => {
    const customer = { ...canary, email: 'canario at example.org', phone: canary.phone };
    const create = stage.payments.create({ ...pixRequest(), customer });
    await expect(create).rejects.toMatchObject({ status: 422, fields: ['order.customer.email'] });
    expect(stage.told).toEqual(['create order: refused']);
  });

  it('of a part that the provider never sees', async () => {
    const { card: _, ...request } = cardRequest('token_x');
    await expect(stage.payments.create(request)).rejects.toMatchObject({ status: 400 });
    const tooMuch = { recipient: 'rp_x', producerCents: 6_601 };
    const create = stage.payments.create(pixRequest({ split: tooMuch }));
    await expect(create).rejects.toMatchObject({ fields: ['payments.split'] });
    expect(stage.told).toEqual([]);
  });
});

describe('a wrong key', () => {
  it('is an error of its own, is not tried again, and opens no breaker', async () => {
    const told: string[] = [];
    const stranger = clientOf({ ...stage.simulator, secretKey: 'sk_x' }, { failuresMax: 1 }, told);
    for (let times = 0; times < 3; times += 1) {
      const create = stranger.create(pixRequest());
      await expect(create).rejects.toThrow(PaymentsForbiddenError);
    }
    expect(told).toEqual(Array(3).fill('create order: unavailable'));
    await stranger.close();
  });
});

describe('the breaker', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('opens after failures in a row, asks nobody for a while, and heals', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const told: string[] = [];
    const limits = { attemptsMax: 1, failuresMax: 3, breakMs: 10_000, pauseMs: 1 };
    const client = clientOf(stage.simulator, limits, told);
    const { control } = stage.simulator;
    control.orderFault({ operation: 'read', answer: 'error', times: 3 });
    const ask = () => client.order('or_0000000000000000');
    for (let times = 0; times < 3; times += 1) await expect(ask()).rejects.toThrow('status 500');
    await expect(ask()).rejects.toThrow('it has not for a while');
    vi.setSystemTime(Date.now() + 10_000);
    expect(await ask()).toBeUndefined();
    expect(told.filter((line) => line.startsWith('breaker'))).toEqual([
      'breaker open',
      'breaker closed',
    ]);
    await client.close();
  });

  it('opens again when the first call after the pause fails as well', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const client = clientOf(stage.simulator, { attemptsMax: 1, failuresMax: 1, breakMs: 10_000 });
    stage.simulator.control.orderFault({ operation: 'read', answer: 'error', times: 2 });
    const ask = () => client.order('or_0000000000000000');
    await expect(ask()).rejects.toThrow('status 500');
    vi.setSystemTime(Date.now() + 10_000);
    await expect(ask()).rejects.toThrow('status 500');
    await expect(ask()).rejects.toThrow('it has not for a while');
    await client.close();
  });
});

describe('the bulkhead', () => {
  it('turns away what neither runs nor may wait', async () => {
    const limits = { callsMax: 1, waitingMax: 1, attemptsMax: 1, attemptMs: 500 };
    const client = clientOf(stage.simulator, limits);
    stage.simulator.control.orderFault({ operation: 'create', answer: 'silence', times: 1 });
    const calls = [1, 2, 3].map(() => client.create(pixRequest()));
    expect(await Promise.allSettled(calls)).toMatchObject([
      { reason: { message: expect.stringContaining('it took too long') } },
      { value: { status: 'pending' } },
      { reason: { message: expect.stringContaining('too many calls at once') } },
    ]);
    await client.close();
  });

  it('lets nobody wait beyond the deadline of the call', async () => {
    const limits = { callsMax: 1, waitingMax: 1, attemptsMax: 1, callMs: 100, attemptMs: 60_000 };
    const client = clientOf(stage.simulator, limits);
    stage.simulator.control.orderFault({ operation: 'create', answer: 'silence' });
    const calls = [1, 2].map(() => client.create(pixRequest()));
    const late = { reason: { message: expect.stringContaining('it took too long') } };
    expect(await Promise.allSettled(calls)).toMatchObject([late, late]);
    await client.close();
  });
});

describe('what the provider says of itself', () => {
  it('that nobody documented is no answer', async () => {
    const { id } = await stage.payments.create(pixRequest());
    const order = stage.simulator.control.orders()[0]!;
    order.charges[0]!.status = 'partially_hopeful';
    await expect(stage.payments.order(id)).rejects.toThrow('charge.status is not documented');
  });

  it('nowhere is unavailable', async () => {
    const client = clientOf(
      { ...stage.simulator, apiUrl: 'http://127.0.0.1:1/core/v5' },
      {
        pauseMs: 1,
      },
    );
    await expect(client.create(pixRequest())).rejects.toThrow('ECONNREFUSED');
    await client.close();
  });
});

describe('no error', () => {
  it('holds anything of a person or a card, however it is printed', async () => {
    const token = await tokenOf(stage.simulator);
    const request = cardRequest(token);
    const personal = [...Object.values(canary), token, '4111111111111111', 'Rua A'];
    const wrong = { ...request, customer: { ...canary, cpf: `${canary.cpf}x` } };
    const errors = [await failureOf(stage.payments.create(wrong))];
    for (const fault of faults) {
      stage.simulator.control.orderFault(fault);
      errors.push(await failureOf(stage.payments.create(cardRequest(token))));
      stage.simulator.control.clear();
    }
    expect(errors.every((error) => error instanceof Error)).toBe(true);
    const printed = errors.map((error) => inspect(error, { depth: 10, showHidden: true })).join();
    for (const text of personal) expect(printed).not.toContain(text);
    expect(printed).not.toContain(stage.simulator.secretKey);
  });

  async function failureOf(call: Promise<unknown>): Promise<unknown> {
    return await call.then(
      () => undefined,
      (error: unknown) => error,
    );
  }
});
