import { connect } from '@ingressou/client-sdk';
import type { OrderId, SubjectId } from '@ingressou/protocol';
import { type CardBlock, decodeCards, holderIn } from '@ingressou/protocol/name-cards';
import { decodeTicket, eventNumber, rotatingCode } from '@ingressou/protocol/ticket';
import { type HolderKey, newHolderKey, signAsHolder } from '@ingressou/protocol/ticket-browser';
import { WebSocket } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { type EnrolledScanner, GateRig } from '../setup/gate-rig.ts';
import { newId, openNode, type TestNode } from '../setup/node.ts';
import { buyCodes, buyTickets } from '../setup/sold-tickets.ts';

// Tickets that people buy as they do, and what a gate can know of who comes with them.

const lots = { full: 0, half: 1, nominal: 2 };
const lotSetup = [
  { quantity: 100 },
  { quantity: 100, isHalf: true },
  { quantity: 100, isNominal: true },
];
const hourMs = 60 * 60 * 1000;

let house: TestNode;
let rig: GateRig;
let scanner: EnrolledScanner;

beforeAll(async () => {
  const provider = { type: 'simulator', port: await freePort(), payAfterMs: 0 } as const;
  house = await openNode({ databaseUrl: undefined, provider });
});
afterAll(() => house.stop());
beforeEach(async () => {
  rig = await GateRig.open(house, { hasCards: true }, { lots: lotSetup });
  scanner = await rig.enrol(0);
});

const sell = (lot: number, ...names: string[]) =>
  buyCodes(house, rig.show, names.length, lot, { names });

describe('a ticket', () => {
  it('says by its code what its lot is', async () => {
    const codes = [
      ...(await sell(lots.full, 'Ana')),
      ...(await sell(lots.half, 'Bia')),
      ...(await sell(lots.nominal, 'Caio')),
    ];
    expect(codes.map(read).map(({ ticket }) => [ticket.price, ticket.isNominal])).toEqual([
      ['full', false],
      ['half', false],
      ['full', true],
    ]);
  });
});

describe('a scanner of a show that wants name cards', () => {
  it('has one for each nominal and half-price ticket, which the ticket opens', async () => {
    const [full = ''] = await sell(lots.full, 'Ana Souza');
    const [half = '', other = ''] = await sell(lots.half, 'Bia Lima', "João d'Ávila");
    const [nominal = ''] = await sell(lots.nominal, 'Caio Reis');
    const { bytes, cards } = await fetched();
    expect(cards.cards).toHaveLength(3);
    expect(await holderIn(cards, read(half))).toBe('Bia Lima');
    expect(await holderIn(cards, read(other))).toBe("João d'Ávila");
    expect(await holderIn(cards, read(nominal))).toBe('Caio Reis');
    expect(await holderIn(cards, read(full))).toBeUndefined();
    // What is known of the ticket besides its signature opens nothing.
    const { serial, salt } = read(half).ticket;
    const forged = await rig.code(serial, { salt, price: 'half', lot: 1, isMinor: true });
    expect(await holderIn(cards, read(forged))).toBeUndefined();
    const text = Buffer.from(bytes).toString('latin1');
    for (const name of ['Bia', 'Lima', 'Caio', 'Ana']) expect(text).not.toContain(name);
  });

  it('is told so with its package, and that they end some hours after the show', async () => {
    const answer = await get('package?checkpoint=0');
    expect(answer.headers.get('x-name-cards')).toBe('on');
    const from = Math.floor(Date.now() / hourMs) * hourMs - hourMs;
    const { cards } = await fetched();
    expect(cards).toMatchObject({ block: 0, goodUntil: from + 30 * hourMs, cards: [] });
  });

  it('has no card of a ticket that was given back, or of somebody who was erased', async () => {
    const subject = newId<SubjectId>();
    const wish = { subject, names: ['Bia Lima', 'Beto Lima'] };
    await buyCodes(house, rig.show, 2, lots.nominal, wish);
    const [stays = ''] = await sell(lots.nominal, 'Caio Reis');
    expect((await fetched()).cards.cards).toHaveLength(3);
    await house.node.details.erase(subject);
    const { cards } = await fetched();
    expect(cards.cards).toHaveLength(1);
    expect(await holderIn(cards, read(stays))).toBe('Caio Reis');
  });

  it('has none once it is shut out', async () => {
    await sell(lots.half, 'Bia Lima');
    await rig.ask('DELETE', `devices/${scanner.device}`);
    expect(await refusal('name-cards?checkpoint=0&block=0')).toEqual([403, 'device_revoked']);
  });

  it.each([
    ['checkpoint=9&block=0', 404, 'checkpoint_not_found'],
    ['block=0', 404, 'checkpoint_not_found'],
    ['checkpoint=0', 400, 'invalid_parameter'],
    ['checkpoint=0&block=-1', 400, 'invalid_parameter'],
    ['checkpoint=0&block=1e3', 400, 'invalid_parameter'],
    ['checkpoint=0&block=7813', 400, 'invalid_parameter'],
  ])('that asks for %s is told %i %s', async (query, status, code) => {
    expect(await refusal(`name-cards?${query}`)).toEqual([status, code]);
  });

  it('has none of a block in which there is no ticket', async () => {
    expect((await fetched(7_812)).cards.cards).toEqual([]);
  });

  it('waits when it asks for too much', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => get('name-cards?checkpoint=0&block=0')),
    );
    const slow = answers.filter(({ status }) => status === 429);
    expect(slow.length).toBeGreaterThan(0);
    for (const { headers } of slow) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    // Nobody else waits for it.
    const neighbour = await rig.enrol(1);
    const path = 'name-cards?checkpoint=0&block=0';
    expect((await rig.tryAs(neighbour.token, 'GET', path)).status).toBe(200);
  });
});

