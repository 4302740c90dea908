import { type Connection, connect, RequestError } from '@ingressou/client-sdk';
import type { OrderId, SubjectId } from '@ingressou/protocol';
import { applyDelta, openDelta, openPackage } from '@ingressou/protocol/admission';
import { decodeTicket, keyRing, rotatingCode, slotMs } from '@ingressou/protocol/ticket';
import { newHolderKey, newSecretKey, signAsHolder } from '@ingressou/protocol/ticket-browser';
import { WebSocket } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { verifyOnNode } from '../../src/workers/tickets/node-ed25519.ts';
import { GateRig, type Scanner } from '../setup/gate-rig.ts';
import { newId, openNode, type TestNode } from '../setup/node.ts';
import { buyTickets } from '../setup/sold-tickets.ts';

// A phone that shows a ticket whose code rotates, over HTTP, and the gate it is held up to.

type Key = Awaited<ReturnType<typeof newHolderKey>>;

let house: TestNode;
let rig: GateRig;
let gate: Scanner;
let ana: Connection;
let order: OrderId;
let serial: number;

beforeAll(async () => {
  const provider = { type: 'simulator', port: await freePort(), payAfterMs: 0 } as const;
  house = await openNode({ databaseUrl: undefined, provider });
}, 60_000);
afterAll(() => house.stop());
beforeEach(async () => {
  const lots = [{ quantity: 100 }, { quantity: 100, isPrintable: true }];
  rig = await GateRig.open(house, {}, { lots, isRotating: true });
  gate = await rig.scanner(0);
  ana = await person();
  [order, [serial = 0]] = await buyTickets(ana, rig.show, 1);
});
afterEach(() => ana.close());

