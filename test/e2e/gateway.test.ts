import { readFileSync } from 'node:fs';
import {
  type CommandId,
  type EventId,
  encode,
  type HoldId,
  type LotId,
  limits,
  type SubjectId,
} from '@ingressou/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, type OpenShow, openNode, type TestNode } from '../setup/node.ts';
import { RawSocket } from '../setup/raw-socket.ts';

let house: TestNode;
let show: OpenShow;
let lot: LotId;

beforeAll(async () => {
  house = await openNode();
  show = await house.createShow({ lots: [{ quantity: 100_000 }, { quantity: 2 }], limit: 1_000 });
  lot = show.lots[0]!;
});
afterAll(() => house.stop());

const buyer = async (subject = newId<SubjectId>()) =>
  RawSocket.live(house.url, await house.mintToken({ role: 'CLIENTE', subject }));

const reserve = (quantity = 1, of = lot, event = show.event) => ({
  type: 'reserve' as const,
  id: newId<CommandId>(),
  event,
  items: [{ lot: of, quantity }],
});

describe('a buyer', () => {
  it.each(['msgpack', 'json'] as const)('is served over %s', async (notation) => {
    const token = await house.mintToken({ role: 'CLIENTE' });
    const socket = await RawSocket.live(house.url, token, { notation });
    socket.send({ type: 'watch', event: show.event });
    const state = await socket.next('state');
    expect(state.lots.map(({ id }) => id)).toEqual(show.lots);
    const wish = reserve(2);
    socket.send(wish);
    const answer = await socket.answerTo(wish.id);
    expect(answer).toMatchObject({ type: 'accepted', re: wish.id });
    const delta = await socket.next('delta');
    expect(delta).toMatchObject({ event: show.event, generation: 1 });
    expect(delta.from).toBeLessThan(delta.to);
    socket.close();
  });

  it('who sends the same id twice holds once, and another body is refused', async () => {
    const socket = await buyer();
    const wish = reserve();
    socket.send(wish);
    socket.send(wish);
    const first = await socket.answerTo(wish.id);
    const second = await socket.answerTo(wish.id);
    expect(second).toEqual(first);
    socket.send({ ...wish, items: [{ lot, quantity: 2 }] });
    expect(await socket.answerTo(wish.id)).toMatchObject({ reason: 'id_reused' });
    socket.close();
  });

  it('hears in other windows what happened to a hold, and only once in this one', async () => {
    const subject = newId<SubjectId>();
    const [here, there] = [await buyer(subject), await buyer(subject)];
    const wish = reserve();
    here.send(wish);
    await here.answerTo(wish.id);
    const { hold } = await there.next('hold');
    expect(hold).toMatchObject({ id: wish.id, status: 'held', canExtend: true });
    here.send({ type: 'ping' });
    await here.next('pong');
    expect(here.drain().filter(({ type }) => type === 'hold')).toEqual([]);
    const release = { type: 'release' as const, id: newId<CommandId>(), event: show.event };
    there.send({ ...release, hold: wish.id });
    await there.answerTo(release.id);
    expect((await here.next('hold')).hold).toMatchObject({ id: wish.id, status: 'released' });
    here.close();
    there.close();
  });

  it('comes back to a welcome with the live holds, and to no state if nothing changed', async () => {
    const quiet = await house.createShow({ lots: [{ quantity: 10 }] });
    const token = await house.mintToken({ role: 'CLIENTE' });
    const before = await RawSocket.live(house.url, token);
    const wish = reserve(1, quiet.lots[0], quiet.event);
    before.send(wish);
    await before.answerTo(wish.id);
    before.send({ type: 'watch', event: quiet.event });
    const { generation, position } = await before.next('state');
    before.close();

    const after = await RawSocket.open(house.url);
    const point = { event: quiet.event, generation, position };
    after.send({ type: 'hello', token, resume: [point] });
    const welcome = await after.next('welcome');
    expect(welcome.holds.map(({ hold }) => hold.id)).toEqual([wish.id]);
    after.send({ type: 'ping' });
    await after.next('pong');
    expect(after.drain()).toEqual([]);
    const other = reserve(1, quiet.lots[0], quiet.event);
    after.send(other);
    await after.answerTo(other.id);
    const delta = await after.next('delta');
    expect(delta.from).toBeLessThanOrEqual(position);
    after.close();
  });
});

