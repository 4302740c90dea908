import type { EventId } from '@ingressou/protocol';
import { encodeCards, type NameCard, nonceBytes, sealName } from '@ingressou/protocol/name-cards';
import { decodeTicket, eventNumber, signTicket } from '@ingressou/protocol/ticket';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { event, golden, ticketNumber } from '../../../../protocol/test/golden-ground.ts';
import { SteppedClock } from '../../../../test/setup/stepped-clock.ts';
import { ApiError } from '../api.ts';
import type { StoredBlock } from '../store/database.ts';
import { CardKeeper } from './card-keeper.ts';
import type { CardShelf } from './card-shelf.ts';

const noon = 1_767_225_600_000;
const hour = 60 * 60 * 1000;
const goodUntil = noon + 8 * hour;
const ana = codeOf(7);

/** Made before: sealing takes real time, which the stepped clock knows nothing of. */
const printed = new Map<number, NameCard>();

let clock: SteppedClock;
let shelf: MemoryShelf;
let server: Server;
let keeper: CardKeeper;

beforeAll(async () => {
  for (const serial of new Server().holders) printed.set(serial, await cardOf(serial));
});
beforeEach(async () => {
  clock = new SteppedClock(noon);
  shelf = new MemoryShelf();
  server = new Server();
  keeper = await opened();
});

describe('the name cards of a scanner', () => {
  it('are fetched block by block, and say who comes with a ticket', async () => {
    expect(await keeper.holderOf(ana)).toBeUndefined();
    keeper.follow({ hasCards: true, issued: 1_100 });
    expect(keeper.state.value).toEqual({ isOn: true, cards: 0, missing: 3 });
    await clock.advance(2_000);
    expect(server.asked).toEqual([0, 1, 2]);
    expect(keeper.state.value).toEqual({ isOn: true, cards: 3, missing: 0 });
    expect(await keeper.holderOf(ana)).toBe('Titular 7');
    expect(await keeper.holderOf(codeOf(7, golden.stranger.sign))).toBeUndefined();
    expect(await keeper.holderOf(codeOf(8))).toBeUndefined();
    expect(await keeper.holderOf('NOT A TICKET')).toBeUndefined();
  });

  it('are there again without a network after the device was off', async () => {
    await full();
    keeper.close();
    server.status = 0;
    keeper = await opened();
    expect(keeper.state.value).toMatchObject({ isOn: true, cards: 1 });
    expect(await keeper.holderOf(ana)).toBe('Titular 7');
  });

  it('are asked for again when tickets were sold since, and when they are old', async () => {
    await full();
    keeper.follow({ hasCards: true, issued: 100 });
    await clock.advance(2 * 60_000);
    expect(server.asked).toEqual([0]);
    keeper.follow({ hasCards: true, issued: 101 });
    await clock.advance(1_000);
    expect(server.asked).toEqual([0, 0]);
    await clock.advance(31 * 60_000);
    keeper.follow({ hasCards: true, issued: 101 });
    await clock.advance(1_000);
    expect(server.asked).toEqual([0, 0, 0]);
  });

  it('lose whoever the server has no card of any more', async () => {
    await full();
    server.holders.clear();
    await clock.advance(31 * 60_000);
    keeper.follow({ hasCards: true, issued: 100 });
    await clock.advance(1_000);
    expect(await keeper.holderOf(ana)).toBeUndefined();
  });

  it.each([0, 429, 503])('are tried again after %i, and not for ever', async (status) => {
    server.status = status;
    keeper.follow({ hasCards: true, issued: 100 });
    await clock.advance(5 * 60_000);
    expect(server.asked).toHaveLength(6);
    server.status = 200;
    keeper.follow({ hasCards: true, issued: 100 });
    await clock.advance(1_000);
    expect(await keeper.holderOf(ana)).toBe('Titular 7');
  });

  it.each([403, 404])('go when the server says %i', async (status) => {
    await full();
    server.status = status;
    keeper.follow({ hasCards: true, issued: 600 });
    await clock.advance(1_000);
    expectGone();
  });

  it('go when the producer wants none any more', async () => {
    await full();
    keeper.follow({ hasCards: false, issued: 100 });
    await clock.settle();
    expectGone();
    await clock.advance(hour);
    expect(server.asked).toEqual([0]);
  });

  it('go some hours after the show, whether or not anybody is there to say so', async () => {
    await full();
    await clock.advance(8 * hour - 2 * 60_000);
    expect(await keeper.holderOf(ana)).toBe('Titular 7');
    await clock.advance(4 * 60_000);
    expectGone();
  });

  it('are not read by a device that was off until the show was over', async () => {
    await full();
    keeper.close();
    clock.jump(9 * hour);
    keeper = await opened();
    expectGone();
  });

  it('of another show go', async () => {
    await full();
    keeper.close();
    keeper = await opened('019c2e0a-7b11-7cc3-9f26-58d1a2b3c4d6' as EventId);
    expectGone();
  });

  it('that were damaged go', async () => {
    await full();
    const [stored] = await shelf.all();
    await shelf.put({ ...stored!, bytes: stored!.bytes.subarray(1) });
    keeper = await opened();
    expectGone();
  });

  it('do not come back when they are on their way while they are thrown away', async () => {
    let arrive = () => {};
    server.delay = new Promise((resolve) => {
      arrive = resolve;
    });
    keeper.follow({ hasCards: true, issued: 100 });
    await clock.advance(10);
    expect(server.asked).toEqual([0]);
    await keeper.wipe();
    arrive();
    await clock.advance(1_000);
    expectGone();
  });

  it('stay when the scanner is put away', async () => {
    await full();
    keeper.follow({ hasCards: true, issued: 600 });
    keeper.close();
    await clock.advance(hour);
    expect(shelf.blocks.size).toBe(1);
    expect(server.asked).toEqual([0]);
  });
});

