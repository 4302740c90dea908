import { type Connection, connect } from '@ingressou/client-sdk';
import type { LotId, SubjectId } from '@ingressou/protocol';
import { rotatingCode } from '@ingressou/protocol/ticket';
import { newHolderKey, signAsHolder } from '@ingressou/protocol/ticket-browser';
import { WebSocket } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { addDemoShow } from '../../src/demo-show.ts';
import { GateRig, type Scanner } from '../setup/gate-rig.ts';
import { newId, type OpenShow, openNode, type TestNode } from '../setup/node.ts';
import { buyTickets } from '../setup/sold-tickets.ts';

// What a newcomer finds after the first start: something to buy in every way, and gates for it.

const halfMinuteMs = 30_000;

describe('the demo show', { timeout: 60_000 }, () => {
  let house: TestNode;
  let show: OpenShow;
  let ana: Connection;
  let gate: Scanner;

  beforeAll(async () => {
    const provider = { type: 'simulator', port: await freePort(), payAfterMs: 0 } as const;
    house = await openNode({ databaseUrl: undefined, provider });
    // Its sale opens 20 seconds after it was made.
    const { id: event, slug } = await addDemoShow({
      ...house.node,
      now: Date.now() - halfMinuteMs,
    });
    show = { event, slug, lots: await lotsOf(house, event) };
    gate = await GateRig.of(house, show).then((rig) => rig.scanner(0));
    const token = await house.mintToken({ role: 'CLIENTE', subject: newId<SubjectId>() });
    ana = connect({ url: house.url, token, webSocket: WebSocket });
  }, 60_000);
  afterAll(async () => {
    ana?.close();
    gate?.socket.close();
    await house?.stop();
  });

  it('has a lot whose tickets only a phone shows, as codes that the gate admits', async () => {
    const [order, [serial = 0]] = await buyTickets(ana, show, 1, show.lots.length - 1);
    const [ticket] = await ana.orders.tickets(order);
    expect(ticket).toMatchObject({ serial, isRotating: true });
    expect(ticket).not.toHaveProperty('code');
    const phone = await newHolderKey();
    const { bound } = await ana.orders.takeTicket(order, serial, { publicKey: phone.publicKey });
    const code = await rotatingCode(bound, Date.now(), (message) => signAsHolder(phone, message));
    expect(await gate.scan(code)).toMatchObject({ verdict: 'admitted', serial });
  });

  it('has tickets in every other lot that paper is enough for', async () => {
    for (const lot of show.lots.slice(0, -1).keys()) {
      const [order, [serial = 0]] = await buyTickets(ana, show, 1, lot);
      const [ticket] = await ana.orders.tickets(order);
      const scanned = await gate.scan(ticket?.code ?? '', { hasProof: true });
      expect(scanned, `lot ${lot}`).toMatchObject({ verdict: 'admitted', serial });
    }
  });
});

async function lotsOf({ node }: TestNode, event: OpenShow['event']): Promise<LotId[]> {
  const view = await node.commands.ask(event, { type: 'view' });
  if (!view.accepted) throw new Error(view.rejection.reason);
  return [...view.value.lots.keys()];
}
