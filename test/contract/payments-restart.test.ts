import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  chargeOf,
  openPaymentStage,
  type PaymentStage,
  pixRequest,
} from '../setup/payment-stage.ts';

// The simulated provider is killed and started again, as a real one never forgets.

let directory: string;
let file: string;
let stage: PaymentStage;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'ingressou-provider-'));
  file = path.join(directory, 'provider', 'orders.jsonl');
  stage = await openPaymentStage({ file });
});
afterEach(async () => {
  await stage.close();
  await rm(directory, { recursive: true, force: true });
});

async function restart(): Promise<void> {
  const stoppedAt = stage.clock.now();
  await stage.close();
  stage = await openPaymentStage({ file });
  stage.clock.jump(stoppedAt - stage.clock.now());
}

describe('after a restart', () => {
  it('orders are there, and go on as they would have', async () => {
    const { id } = await stage.payments.create(pixRequest());
    const before = await stage.payments.order(id);
    await restart();
    expect(await stage.payments.order(id)).toEqual(before);
    await stage.clock.advance(5_000);
    expect(await chargeOf(stage, id)).toMatchObject({ status: 'paid' });
  });

  it('the same attempt still gets the same order', async () => {
    const request = pixRequest();
    const order = await stage.payments.create(request);
    await restart();
    expect(await stage.payments.create(request)).toEqual(order);
    expect(stage.simulator.control.orders()).toHaveLength(1);
  });

  it('a refund on its way arrives', async () => {
    const { id, charges } = await stage.payments.create(pixRequest());
    await stage.clock.advance(5_000);
    await stage.payments.refund(charges[0]!.id, 'refund-1');
    await restart();
    await stage.clock.advance(1_000);
    expect(await chargeOf(stage, id)).toMatchObject({ refundedCents: 6_600, refundingCents: 0 });
  });

  it('webhooks that nobody took are sent again', async () => {
    stage.receiver.status = 500;
    await stage.payments.create(pixRequest());
    while (stage.received.length < 3) await new Promise(setImmediate);
    await restart();
    await stage.simulator.control.hooksIdle();
    expect(stage.received).toHaveLength(3);
  });

  it('a line that was torn by the kill is ignored', async () => {
    const { id } = await stage.payments.create(pixRequest());
    await appendFile(file, '{"kind":"order","id":"or_torn","val');
    await restart();
    expect(stage.simulator.control.orders().map((order) => order.id)).toEqual([id]);
  });

  it('the file holds each thing once, and is its owner’s alone', async () => {
    await stage.payments.create(pixRequest());
    await stage.clock.advance(5_000);
    await stage.simulator.control.hooksIdle();
    await restart();
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    const names = lines.map((line) => {
      const { kind, id } = JSON.parse(line) as { kind: string; id: string };
      return `${kind} ${id}`;
    });
    expect(new Set(names).size).toBe(names.length);
    expect((await stat(file)).mode & 0o077).toBe(0);
  });
});
