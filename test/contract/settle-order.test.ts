import type { EventId, OrderId } from '@ingressou/protocol';
import { expect, it } from 'vitest';
import type { Answer } from '../../src/ports/commands.ts';
import { RetryError } from '../../src/ports/jobs.ts';
import type { ProviderOrder } from '../../src/ports/payments.ts';
import { migrate } from '../../src/store/migrate.ts';
import { DatabasePaymentRecords } from '../../src/store/payment-records.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { type SettleOptions, settleOrder } from '../../src/workers/handlers/settle-order.ts';
import { newId } from '../setup/node.ts';
import { silentTelemetry } from '../setup/silent-telemetry.ts';

it('asks the provider again until the show has heard what it said', async () => {
  const open = await openPglite();
  await migrate(open.database, 'migrations');
  const records = new DatabasePaymentRecords(open.database);
  const [event, order, madeAt] = [newId<EventId>(), newId<OrderId>(), 1_767_225_600_000];
  const attempt = { event, order, attempt: 1, method: 'pix', amountCents: 5_980 } as const;
  await records.saveAttempt({ ...attempt, madeAt, payBy: madeAt + 900_000 });
  let answer: Answer = { accepted: false, rejection: { reason: 'busy', retryAfterMs: 1 } };
  const options: SettleOptions = {
    commands: {
      submit: async () => answer,
      ask: async () => ({ accepted: false, rejection: { reason: 'show_not_found' } }),
    },
    payments: {} as SettleOptions['payments'],
    records,
    telemetry: silentTelemetry,
    sharesOf: async () => undefined,
  };
  const isDue = async (at: number) =>
    (await records.dueForCheck(at, 10)).some((due) => due.order === order);

  await expect(settleOrder(options, paidOrder(event, order))).rejects.toThrow(RetryError);
  expect(await isDue(madeAt + 5_000)).toBe(true);
  answer = { accepted: true };
  await settleOrder(options, paidOrder(event, order));
  expect(await isDue(madeAt + 3_600_000)).toBe(false);
  await open.close();
});

function paidOrder(event: EventId, order: OrderId): ProviderOrder {
  return {
    id: 'or_1',
    order,
    event,
    attempt: 1,
    status: 'paid',
    amountCents: 5_980,
    currency: 'BRL',
    charges: [
      {
        id: `ch_${order}`,
        status: 'paid',
        method: 'pix',
        amountCents: 5_980,
        paidCents: 5_980,
        refundedCents: 0,
        refundingCents: 0,
        split: [],
      },
    ],
  };
}
