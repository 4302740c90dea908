import type { EventId, OrderId } from '@ingressou/protocol';
import { expect, it } from 'vitest';
import { newId } from '../../../test/setup/node.ts';
import type { Delivery } from '../../ports/jobs.ts';
import { createPayment } from './create-payment.ts';

const [event, id] = [newId<EventId>(), newId<OrderId>()];
const job: Delivery = {
  id: 'payment.create:1',
  kind: 'payment.create',
  event,
  body: { order: id, payBy: 10 },
  attempt: 1,
};

// The worker died after the card was forgotten and before its job was acknowledged: the bank may
// still think about the charge, which must not be refused meanwhile.
it('asks what became of a card that was used before a crash', async () => {
  const asked: string[] = [];
  const order = { id, status: 'pending', method: 'card', payBy: 10 };
  const options = {
    commands: { ask: async () => ({ accepted: true, value: { order } }) },
    details: { read: async () => ({ buyer: {}, holders: [] }) },
    records: { attemptsOf: async () => [{ order: id, attempt: 1 }] },
    payments: {
      findOrders: async (which: string) => {
        asked.push(which);
        return [];
      },
    },
    clock: { now: () => 1 },
  };
  await createPayment(options as never, job);
  expect(asked).toEqual([id]);
});