describe('a ticket whose code rotates', { timeout: 60_000 }, () => {
  it('is shown by the phone that took it, for a moment, and admits once', async () => {
    const phone = await newHolderKey();
    const { bound } = await take(phone);
    const old = await codeOf(bound, phone, Date.now() - 3 * slotMs);
    expect((await gate.scan(old)).verdict).toBe('stale_code');
    const code = await codeOf(bound, phone);
    expect(await gate.scan(code)).toMatchObject({ verdict: 'admitted', serial });
    expect((await gate.scan(code)).verdict).toBe('already_used');
  });

  it('is the same to a phone that asks again, whichever kind of key it has', async () => {
    for (const phone of [await newHolderKey(), await newSecretKey()]) {
      const first = await take(phone, { mayMove: true });
      const again = await take(phone);
      expect([again.bound, again.revision]).toEqual([first.bound, first.revision]);
    }
  });

  it('goes to another phone only when asked to, and is void on the first from then on', async () => {
    const [red, blue] = [await newHolderKey(), await newHolderKey()];
    const before = await take(red);
    expect(await refusalOf(take(blue))).toEqual([409, 'ticket_bound']);
    const after = await take(blue, { mayMove: true });
    expect([before.revision, after.revision]).toEqual([0, 1]);
    expect(await refusalOf(take(red))).toEqual([409, 'ticket_bound']);
    expect((await gate.scan(await codeOf(before.bound, red))).verdict).toBe('old_revision');
    expect((await gate.scan(await codeOf(after.bound, blue))).verdict).toBe('admitted');
    expect(await refusalOf(take(red, { mayMove: true }))).toEqual([409, 'ticket_used']);
  });

  it('is void on the first phone at a gate that is alone, once its package is newer', async () => {
    const [red, blue] = [await newHolderKey(), await newHolderKey()];
    await take(red);
    const whole = await openPackage((await packageOf()).bytes, await expected());
    if (typeof whole === 'string') throw new Error(whole);
    expect(whole.revocations.refusal(serial, 0)).toBeUndefined();
    await take(blue, { mayMove: true });
    const newer = () => packageOf(whole.position);
    await expect.poll(newer, { timeout: 20_000 }).toMatchObject({ isNewer: true });
    const held = { ...(await expected()), held: whole };
    const delta = await openDelta((await newer()).bytes, held);
    if (typeof delta === 'string') throw new Error(delta);
    const { revocations } = applyDelta(whole, delta) ?? whole;
    expect(revocations.refusal(serial, 0)).toBe('old_revision');
    expect(revocations.refusal(serial, 1)).toBeUndefined();
  });

  it('is freed by the producer, and then goes to the next phone', async () => {
    const [red, blue] = [await newHolderKey(), await newHolderKey()];
    const before = await take(red);
    await rig.ask('DELETE', `tickets/${serial}/holder`);
    expect((await gate.scan(await codeOf(before.bound, red))).verdict).toBe('old_revision');
    const after = await take(blue);
    expect((await gate.scan(await codeOf(after.bound, blue))).verdict).toBe('admitted');
    const scanner = await rig.tryAs(gate.enrolled.token, 'DELETE', `tickets/${serial}/holder`);
    expect(scanner.status).toBe(403);
  });

  it('has no code to print, and a static one of it admits nobody', async () => {
    const [ticket] = await ana.orders.tickets(order);
    expect(ticket).toMatchObject({ serial, isRotating: true });
    expect(ticket).not.toHaveProperty('code');
    const kept = await rig.code(serial, { isRotating: true, isPrintable: false });
    expect((await gate.scan(kept)).verdict).toBe('rotating_needed');
  });

  it('of a lot that may be printed has a code until it goes to another phone', async () => {
    const [own, [printed = 0]] = await buyTickets(ana, rig.show, 1, 1);
    const [ticket] = await ana.orders.tickets(own);
    const about = decodeTicket(ticket?.code ?? '');
    expect(about).toMatchObject({ ticket: { isRotating: true, isPrintable: true } });
    for (const phone of [await newHolderKey(), await newHolderKey()]) {
      const { publicKey } = phone;
      await ana.orders.takeTicket(own, printed, { publicKey, mayMove: true });
    }
    expect((await gate.scan(ticket?.code ?? '')).verdict).toBe('old_revision');
    const codes = async () => (await ana.orders.tickets(own)).map(({ code }) => code);
    await expect.poll(codes, { timeout: 20_000 }).not.toEqual([ticket?.code]);
    const [fresh = ''] = await codes();
    expect((await gate.scan(fresh)).verdict).toBe('admitted');
  });

  it('is nobody else’s, and of no key that signs for everybody', async () => {
    const { publicKey } = await newHolderKey();
    const eve = await person();
    expect(await refusalOf(eve.orders.takeTicket(order, serial, { publicKey }))).toEqual([
      404,
      'order_not_found',
    ]);
    eve.close();
    const identity = Uint8Array.from([1, ...new Array<number>(31).fill(0)]);
    expect(await refusalOf(take({ publicKey: identity }))).toEqual([400, 'invalid_key']);
    const large = new Uint8Array(32).fill(0xff);
    expect(await refusalOf(take({ publicKey: large }))).toEqual([400, 'invalid_key']);
    expect(await refusalOf(take({ publicKey: publicKey.subarray(1) }))).toEqual([
      400,
      'invalid_fields',
    ]);
    const other = ana.orders.takeTicket(order, serial + 1, { publicKey });
    expect(await refusalOf(other)).toEqual([404, 'ticket_not_found']);
  });
});

async function person(): Promise<Connection> {
  const token = await house.mintToken({ role: 'CLIENTE', subject: newId<SubjectId>() });
  return connect({ url: house.url, token, webSocket: WebSocket });
}

function take({ publicKey }: Pick<Key, 'publicKey'>, how: { mayMove?: boolean } = {}) {
  return ana.orders.takeTicket(order, serial, { publicKey, ...how });
}

function codeOf(bound: string, key: Key, now = Date.now()): Promise<string> {
  return rotatingCode(bound, now, (message) => signAsHolder(key, message));
}

async function refusalOf(answer: Promise<unknown>): Promise<unknown> {
  return await answer.catch((error: unknown) => {
    if (error instanceof RequestError) return [error.status, error.code];
    throw error;
  });
}

/** What a scanner knows of a package before it has one. */
async function expected() {
  const { event } = rig.show;
  const keys = await house.node.ticketKeys.list(event);
  const listed = keys.map(({ keyId, publicKey }) => ({ keyId, publicKey, isRevoked: false }));
  return { ring: keyRing(event, listed), checkpoint: 0, now: Date.now(), verify: verifyOnNode };
}

async function packageOf(since = 0): Promise<{ bytes: Uint8Array; isNewer: boolean }> {
  const path = `package?checkpoint=0${since > 0 ? `&since=${since}` : ''}`;
  const answer = await rig.tryAs(gate.enrolled.token, 'GET', path);
  const isNewer = Number(answer.headers.get('x-position')) > since;
  return { bytes: new Uint8Array(await answer.arrayBuffer()), isNewer };
}
