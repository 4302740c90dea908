import { randomBytes } from 'node:crypto';
import {
  type CommandId,
  type EventId,
  type HoldId,
  type OrderId,
  parseId,
  uuid7,
} from '@ingressou/protocol';
import type { Command } from '../../../src/domain/commands.ts';
import { newSubject } from '../../../src/transport/access-tokens.ts';
import { pause } from '../load/counter.ts';
import type { ToServer } from './messages.ts';

type Submit = (event: EventId, command: Command) => Promise<void>;

/**
 * Orders whose payments are refused as soon as they are made: each asks the relays for a payment to
 * make, one to cancel, and a mail.
 */
export async function refuseOrders(
  { event, lot, orders, perSecond }: Extract<ToServer, { readonly type: 'refuse_orders' }>,
  submit: Submit,
): Promise<void> {
  const begunAt = performance.now();
  const made: Promise<void>[] = [];
  for (let index = 0; index < orders; index += 1) {
    const waitMs = begunAt + (index * 1000) / perSecond - performance.now();
    if (waitMs > 0) await pause(waitMs);
    made.push(refuseOrder((command) => submit(event, command), lot));
  }
  await Promise.all(made);
}

async function refuseOrder(
  submit: (command: Command) => Promise<void>,
  lot: Extract<ToServer, { readonly type: 'refuse_orders' }>['lot'],
): Promise<void> {
  const subject = newSubject();
  const id = uuid7<CommandId>(Date.now(), randomBytes(16));
  await submit({ type: 'reserve', id, subject, items: [{ lot, quantity: 1 }] });
  const order = uuid7<OrderId>(Date.now(), randomBytes(16));
  const hold = parseId<HoldId>(id);
  await submit({ type: 'checkout', id: order, subject, hold, method: 'pix' });
  const refusal = 'details_refused';
  await submit({ type: 'fail_payment', attempt: `${order}:1`, order, refusal });
}