/** One block, and Ana's card in it. */
async function full(): Promise<void> {
  keeper.follow({ hasCards: true, issued: 100 });
  await clock.advance(1_000);
  expect(await keeper.holderOf(ana)).toBe('Titular 7');
}

function expectGone(): void {
  expect(shelf.blocks.size).toBe(0);
  expect(keeper.state.value).toEqual({ isOn: false, cards: 0, missing: 0 });
}

async function opened(show: EventId = event): Promise<CardKeeper> {
  const made = new CardKeeper({
    event: show,
    shelf,
    clock,
    random: (bytes) => new Uint8Array(bytes).fill(128),
    now: () => clock.now(),
    fetch: (block) => server.block(block),
  });
  await made.load();
  return made;
}

/** A shelf that forgets when the test ends. */
class MemoryShelf implements CardShelf {
  readonly blocks = new Map<number, StoredBlock>();
  all = async () => [...this.blocks.values()];
  get = async (block: number) => this.blocks.get(block);
  put = async (stored: StoredBlock) => void this.blocks.set(stored.block, stored);
  clear = async () => this.blocks.clear();
}

/** Has a card for one ticket of each block. */
class Server {
  readonly asked: number[] = [];
  readonly holders = new Set([7, 519, 1_031]);
  status = 200;
  delay: Promise<void> | undefined;

  async block(block: number): Promise<Uint8Array> {
    this.asked.push(block);
    await this.delay;
    if (this.status !== 200) throw new ApiError(this.status);
    const serials = [...this.holders].filter((serial) => Math.floor(serial / 512) === block);
    const cards = serials.map((serial) => printed.get(serial)!);
    return encodeCards({ event: eventNumber(event), block, goodUntil, cards });
  }
}

async function cardOf(serial: number): Promise<NameCard> {
  const code = decodeTicket(codeOf(serial));
  if (typeof code === 'string') throw new Error(code);
  const sealed = await sealName(code, `Titular ${serial}`, new Uint8Array(nonceBytes));
  return { serial, revision: code.ticket.revision, sealed };
}

function codeOf(serial: number, sign = golden.first.sign): string {
  return signTicket({ ...ticketNumber(1), serial }, sign);
}
