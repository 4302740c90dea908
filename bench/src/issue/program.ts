import { randomBytes, randomInt } from 'node:crypto';
import { type EventId, type NodeId, uuid7 } from '@ingressou/protocol';
import { systemClock as clock } from '../../../src/clock.ts';
import { readConfig } from '../../../src/config.ts';
import { openStore } from '../../../src/node-store.ts';
import { atOnce } from '../../../src/node-workers.ts';
import type { TicketCode } from '../../../src/ports/ticket-codes.ts';
import { openTelemetry } from '../../../src/telemetry.ts';
import { DocumentRenderer } from '../../../src/workers/documents/document-renderer.ts';
import { TicketSigner } from '../../../src/workers/tickets/signer.ts';
import { Random } from '../../../test/simulation/random.ts';
import { cpuMs } from '../contestants/messages.ts';
import { serveParent } from '../program.ts';
import type { Batch, FromIssuer, Issued, ToIssuer } from './messages.ts';
import { documentOf, drawOrders, type PaidOrder, show } from './paid-orders.ts';

/** One worker with what production gives it: a signer, its keys and codes, a thread that draws. */
const config = { ...readConfig(), rabbitmqUrl: undefined };
const node = uuid7<NodeId>(Date.now(), randomBytes(16));
const store = await openStore(config, node, openTelemetry('error'));
const signer = new TicketSigner({ ...store, random: () => randomInt(2 ** 32) });

const parent = serveParent<ToIssuer, FromIssuer>(async ({ orders, seed }, { tell }) => {
  tell({ type: 'issued', issued: await issue(orders, seed) });
});
parent.tell({ type: 'ready' });

async function issue(count: number, seed: number): Promise<Issued> {
  const event = uuid7<EventId>(Date.now(), randomBytes(16));
  await store.catalog.add({ ...show, id: event, slug: `bench-${event}` });
  const orders = drawOrders(2 * count, new Random(seed, 'issue'));
  const [first, second] = [orders.slice(0, count), orders.slice(count)];
  const renderer = new DocumentRenderer({ clock });
  const codes = new Map<PaidOrder, readonly TicketCode[]>();
  const sign = async (order: PaidOrder): Promise<void> => {
    codes.set(order, await signer.sign(event, order.tickets));
  };
  const render = (order: PaidOrder) =>
    renderer.ticketPdf(documentOf(order, codes.get(order) ?? []));

  const signed = await measured(first, atOnce['ticket.issue'] ?? 1, sign);
  const begunAt = performance.now();
  for (const order of first.slice(0, 1)) await render(order);
  const firstDocumentMs = performance.now() - begunAt;
  const hands = atOnce['notification.email'] ?? 1;
  const rendered = await measured(first, hands, render);
  const both = await measured(second, hands, async (order) => {
    await sign(order);
    await render(order);
  });
  await renderer.close();
  return { firstDocumentMs, signed, rendered, both };
}

/** Does the work for all orders, so many at a time. */
async function measured(
  orders: readonly PaidOrder[],
  hands: number,
  work: (order: PaidOrder) => Promise<unknown>,
): Promise<Batch> {
  const [begunAt, cpu] = [performance.now(), cpuMs()];
  const left = [...orders];
  const hand = async (): Promise<void> => {
    for (let order = left.pop(); order !== undefined; order = left.pop()) await work(order);
  };
  await Promise.all(Array.from({ length: hands }, hand));
  return {
    orders: orders.length,
    tickets: orders.reduce((sum, { tickets }) => sum + tickets.length, 0),
    ms: performance.now() - begunAt,
    cpuMs: cpuMs() - cpu,
  };
}