describe('a scanner of a show whose codes rotate', () => {
  it('has a card for the phone that has the ticket, and for paper where that is enough', async () => {
    const wish = [
      { quantity: 10, isNominal: true },
      { quantity: 10, isHalf: true, isPrintable: true },
    ];
    rig = await GateRig.open(house, { hasCards: true }, { lots: wish, isRotating: true });
    scanner = await rig.enrol(0);
    const token = await house.mintToken({ role: 'CLIENTE', subject: newId<SubjectId>() });
    const ana = connect({ url: house.url, token, webSocket: WebSocket });
    try {
      const [own, [serial = 0]] = await buyTickets(ana, rig.show, 1, 0, ['Ana Souza']);
      const [paper, [printed = 0]] = await buyTickets(ana, rig.show, 1, 1, ['Bia Lima']);
      const [red, blue] = [await newHolderKey(), await newHolderKey()];
      const shown = async (order: OrderId, ticket: number, phone: HolderKey) => {
        const { publicKey } = phone;
        const { bound } = await ana.orders.takeTicket(order, ticket, { publicKey, mayMove: true });
        return read(await rotatingCode(bound, Date.now(), (what) => signAsHolder(phone, what)));
      };
      const [ticket] = await ana.orders.tickets(paper);
      const before = await shown(own, serial, red);
      expect(await holderIn((await fetched()).cards, before)).toBe('Ana Souza');
      const after = await shown(own, serial, blue);
      const byPhone = await shown(paper, printed, red);
      const { cards } = await fetched();
      expect(await holderIn(cards, before)).toBeUndefined();
      expect(await holderIn(cards, after)).toBe('Ana Souza');
      expect(await holderIn(cards, byPhone)).toBe('Bia Lima');
      expect(await holderIn(cards, read(ticket?.code ?? ''))).toBe('Bia Lima');
    } finally {
      ana.close();
    }
  });
});

describe('name cards', () => {
  it('are for scanners and nobody else', async () => {
    const shows = [rig.show.event];
    for (const role of ['ADMIN', 'PRODUTOR', 'CLIENTE'] as const) {
      const token = await house.mintToken({ role, shows });
      const path = 'name-cards?checkpoint=0&block=0';
      expect((await rig.tryAs(token, 'GET', path)).status, role).toBe(403);
    }
  });

  it('are there only where the producer wants them', async () => {
    const off = await GateRig.open(house, {}, { lots: lotSetup });
    const { token } = await off.enrol(0);
    const answer = await off.tryAs(token, 'GET', 'name-cards?checkpoint=0&block=0');
    expect([answer.status, await codeOf(answer)]).toEqual([404, 'cards_off']);
    const whole = await off.tryAs(token, 'GET', 'package?checkpoint=0');
    expect(whole.headers.get('x-name-cards')).toBe('off');
  });

  it('are gone when the show is over', async () => {
    const until = Math.floor(Date.now() / hourMs) * hourMs - 7 * hourMs;
    const days = [{ from: until - hourMs, until }];
    const over = await GateRig.open(house, { hasCards: true, days }, { lots: lotSetup });
    const { token } = await over.enrol(0);
    const answer = await over.tryAs(token, 'GET', 'name-cards?checkpoint=0&block=0');
    expect([answer.status, await codeOf(answer)]).toEqual([404, 'cards_off']);
  });
});

async function fetched(block = 0): Promise<{ bytes: Uint8Array; cards: CardBlock }> {
  const answer = await get(`name-cards?checkpoint=0&block=${block}`);
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const cards = decodeCards(bytes, { event: eventNumber(rig.show.event), block });
  if (typeof cards === 'string') throw new Error(cards);
  return { bytes, cards };
}

function get(path: string): Promise<Response> {
  return rig.tryAs(scanner.token, 'GET', path);
}

async function refusal(path: string): Promise<[number, unknown]> {
  const answer = await get(path);
  return [answer.status, await codeOf(answer)];
}

async function codeOf(answer: Response): Promise<unknown> {
  return ((await answer.json()) as { readonly code: unknown }).code;
}

function read(code: string) {
  const found = decodeTicket(code);
  if (typeof found === 'string') throw new Error(found);
  return found;
}