describe('a wish that cannot be', () => {
  it.each([
    ['quantity 0', () => reserve(0), 'invalid_quantity'],
    ['quantity -1', () => reserve(-1), 'invalid_quantity'],
    ['quantity 1.5', () => reserve(1.5), 'invalid_quantity'],
    ['quantity 1e9', () => reserve(1e9), 'invalid_quantity'],
    ['an unknown lot', () => reserve(1, newId<LotId>()), 'lot_not_found'],
    ['an unknown show', () => reserve(1, lot, newId<EventId>()), 'show_not_found'],
    ['more than is left', () => reserve(3, show.lots[1]), 'sold_out'],
    ['no items', () => ({ ...reserve(), items: [] }), 'invalid_items'],
  ])('%s is rejected with its reason', async (_name, wish, reason) => {
    const socket = await buyer();
    const message = wish();
    socket.send(message);
    expect(await socket.answerTo(message.id)).toMatchObject({ type: 'rejected', reason });
    socket.close();
  });

  it('a foreign hold is not found', async () => {
    const [owner, thief] = [await buyer(), await buyer()];
    const wish = reserve();
    owner.send(wish);
    await owner.answerTo(wish.id);
    for (const type of ['extend', 'release'] as const) {
      const id = newId<CommandId>();
      thief.send({ type, id, event: show.event, hold: wish.id as HoldId });
      expect(await thief.answerTo(id)).toMatchObject({ reason: 'hold_not_found' });
    }
    owner.close();
    thief.close();
  });

  it('an unknown show cannot be watched', async () => {
    const socket = await RawSocket.live(house.url);
    const event = newId<EventId>();
    socket.send({ type: 'watch', event });
    expect(await socket.next('rejected')).toMatchObject({ re: event, reason: 'show_not_found' });
    socket.close();
  });

  it('more shows than a socket may follow', async () => {
    const socket = await RawSocket.live(house.url);
    for (let count = 0; count < limits.watchesMax; count += 1) {
      socket.send({ type: 'watch', event: show.event });
    }
    const shows = Array.from({ length: limits.watchesMax }, () => newId<EventId>());
    for (const event of shows) socket.send({ type: 'watch', event });
    const refused = [];
    for (const _ of shows) refused.push((await socket.next('rejected')).reason);
    expect(refused).toContain('too_many_watches');
    socket.close();
  });

  it('an anonymous socket may watch only, and a gate may not buy', async () => {
    const anonymous = await RawSocket.live(house.url);
    const wish = reserve();
    anonymous.send(wish);
    expect(await anonymous.answerTo(wish.id)).toMatchObject({ reason: 'sign_in_required' });
    const gate = await RawSocket.live(house.url, await house.mintToken({ role: 'CHECKIN' }));
    gate.send(wish);
    expect(await gate.answerTo(wish.id)).toMatchObject({ reason: 'forbidden' });
    anonymous.close();
    gate.close();
  });
});

describe('a frame that is no message', () => {
  const vectors: { name: string; notation: 'msgpack' | 'json'; bytes: string; fault: string }[] =
    JSON.parse(
      readFileSync(new URL('../../protocol/vectors/invalid-frames.json', import.meta.url), 'utf8'),
    );

  it.each(vectors)('$notation, $name: closed with 4009 and $fault', async (vector) => {
    const socket = await RawSocket.open(house.url, { notation: vector.notation });
    socket.send({ type: 'hello' });
    await socket.next('welcome');
    const opcode = vector.notation === 'msgpack' ? 'binary' : 'text';
    socket.sendFrame(opcode, Buffer.from(vector.bytes, 'hex'));
    const close = await socket.next('close');
    // uWebSockets itself closes text that is not UTF-8, before we see it.
    const isOurs = !(vector.notation === 'json' && vector.fault === 'invalid_text');
    if (isOurs) expect(close).toMatchObject({ code: 4009, reason: vector.fault });
    socket.close();
  });

  it.each([
    ['msgpack', 'text'],
    ['json', 'binary'],
  ] as const)('on the %s subprotocol, %s is the wrong kind', async (notation, opcode) => {
    const socket = await RawSocket.live(house.url, undefined, { notation });
    socket.sendFrame(opcode, Buffer.from(encode({ type: 'ping' }, 'json')));
    expect(await socket.next('close')).toMatchObject({ code: 4009, reason: 'wrong_frame_kind' });
  });

  it('beyond 16 KB ends the socket', async () => {
    const socket = await RawSocket.live(house.url);
    socket.sendFrame('binary', Buffer.alloc(limits.frameBytesMax + 1));
    expect(await socket.next('close')).toMatchObject({ type: 'close' });
  });

  it('other buyers do not notice', async () => {
    const good = await buyer();
    const attackers = await Promise.all(vectors.map(() => RawSocket.live(house.url)));
    attackers.forEach((attacker, index) => {
      attacker.sendFrame('binary', Buffer.from(vectors[index]!.bytes, 'hex'));
    });
    const wish = reserve();
    good.send(wish);
    expect(await good.answerTo(wish.id)).toMatchObject({ type: 'accepted' });
    for (const attacker of attackers) attacker.close();
    good.close();
  });
});

