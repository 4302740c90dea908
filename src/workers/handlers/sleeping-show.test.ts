import type { EventId, OrderId, OrderView } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import { newId } from '../../../test/setup/node.ts';
import type { Commands } from '../../ports/commands.ts';
import { type Delivery, RetryError } from '../../ports/jobs.ts';
import { createPayment } from './create-payment.ts';
import { issueTickets } from './issue-tickets.ts';
import { notifyByEmail } from './notify-email.ts';
import { notifyByWhatsApp } from './notify-whatsapp.ts';

// A show whose owner has just died is read and not woken, and what was read may be a second old. A
// job that is younger must not take that for the last word.

const [event, id] = [newId<EventId>(), newId<OrderId>()];
const pending = { id, status: 'pending', tickets: [], payBy: 0 } as unknown as OrderView;
type Handler = (options: never, job: Delivery) => Promise<void>;

const handlers: readonly [name: string, handle: Handler][] = [
  ['a payment', createPayment],
  ['the issue of tickets', issueTickets],
  ['a mail', notifyByEmail],
  ['a message', notifyByWhatsApp],
];

describe('a show that is behind', () => {
  it.each(handlers)('has %s tried again when it does not know the order', async (_, handle) => {
    await expect(handle(optionsOf(undefined), job)).rejects.toThrow(RetryError);
  });

  it.each(handlers.slice(1))('has %s tried again while it knows no tickets', async (_, handle) => {
    await expect(handle(optionsOf(pending), job)).rejects.toThrow(RetryError);
  });
});

const job: Delivery = {
  id: 'ticket.issue:1',
  kind: 'ticket.issue',
  event,
  body: { order: id, template: 'tickets_ready', payBy: 2 },
  attempt: 1,
};

/** Everything that is asked before the order is looked at. */
function optionsOf(order: OrderView | undefined): never {
  const commands: Pick<Commands, 'ask'> = {
    ask: async (_event, question) => {
      const value = question.type === 'view' ? { lots: new Map() } : order && { order };
      return { accepted: true, generation: 1, position: 1, at: 0, value } as never;
    },
  };
  const details = { read: async () => ({ buyer: {}, holders: [] }) };
  const catalog = { byId: async () => ({ slug: 'show' }) };
  const deliveries = { of: async () => [] };
  const clock = { now: () => 1 };
  return { commands, details, catalog, deliveries, clock } as never;
}
