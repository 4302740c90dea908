import { type Connection, connect } from '@ingressou/client-sdk';
import type { IncidentView, OrderId, SubjectId } from '@ingressou/protocol';
import { rotatingCode } from '@ingressou/protocol/ticket';
import { newHolderKey, signAsHolder } from '@ingressou/protocol/ticket-browser';
import { WebSocket } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { grant, type Wish } from '../../scripts/gate/grant.ts';
import { operatorNode } from '../../scripts/gate/operator-node.ts';
import { GateRig, type Scanner } from '../setup/gate-rig.ts';
import { newId, openNode, type TestNode } from '../setup/node.ts';
import { RawSocket } from '../setup/raw-socket.ts';
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

const patience = { timeout: 10_000 };

let house: TestNode;
let token: string;

beforeAll(async () => {
  const provider = { type: 'simulator', port: await freePort(), payAfterMs: 0 } as const;
  const scanRate = { perSecond: 1e6, burst: 1e6 };
  house = await openNode({ databaseUrl: undefined, provider, scanRate, frameRate: scanRate });
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

describe('the tool for incidents', { timeout: 60_000 }, () => {
  let rig: GateRig;
  let a: Scanner;
  let panel: RawSocket;

  beforeAll(async () => {
    rig = await GateRig.open(house);
    a = await rig.scanner(0);
    const producer = await house.mintToken({
      role: 'PRODUTOR',
      shows: [rig.show.event],
      lifeMs: 600_000,
    });
    panel = await RawSocket.live(house.url, producer);
    panel.send({ type: 'watch_gates', event: rig.show.event });
    await panel.next('gates');
  }, 60_000);
  afterAll(() => {
    panel.close();
    a.socket.close();
  });

  /** Tickets that come in twice, and what the panel is told of them. */
  const twice = async (count: number): Promise<IncidentView[]> => {
    const told: IncidentView[] = [];
    for (const serial of await rig.sell(count)) {
      const code = await rig.code(serial);
      await a.scan(code);
      await a.scan(code, { override: 'supervisor' });
      told.push((await panel.next('incident')).incident);
    }
    return told;
  };

  it('marks one, and the list, the panel and what programs read agree', async () => {
    const [one, two] = await twice(2);
    if (one === undefined || two === undefined) throw new Error('Two were told.');
    expect(await lines()).toEqual([`NEW double_entry ${one.id}`, `NEW double_entry ${two.id}`]);
    const said = await ask(rig.show.slug, 'incidents', { seen: [one.id] });
    expect((await panel.next('incident')).incident).toMatchObject({ id: one.id, isSeen: true });
    expect(linesIn(said)).toEqual([`NEW double_entry ${two.id}`, `seen double_entry ${one.id}`]);
    expect(await lines()).toEqual(linesIn(said));
    const latest = [two, { ...one, number: 3, isSeen: true }];
    await expect.poll(gates, patience).toEqual({ total: 2, unseen: 1, latest });
    expect(await asJson()).toEqual(latest);
  });

  it('marks all, more than one request or one page holds', async () => {
    await twice(110);
    const said = await ask(rig.show.slug, 'incidents', { seen: ['all'] });
    expect(linesIn(said)).toHaveLength(112);
    expect(linesIn(said).filter((line) => !line.startsWith('seen '))).toEqual([]);
    expect((await asJson()).filter(({ isSeen }) => !isSeen)).toEqual([]);
    await expect.poll(gates, patience).toMatchObject({ total: 112, unseen: 0 });
    expect(await ask(rig.show.slug, 'incidents', { seen: ['all'] })).toBe(said);
    expect(await ask(rig.show.slug, 'list')).toContain('112 incidents, 0 of them not seen');
  });

  it('says which is not there, and how to find those that are', async () => {
    for (const id of [`double_entry:${a.enrolled.device}:999`, 'no incident']) {
      const marked = ask(rig.show.slug, 'incidents', { seen: [id] });
      await expect(marked).rejects.toThrow(`${id}: no such incident`);
      await expect(marked).rejects.toThrow(`npm run gate -- incidents --show ${rig.show.slug}`);
    }
  });

  it('marks all of none', async () => {
    const quiet = await GateRig.open(house);
    const said = await ask(quiet.show.slug, 'incidents', { seen: ['all'] });
    expect(said).toBe('no incidents');
  });

  const lines = async () => linesIn(await ask(rig.show.slug, 'incidents'));
  const asJson = async () => {
    const said = await ask(rig.show.slug, 'incidents', { isJson: true });
    return (JSON.parse(said) as { incidents: IncidentView[] }).incidents;
  };
  /** As the panel is told of them next. */
  const gates = async () => {
    const { incidents } = await panel.next('gates');
    return incidents;
  };
});

/** Of each row of the table: whether somebody has seen it, what it is and its id. */
function linesIn(table: string): string[] {
  return table
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .map((words) => [words[1], words[2], words.at(-1)].join(' '));
}
