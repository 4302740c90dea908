import { pack } from '@ingressou/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenShow, TestCluster, type TestMember } from '../../test/setup/cluster.ts';
import { busBytesMax } from '../ports/bus.ts';
import type { Committed } from '../ports/commands.ts';

// One node serves a show, another one follows it over a wire that can lose.

let cluster: TestCluster;
let clock: TestCluster['clock'];
let show: OpenShow;
let ana: TestMember;
let bia: TestMember;

beforeEach(async () => {
  cluster = new TestCluster();
  clock = cluster.clock;
  show = await cluster.openShow();
  [ana, bia] = [await cluster.join('ana'), await cluster.join('bia')];
  await sell();
});
afterEach(() => cluster.close());

describe('a follower', () => {
  it('hears every row of the show it follows, in order, as the owner committed it', async () => {
    bia.follower.follow(show.event);
    for (let count = 0; count < 5; count += 1) await sell();
    expect(bia.followed.map(plain)).toEqual(ana.committed.slice(-5).map(plain));
    expect(bia.missed).toEqual([]);
  });

  it('hears nothing of shows it does not follow, nor any more', async () => {
    const other = await cluster.openShow();
    bia.follower.follow(other.event);
    await sell();
    expect(bia.followed).toEqual([]);
    bia.follower.follow(show.event);
    bia.follower.follow(show.event);
    await sell();
    bia.follower.unfollow(show.event);
    await sell();
    await clock.advance(5_000);
    expect(bia.followed).toHaveLength(1);
  });

  it('hears how far the show has come when the last facts were lost', async () => {
    bia.follower.follow(show.event);
    ana.bus.loses = /facts/;
    await sell();
    expect([bia.followed, bia.standings]).toEqual([[], []]);
    await clock.advance(1_000);
    const { to: position } = ana.committed.at(-1)!;
    expect(bia.standings).toEqual([{ event: show.event, generation: 1, position }]);
  });

  it('hears what the show did while its owner was cut off, when it is back', async () => {
    bia.follower.follow(show.event);
    ana.bus.fall();
    await sell();
    await clock.advance(30_000);
    ana.bus.rise();
    await clock.advance(1_000);
    const { to: position } = ana.committed.at(-1)!;
    expect(bia.standings).toEqual([{ event: show.event, generation: 1, position }]);
  });

  it('is not told for ever how far a quiet show has come', async () => {
    bia.follower.follow(show.event);
    await sell();
    await clock.advance(60_000);
    expect(bia.standings.length).toBeLessThan(6);
  });

  it('hears of a new owner, and how far it has come', async () => {
    bia.follower.follow(show.event);
    const cid = await cluster.join('cid');
    await clock.until(ana.directory.release(show.event, cid.node));
    cid.bus.loses = /facts/;
    await clock.until(cid.directory.wake(show.event));
    await clock.settle();
    const { to: position } = cid.committed.at(-1)!;
    expect(bia.standings.at(-1)).toEqual({ event: show.event, generation: 1, position });
  });

  it('has missed something when the bus was away, of each show that it follows', async () => {
    const others = Array.from({ length: 120 }, (_, index) => `${show.event}${index}` as never);
    for (const each of [show.event, ...others]) bia.follower.follow(each);
    bia.bus.fall();
    await sell();
    bia.bus.rise();
    await clock.settle();
    expect(bia.missed).toHaveLength(50);
    expect(bia.missed).toContain(show.event);
    await clock.advance(1_000);
    expect(new Set(bia.missed).size).toBe(121);
  });

  it('drops what is not a frame, and goes on', async () => {
    bia.follower.follow(show.event);
    for (const subject of [`show.${show.event}.facts`, 'standings', 'owners']) {
      ana.bus.publish(`test.${subject}`, new Uint8Array([1, 2, 3]));
    }
    await sell();
    expect(bia.followed).toHaveLength(1);
    expect(bia.failures).toContain('follow the facts of a show');
  });

  it('is closed with everything it hears', async () => {
    bia.follower.follow(show.event);
    bia.follower.close();
    await sell();
    await clock.advance(5_000);
    expect([bia.followed, bia.standings]).toEqual([[], []]);
  });
});

describe('a publisher', () => {
  it('says how far a show has come instead of a row that no message can hold', async () => {
    bia.follower.follow(show.event);
    const facts = [{ type: 'sale_opened' as const }];
    const packed = pack(facts);
    const last = ana.committed.at(-1)!;
    const row = { ...last, from: last.to, to: last.to + 1, facts, packed };
    ana.publisher.tell({ ...row, packed: new Uint8Array(busBytesMax) });
    await clock.settle();
    expect(bia.followed).toEqual([]);
    expect(bia.standings).toEqual([{ event: show.event, generation: 1, position: row.to }]);
  });
});

async function sell(): Promise<void> {
  const answer = ana.directory.submit(show.event, cluster.reserve(show));
  expect(await cluster.outcome(answer)).toBe('accepted');
  await clock.settle();
}

function plain(committed: Committed) {
  return { ...committed, packed: new Uint8Array(committed.packed) };
}
