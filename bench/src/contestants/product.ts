import { randomBytes } from 'node:crypto';
import { type CommandId, type EventId, type LotId, uuid7 } from '@ingressou/protocol';
import { readConfig } from '../../../src/config.ts';
import type { Command } from '../../../src/domain/commands.ts';
import { startNode } from '../../../src/node.ts';
import { ProgramError, serveParent } from '../program.ts';
import { cpuMs, type FromServer, type ToServer } from './messages.ts';
import { refuseOrders } from './refused-orders.ts';

/** The product as `npm start` runs it, configured by its environment; asked by its parent. */
const node = await startNode(readConfig());

const day = 24 * 60 * 60 * 1000;
const setup = {
  holdMs: 10 * 60_000,
  extendMs: 5 * 60_000,
  /** The domain's own greatest: one session of a bench buys for a whole city. */
  limit: 1_000_000,
};

const parent = serveParent<ToServer, FromServer>(async (message, { tell }) => {
  switch (message.type) {
    case 'create_show':
      return tell(await createShow(message.quantities));
    case 'open_sale':
      await submit(message.event, openSale(message.at));
      return tell({ type: 'sale' });
    case 'refuse_orders':
      await refuseOrders(message, submit);
      return tell({ type: 'orders_refused' });
    case 'read_cpu':
      return tell({ type: 'cpu', ms: cpuMs() });
  }
});
parent.tell({ type: 'listening', what: node.url });

async function createShow(quantities: readonly number[]): Promise<FromServer> {
  const event = newId<EventId>();
  await node.catalog.add({
    id: event,
    slug: `bench-${event}`,
    title: 'Bench',
    venue: 'Loopback',
    city: 'Brasília',
    uf: 'DF',
    startsAt: Date.now() + day,
  });
  await submit(event, { type: 'create_show', id: newId<CommandId>(), ...setup });
  const lots: LotId[] = [];
  for (const [index, quantity] of quantities.entries()) {
    const lot = { id: newId<LotId>(), sector: 'Pista', name: `Lote ${index + 1}` };
    await submit(event, { type: 'open_lot', ...lot, priceCents: 10_000, quantity });
    lots.push(lot.id);
  }
  return { type: 'show', event, lots };
}

function openSale(opensAt: number | undefined): Command {
  const id = newId<CommandId>();
  return opensAt === undefined ? { type: 'open_sale', id } : { type: 'open_sale', id, opensAt };
}

async function submit(event: EventId, command: Command): Promise<void> {
  const answer = await node.commands.submit(event, command);
  if (answer.accepted) return;
  throw new ProgramError(`${command.type} was refused: ${answer.rejection.reason}`);
}

function newId<T extends EventId | LotId | CommandId>(): T {
  return uuid7<T>(Date.now(), randomBytes(16));
}
