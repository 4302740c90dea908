import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import {
  type CommandId,
  type DeviceId,
  type EventId,
  type LotId,
  parseId,
  type SubjectId,
  uuid7,
} from '@ingressou/protocol';
import { readConfig } from '../../../src/config.ts';
import type { Command } from '../../../src/domain/commands.ts';
import { startNode } from '../../../src/node.ts';
import { AccessTokens, openSigningKey } from '../../../src/transport/access-tokens.ts';
import { TicketSigner } from '../../../src/workers/tickets/signer.ts';
import { plainTicket } from '../issue/paid-orders.ts';
import { ProgramError, serveParent } from '../program.ts';
import type { FromGateNode, PreparedGates, ToGateNode } from './messages.ts';

/** The product as `npm start` runs it, and a producer who has sold a show and opens its doors. */
const config = readConfig();
const node = await startNode(config);
const hourMs = 60 * 60 * 1000;
/** What one order has at most: as many units of a lot as a hold may have. */
const orderUnits = 20;
/** Orders that are made at the same time. */
const ordersAtOnce = 100;
const signAtOnce = 100;

const parent = serveParent<ToGateNode, FromGateNode>(async ({ tickets, scanners }, { tell }) => {
  tell(await prepare(tickets, scanners));
});
parent.tell({ type: 'listening' });

async function prepare(tickets: number, scanners: number): Promise<PreparedGates> {
  const event = newId<EventId>();
  const place = { venue: 'Loopback', city: 'Brasília', uf: 'DF' };
  const show = { slug: `bench-${event}`, title: 'Bench', ...place, startsAt: Date.now() + hourMs };
  await node.catalog.add({ id: event, ...show });
  const lot = newId<LotId>();
  const times = { holdMs: 10 * 60_000, extendMs: 0, limit: 1_000_000 };
  await submit(event, { type: 'create_show', id: newId<CommandId>(), ...times });
  const about = { sector: 'Pista', name: 'Lote', priceCents: 10_000, quantity: tickets };
  await submit(event, { type: 'open_lot', id: lot, ...about });
  await submit(event, { type: 'open_sale', id: newId<CommandId>() });
  await sell(event, lot, tickets);
  await openDoors(event);
  const tokens = await enrol(event, scanners);
  return { type: 'prepared', event, tokens, codes: await sign(event, tickets) };
}

async function sell(event: EventId, lot: LotId, tickets: number): Promise<void> {
  for (let sold = 0; sold < tickets; ) {
    const orders: Promise<void>[] = [];
    while (sold < tickets && orders.length < ordersAtOnce) {
      const quantity = Math.min(orderUnits, tickets - sold);
      orders.push(order(event, lot, quantity));
      sold += quantity;
    }
    await Promise.all(orders);
    parent.tell({ type: 'sold', tickets: sold });
  }
}

async function order(event: EventId, lot: LotId, quantity: number): Promise<void> {
  const [hold, id] = [newId<CommandId>(), newId<CommandId>()];
  const subject = newId<SubjectId>();
  await submit(event, { type: 'reserve', id: hold, subject, items: [{ lot, quantity }] });
  await submit(event, { type: 'checkout', id, subject, hold, method: 'pix' });
  const amountCents = quantity * 10_000;
  const charge = `ch_${randomUUID()}`;
  await submit(event, { type: 'confirm_payment', charge, order: id, amountCents });
}

async function openDoors(event: EventId): Promise<void> {
  const from = Math.floor(Date.now() / 1000) * 1000 - hourMs;
  const rules = {
    checkpoint: 0,
    isDaily: false,
    mayReenter: false,
    needsProof: false,
    days: [{ from, until: from + 12 * hourMs }],
    sectors: [{ gates: 0b11, strictGates: 0b01, days: 1 }],
    lotSectors: [0],
  };
  const checkpoints = [{ name: 'Entrada', gates: ['A', 'B'], rules }];
  await submit(event, { type: 'set_checkpoints', id: newId<CommandId>(), checkpoints });
}

async function enrol(event: EventId, scanners: number): Promise<string[]> {
  const tokens = new AccessTokens(await openSigningKey(config.tokenKeyFile));
  return await Promise.all(
    Array.from({ length: scanners }, async (_, at) => {
      const [id, gate] = [parseId<DeviceId>(randomUUID()), at % 2];
      await submit(event, { type: 'enrol_device', id: newId<CommandId>(), device: id, gate });
      return await tokens.signGate(event, { id, gate }, Date.now(), hourMs);
    }),
  );
}

/** Signed and kept as a worker does it, so that the gateway can look at them before they come. */
async function sign(event: EventId, tickets: number): Promise<string[]> {
  const { signing, codes: kept } = node;
  const signer = new TicketSigner({ signing, codes: kept, random: () => randomInt(2 ** 32) });
  const codes: string[] = [];
  // The node's heartbeat must not wait for all of them.
  while (codes.length < tickets) {
    const count = Math.min(signAtOnce, tickets - codes.length);
    const serials = Array.from({ length: count }, (_, at) => codes.length + at + 1);
    const signed = await signer.sign(event, serials.map(plainTicket));
    codes.push(...signed.map(({ code }) => code));
  }
  return codes;
}

async function submit(event: EventId, command: Command): Promise<void> {
  const answer = await node.commands.submit(event, command);
  if (answer.accepted) return;
  throw new ProgramError(`${command.type} was refused: ${answer.rejection.reason}`);
}

function newId<T extends CommandId | EventId | LotId | SubjectId>(): T {
  return uuid7<T>(Date.now(), randomBytes(16));
}
