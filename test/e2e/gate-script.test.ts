import { type Connection, connect } from '@ingressou/client-sdk';
import type { OrderId, SubjectId } from '@ingressou/protocol';
import { rotatingCode } from '@ingressou/protocol/ticket';
import { newHolderKey, signAsHolder } from '@ingressou/protocol/ticket-browser';
import { WebSocket } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { grant, type Wish } from '../../scripts/gate/grant.ts';
import { operatorNode } from '../../scripts/gate/operator-node.ts';
import { GateRig } from '../setup/gate-rig.ts';
import { newId, openNode, type TestNode } from '../setup/node.ts';
import { buyTickets } from '../setup/sold-tickets.ts';

// The operator's tool for the gates, against a running node with people and scanners in front of it.

const wishes = {
  gates: 'A,B',
  gate: 'A',
  reenter: false,
  proof: false,
  cards: false,
  open: false,
  seen: [],
  isJson: false,
} as const;

let house: TestNode;
let token: string;

beforeAll(async () => {
  const provider = { type: 'simulator', port: await freePort(), payAfterMs: 0 } as const;
  house = await openNode({ databaseUrl: undefined, provider });
  token = await house.mintToken({ role: 'ADMIN', lifeMs: 600_000 });
}, 60_000);
afterAll(() => house.stop());

const ask = (slug: string, verb: Wish['verb'], more: Partial<Wish> = {}) =>
  grant(operatorNode(house.url, token), { ...wishes, verb, slug, ...more });

describe('the tool for the gates', { timeout: 60_000 }, () => {
  let rig: GateRig;
  let ana: Connection;
  let order: OrderId;
  let serial: number;

  beforeAll(async () => {
    rig = await GateRig.open(house, {}, { lots: [{ quantity: 100 }], isRotating: true });
    const subject = newId<SubjectId>();
    const buyer = await house.mintToken({ role: 'CLIENTE', subject, lifeMs: 600_000 });
    ana = connect({ url: house.url, token: buyer, webSocket: WebSocket });
    [order, [serial = 0]] = await buyTickets(ana, rig.show, 1);
  }, 60_000);
  afterAll(() => ana.close());

  const take = async (key: Awaited<ReturnType<typeof newHolderKey>>) => {
    const { bound } = await ana.orders.takeTicket(order, serial, { publicKey: key.publicKey });
    return () => rotatingCode(bound, Date.now(), (message) => signAsHolder(key, message));
  };

  it('frees a ticket for the next phone, and says what that means at the gates', async () => {
    const gate = await rig.scanner(0);
    const lost = await take(await newHolderKey());
    const fresh = await newHolderKey();
    await expect(take(fresh)).rejects.toThrow('ticket_bound');
    const said = await ask(rig.show.slug, 'free', { what: String(serial) });
    expect(said).toContain(`Ticket ${serial} is free`);
    expect(said).toContain(`npm run gate -- incidents --show ${rig.show.slug}`);
    expect((await gate.scan(await lost())).verdict).toBe('old_revision');
    const found = await take(fresh);
    expect((await gate.scan(await found())).verdict).toBe('admitted');
    gate.socket.close();
  });

  it('says for programs which ticket it has freed', async () => {
    const said = await ask(rig.show.slug, 'free', { what: String(serial), isJson: true });
    expect(JSON.parse(said)).toEqual({ serial });
  });

  it.each([undefined, '0', '1.5', 'V50', '9999999'])(
    'asks which ticket is meant: %s',
    async (what) => {
      const asked = ask(rig.show.slug, 'free', { what });
      await expect(asked).rejects.toThrow(`npm run gate -- free SERIAL --show ${rig.show.slug}`);
    },
  );

  it('says what to do about a ticket that it cannot free', async () => {
    const { slug } = rig.show;
    const none = ask(slug, 'free', { what: '99' });
    await expect(none).rejects.toThrow(`has no ticket 99 that admits anybody`);
    await expect(none).rejects.toThrow(`npm run journal -- ${slug}`);
    const still = await GateRig.open(house);
    const [paper = 0] = await still.sell(1);
    const plain = ask(still.show.slug, 'free', { what: String(paper) });
    await expect(plain).rejects.toThrow('do not rotate');
    await expect(plain).rejects.toThrow(`npm run gate -- incidents --show ${still.show.slug}`);
    await expect(ask('nowhere', 'free', { what: '1' })).rejects.toThrow('There is no show nowhere');
  });

  it('knows no other reason than the node’s own', async () => {
    const scanner = await house.mintToken({ role: 'CHECKIN', shows: [rig.show.event] });
    const wish = { ...wishes, verb: 'free', slug: rig.show.slug, what: String(serial) } as const;
    await expect(grant(operatorNode(house.url, scanner), wish)).rejects.toThrow('403');
    const nobody = operatorNode(`http://127.0.0.1:${await freePort()}`, token);
    await expect(grant(nobody, wish)).rejects.toThrow('--url says where');
  });
});