describe('a socket that does not say who it is', () => {
  it('is closed when no hello comes in time', async () => {
    const socket = await RawSocket.open(house.url);
    expect(await socket.next('bye')).toMatchObject({ reason: 'no_hello' });
    expect(await socket.next('close')).toMatchObject({ code: 4001 });
  });

  it('is closed when something else comes first, or hello comes twice', async () => {
    const hasty = await RawSocket.open(house.url);
    hasty.send({ type: 'watch', event: show.event });
    expect(await hasty.next('close')).toMatchObject({ code: 4009, reason: 'unexpected_message' });
    const twice = await RawSocket.live(house.url);
    twice.send({ type: 'hello' });
    expect(await twice.next('close')).toMatchObject({ code: 4009, reason: 'unexpected_message' });
  });

  it('is closed when its token is false, foreign, or has expired', async () => {
    const valid = await house.mintToken({ role: 'CLIENTE' });
    const expired = await house.mintToken({ role: 'CLIENTE', lifeMs: -60_000 });
    const [head, body] = valid.split('.');
    const none = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${body}.`;
    for (const token of ['', 'x', `${head}.${body}.AAAA`, none, expired, `${valid}x`]) {
      const socket = await RawSocket.open(house.url);
      socket.send({ type: 'hello', token });
      expect(await socket.next('close'), token).toMatchObject({ code: 4001 });
    }
  });

  it('is closed when its token expires while it is open', async () => {
    const token = await house.mintToken({ role: 'CLIENTE', lifeMs: 2_000 });
    const socket = await RawSocket.live(house.url, token);
    expect(await socket.next('bye')).toMatchObject({ reason: 'token_expired' });
    expect(await socket.next('close')).toMatchObject({ code: 4001 });
  });
});

describe('a page', () => {
  it.each([
    ['of another origin', { origin: 'https://evil.example' }, 403],
    ['of a look-alike origin', { origin: 'https://ok.evil.example' }, 403],
    ['of the null origin', { origin: 'null' }, 403],
    ['without a subprotocol of ours', { 'sec-websocket-protocol': 'chat' }, 400],
  ])('%s is not upgraded', async (_name, headers, status) => {
    const socket = await RawSocket.open(house.url, { headers });
    expect(socket.status).toBe(status);
    socket.close();
  });

  it('of our own origin is', async () => {
    const socket = await RawSocket.open(house.url, { headers: { origin: house.url } });
    expect(socket.status).toBe(101);
    socket.close();
  });
});

describe('a client that goes too fast or too slowly', () => {
  it('is told to wait, and is closed if it goes on', async () => {
    const socket = await buyer();
    const wishes = Array.from({ length: 30 }, () => reserve());
    for (const wish of wishes) socket.send(wish);
    const answers = [];
    for (const _ of wishes) answers.push(await socket.nextAnswer());
    const slowed = answers.filter((answer) => answer.type === 'rejected');
    expect(slowed.length).toBeGreaterThan(0);
    for (const answer of slowed) {
      expect(answer).toMatchObject({ reason: 'too_fast', retryable: true });
    }
    for (let count = 0; count < 1_000; count += 1) socket.send({ type: 'ping' });
    expect(await socket.next('bye')).toMatchObject({ reason: 'too_fast' });
    expect(await socket.next('close')).toMatchObject({ code: 4029 });
  });

  it('is closed when it lets its answers pile up, and nobody else notices', async () => {
    const loose = await openNode({ frameRate: { perSecond: 1e6, burst: 1e6 } });
    const lots = Array.from({ length: 300 }, () => ({ quantity: 10, name: 'x'.repeat(60) }));
    const big = await loose.createShow({ lots });
    const slow = await RawSocket.live(loose.url);
    slow.pause();
    // Each answer is a state of some 60 KB; the kernel keeps a few megabytes of them.
    for (let count = 0; count < 400; count += 1) slow.send({ type: 'watch', event: big.event });
    const other = await RawSocket.live(loose.url, await loose.mintToken({ role: 'CLIENTE' }));
    const wish = reserve(1, big.lots[0], big.event);
    other.send(wish);
    expect(await other.answerTo(wish.id)).toMatchObject({ type: 'accepted' });
    slow.resume();
    expect(await slow.next('close')).toMatchObject({ code: 4008 });
    other.close();
    await loose.stop();
  });
});
