import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFromPagarme, readPagarmeWebhook } from '../../src/payments/pagarme-webhooks.ts';
import {
  cardRequest,
  hookUser,
  openPaymentStage,
  type PaymentStage,
  pixRequest,
  tokenOf,
} from '../setup/payment-stage.ts';

// Webhooks of the simulated provider, as our helpers read them.

let stage: PaymentStage;
beforeEach(async () => {
  stage = await openPaymentStage();
});
afterEach(() => stage.close());

function typesOf(hooks: readonly { readonly body: Buffer }[]): string[] {
  return hooks.map(({ body }) => {
    const hint = readPagarmeWebhook(body);
    return hint === 'malformed' ? hint : hint.type;
  });
}

/** In any order: several are on their way at once. */
async function told(): Promise<string[]> {
  await stage.simulator.control.hooksIdle();
  return typesOf(stage.received.splice(0)).sort();
}

const made = ['charge.created', 'order.created'];

describe('webhooks', () => {
  it('tell of a PIX from its beginning to its refund', async () => {
    const { charges } = await stage.payments.create(pixRequest());
    expect(await told()).toEqual([...made, 'charge.pending'].sort());
    await stage.clock.advance(5_000);
    expect(await told()).toEqual(['charge.paid', 'order.paid']);
    await stage.payments.refund(charges[0]!.id, 'refund-1', 1_000);
    await stage.clock.advance(1_000);
    expect(await told()).toEqual(['charge.partial_canceled', 'charge.updated']);
    await stage.payments.refund(charges[0]!.id, 'refund-2');
    await stage.clock.advance(1_000);
    expect(await told()).toEqual(['charge.refunded', 'charge.updated', 'order.canceled']);
  });

  it('tell of a refused card and of a dispute', async () => {
    await stage.payments.create(cardRequest(await tokenOf(stage.simulator, { cvv: '612' })));
    const failed = ['charge.payment_failed', 'order.payment_failed'];
    expect(await told()).toEqual([...made, ...failed].sort());
    const number = '4000000000000093';
    await stage.payments.create(cardRequest(await tokenOf(stage.simulator, { number })));
    await told();
    await stage.clock.advance(2_000);
    expect(await told()).toEqual(['charge.chargedback']);
  });

  it('come with the user of the dashboard, and lead to our order', async () => {
    const request = pixRequest();
    const order = await stage.payments.create(request);
    await stage.simulator.control.hooksIdle();
    for (const { authorization, body } of stage.received) {
      expect(isFromPagarme(authorization, hookUser)).toBe(true);
      expect(readPagarmeWebhook(body)).toEqual({
        hookId: expect.stringMatching(/^hook_/),
        type: expect.any(String),
        orderId: order.id,
        order: request.order,
        event: request.event,
      });
    }
    expect(stage.received).toHaveLength(3);
  });

  it('are sent again until they are taken', async () => {
    stage.receiver.status = 500;
    await stage.payments.create(pixRequest());
    await waitFor(() => stage.received.length === 3);
    stage.receiver.status = 200;
    await stage.clock.advance(1_000);
    expect(await told()).toEqual([...made, ...made, 'charge.pending', 'charge.pending'].sort());
  });

  it('that nobody takes are listed as failed, and sent again on demand', async () => {
    await stage.close();
    stage = await openPaymentStage({ hookAttemptsMax: 1 });
    stage.receiver.status = 503;
    await stage.payments.create(pixRequest());
    await told();
    const { hooks, hasMore } = await stage.payments.failedHooks(1);
    expect(hooks).toHaveLength(3);
    expect(hasMore).toBe(false);
    stage.receiver.status = 200;
    for (const hook of hooks) await stage.payments.resendHook(hook);
    expect(await told()).toEqual([...made, 'charge.pending'].sort());
    expect(await stage.payments.failedHooks(1)).toEqual({ hooks: [], hasMore: false });
  });

  it('that the provider forgot are not sent, which is no error', async () => {
    await stage.payments.resendHook('hook_0000000000000000');
    await stage.payments.resendHook('not a hook');
  });

  const habits = [
    { habit: { dropsHooks: true }, copies: 0 },
    { habit: { hookCopies: 3 }, copies: 3 },
    { habit: { hooksLateMs: 60_000 }, copies: 1 },
    { habit: { shuffleMs: 30_000 }, copies: 1 },
  ];

  it.each(habits)('may be lost, doubled, late or in disorder: $habit', async (row) => {
    stage.simulator.control.orderHabit({ ...row.habit, pays: 'never' });
    const { id } = await stage.payments.create(pixRequest());
    await stage.clock.advance(60_000);
    expect(await told()).toHaveLength(3 * row.copies);
    expect(await stage.payments.order(id)).toMatchObject({ status: 'pending' });
  });
});

async function waitFor(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(setImmediate);
}
