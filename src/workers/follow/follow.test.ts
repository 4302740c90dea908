import { type EventId, type NodeId, pack } from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { newEvent, newNode, rowBehind } from '../../../test/contract/rows.ts';
import { MemoryFollowers } from '../../../test/setup/memory-followers.ts';
import { silentTelemetry } from '../../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../../test/setup/stepped-clock.ts';
import type { Fact } from '../../domain/facts.ts';
import type { Place } from '../../ports/followers.ts';
import { FollowersUnavailableError } from '../../ports/followers.ts';
import { JobsUnavailableError } from '../../ports/jobs.ts';
import type { Row } from '../../ports/journal.ts';
import { MemoryJournal } from '../../store/memory-journal.ts';
import { Follow } from './follow.ts';
import type { FollowedFacts, Taken, Work } from './work.ts';

/** A work that writes down what it gets, and fails or waits when it is told to. */
class Listed implements Work {
  readonly name: string;
  readonly pages: FollowedFacts[] = [];
  answer: 'nothing' | 'done' = 'done';
  failure: Error | undefined;
  gate: Promise<void> | undefined;

  constructor(name: string) {
    this.name = name;
  }

  async take(page: FollowedFacts): Promise<Taken> {
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    this.pages.push(page);
    return this.answer;
  }

  /** Numbers of the facts of a show, in the order they came. */
  positions(event: EventId): number[] {
    const pages = this.pages.filter((page) => page.event === event);
    return pages.flatMap(({ facts }) => facts.map(({ position }) => position));
  }
}

describe('Follow', () => {
  let clock: SteppedClock;
  let journal: MemoryJournal;
  let followers: MemoryFollowers;
  let event: EventId;
  let node: NodeId;
  let failed: string[];
  let reads: number;
  const dead = new Set<NodeId>();

  beforeEach(() => {
    clock = new SteppedClock(1_700_000_000_000);
    journal = new MemoryJournal();
    followers = new MemoryFollowers({ journal, isAlive: (each) => !dead.has(each) });
    [event, node, failed, reads] = [newEvent(), newNode(), [], 0];
    journal.create(event);
  });

  const open = (works: readonly Work[], by = node, showsAtOnceMax = 4): Follow => {
    const telemetry = { ...silentTelemetry, failed: (what: string) => void failed.push(what) };
    const counted = {
      head: (of: EventId) => journal.head(of),
      read(of: EventId, after: number, upTo: number): AsyncIterable<Row> {
        reads += 1;
        return journal.read(of, after, upTo);
      },
    };
    const base = { journal: counted, followers, clock, telemetry, works, node: by };
    return new Follow({ ...base, showsAtOnceMax });
  };

  /** A turn of so many facts. */
  const turn = async (facts: number, of = event): Promise<void> => {
    const head = (await journal.claim(of, node))!;
    const made = Array.from({ length: facts }, (): Fact => ({ type: 'sale_opened' }));
    const row = rowBehind(head, head, { facts: pack(made), at: clock.now() });
    await journal.append({ ...row, last: row.position + facts });
  };
  const to = (end: number, from = 1): number[] => {
    return Array.from({ length: end - from + 1 }, (_, index) => from + index);
  };

  it('hands every fact in its order to every work, with its number and time', async () => {
    const [a, b] = [new Listed('a'), new Listed('b')];
    await turn(2);
    await clock.advance(5_000);
    await turn(3);
    const follow = open([a, b]);
    follow.wake(event);
    await clock.settle();
    for (const work of [a, b]) expect(work.positions(event)).toEqual(to(5));
    const [page] = a.pages;
    expect(page).toMatchObject({ event, generation: 1, from: 0, to: 5 });
    expect(page?.facts.map(({ at }) => at - 1_700_000_000_000)).toEqual([0, 0, 5e3, 5e3, 5e3]);
    expect(page?.facts[0]?.fact).toEqual({ type: 'sale_opened' });
    await clock.until(follow.close());
  });

  it('reads once for all works', async () => {
    await turn(2);
    const follow = open([new Listed('a'), new Listed('b'), new Listed('c')]);
    follow.wake(event);
    await clock.settle();
    expect(reads).toBe(1);
    await clock.until(follow.close());
  });

  it('reads a long history in pages that end with a row', async () => {
    for (let turns = 0; turns < 5; turns += 1) await turn(200);
    const work = new Listed('a');
    const follow = open([work]);
    follow.wake(event);
    await clock.settle();
    expect(work.pages.map((page) => [page.from, page.to])).toEqual([
      [0, 600],
      [600, 1_000],
    ]);
    expect(work.positions(event)).toEqual(to(1_000));
    await clock.until(follow.close());
  });

  it('finds by itself what nobody told', async () => {
    const work = new Listed('a');
    const follow = open([work]);
    follow.start();
    await clock.settle();
    await turn(1);
    await clock.advance(1_100);
    expect(work.positions(event)).toEqual([1]);
    await clock.until(follow.close());
  });

  it('rests between two passes, and forgets nobody who woke it then', async () => {
    await turn(1);
    const work = new Listed('a');
    const follow = open([work]);
    follow.wake(event);
    await clock.settle();
    await turn(1);
    for (let times = 0; times < 10; times += 1) follow.wake(event);
    await clock.settle();
    expect(work.positions(event)).toEqual([1]);
    await clock.advance(50);
    expect(work.positions(event)).toEqual([1, 2]);
    expect(reads).toBe(2);
    await clock.until(follow.close());
  });

  it('moves a place at once when something was done', async () => {
    await turn(3);
    const follow = open([new Listed('a')]);
    follow.wake(event);
    await clock.settle();
    expect(followers.placeOf(event, 'a')).toMatchObject({ position: 3 });
    await clock.until(follow.close());
  });

  it('moves a place at most once a second when nothing was, and at the end', async () => {
    const work = new Listed('a');
    work.answer = 'nothing';
    const follow = open([work]);
    follow.start();
    for (let times = 0; times < 40; times += 1) {
      await turn(1);
      follow.wake(event);
      await clock.advance(50);
    }
    expect(work.positions(event)).toEqual(to(40));
    expect(followers.advances).toBeLessThanOrEqual(2);
    await clock.until(follow.close());
    expect(followers.placeOf(event, 'a')).toMatchObject({ position: 40, isFree: true });
  });

  it('leaves a work alone that fails, and only that one, and brings it everything later', async () => {
    const [good, bad] = [new Listed('good'), new Listed('bad')];
    bad.failure = new Error('no room');
    await turn(2);
    const follow = open([good, bad]);
    follow.start();
    await clock.advance(100);
    await turn(2);
    follow.wake(event);
    await clock.advance(100);
    expect(good.positions(event)).toEqual(to(4));
    expect(bad.pages).toEqual([]);
    expect(failed).toEqual([`follow show ${event} as bad`]);
    bad.failure = undefined;
    await clock.advance(3_000);
    expect(bad.positions(event)).toEqual(to(4));
    expect(good.positions(event)).toEqual(to(4));
    await clock.until(follow.close());
  });

  it('tries a work that fails again and again, ever more slowly', async () => {
    const bad = new Listed('bad');
    bad.failure = new Error('no room');
    await turn(1);
    const follow = open([bad]);
    follow.start();
    await clock.advance(10 * 60_000);
    expect(failed.length).toBeGreaterThan(10);
    expect(failed.length).toBeLessThan(20);
    await clock.until(follow.close());
  });

  it('finds queues that were away for long soon after they are back', async () => {
    const relay = new Listed('relay');
    relay.failure = new JobsUnavailableError();
    await turn(1);
    const follow = open([relay]);
    follow.start();
    await clock.advance(620_000);
    expect(relay.pages).toEqual([]);
    relay.failure = undefined;
    await clock.advance(4_000);
    expect(relay.positions(event)).toEqual([1]);
    await clock.until(follow.close());
  });

  it('waits for a slow work a while, and goes on without it', async () => {
    const [fast, slow] = [new Listed('fast'), new Listed('slow')];
    let open_ = (): void => {};
    slow.gate = new Promise((resolve) => {
      open_ = resolve;
    });
    await turn(1);
    const follow = open([fast, slow]);
    follow.start();
    await clock.advance(1_500);
    await turn(1);
    await clock.advance(1_500);
    expect(fast.positions(event)).toEqual([1, 2]);
    expect(slow.pages).toEqual([]);
    open_();
    await clock.advance(1_500);
    expect(slow.positions(event)).toEqual([1, 2]);
    await clock.until(follow.close());
  });

  it('lets one process follow a show, and the other when that one is dead', async () => {
    const [mine, theirs] = [new Listed('a'), new Listed('a')];
    const other = newNode();
    const follows = [open([mine]), open([theirs], other)];
    await turn(1);
    for (const follow of follows) follow.start();
    await clock.advance(3_000);
    expect([...mine.positions(event), ...theirs.positions(event)]).toEqual([1]);
    const [frozen, next, gone] =
      mine.pages.length === 1 ? [mine, theirs, node] : [theirs, mine, other];
    frozen.gate = new Promise(() => {});
    await turn(1);
    await clock.advance(3_000);
    expect(next.pages).toEqual([]);
    dead.add(gone);
    await clock.advance(3_000);
    expect(next.positions(event)).toEqual([2]);
    for (const follow of follows) await clock.until(follow.close());
  });

  it('goes on when a place that it lost without noticing is free again', async () => {
    const work = new Listed('a');
    work.answer = 'nothing';
    const follow = open([work]);
    follow.start();
    await turn(1);
    follow.wake(event);
    await clock.settle();
    // Somebody takes the place while it only lags, and gives it up again.
    dead.add(node);
    const places = await followers.claim(['a'], event, newNode());
    dead.delete(node);
    await clock.advance(2_000);
    await followers.release(places);
    await turn(1);
    await clock.advance(3_000);
    expect(new Set(work.positions(event))).toEqual(new Set([1, 2]));
    await clock.until(follow.close());
  });

  it('gives a show up in which nothing happens any more', async () => {
    await turn(1);
    const follow = open([new Listed('a')]);
    follow.start();
    await clock.advance(5_000);
    expect(followers.placeOf(event, 'a')).toMatchObject({ isFree: false });
    await clock.advance(10_000);
    expect(followers.placeOf(event, 'a')).toMatchObject({ position: 1, isFree: true });
    await clock.until(follow.close());
  });

  it('uses the place that a work has moved itself', async () => {
    const seen: number[] = [];
    const work: Work = {
      name: 'self',
      async take({ to: position }, place: Place) {
        seen.push(place.position);
        return { place: await followers.advance(place, position) };
      },
    };
    const follow = open([work]);
    for (let times = 0; times < 3; times += 1) {
      await turn(2);
      follow.wake(event);
      await clock.advance(50);
    }
    expect(seen).toEqual([0, 2, 4]);
    expect(followers.advances).toBe(3);
    await clock.until(follow.close());
  });

  it('follows no more shows at once than it may, and all in the end', async () => {
    const events = Array.from({ length: 20 }, newEvent);
    let atOnce = 0;
    let most = 0;
    const work: Work = {
      name: 'a',
      async take() {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await new Promise(setImmediate);
        atOnce -= 1;
        return 'done';
      },
    };
    for (const each of events) {
      journal.create(each);
      await turn(1, each);
    }
    const follow = open([work], node, 3);
    for (const each of events) follow.wake(each);
    await clock.advance(100);
    expect(most).toBe(3);
    for (const each of events) expect(followers.placeOf(each, 'a')).toMatchObject({ position: 1 });
    await clock.until(follow.close());
  });

  it('goes on when the places come back, and says once that they were away', async () => {
    const work = new Listed('a');
    const follow = open([work]);
    followers.failure = new FollowersUnavailableError();
    follow.start();
    await turn(1);
    await clock.advance(10_000);
    expect(failed).toEqual(['look for shows to follow']);
    followers.failure = undefined;
    await clock.advance(2_000);
    expect(work.positions(event)).toEqual([1]);
    await clock.until(follow.close());
  });

  it('stops one show whose rows cannot be read, and no other', async () => {
    const other = newEvent();
    journal.create(other);
    await turn(1, other);
    const head = (await journal.claim(event, node))!;
    await journal.append(rowBehind(head, head, { facts: new Uint8Array([0xc1]) }));
    const work = new Listed('a');
    const follow = open([work]);
    follow.start();
    await clock.advance(5_000);
    expect(work.positions(other)).toEqual([1]);
    expect(new Set(failed)).toEqual(new Set([`follow show ${event}`]));
    await clock.until(follow.close());
  });

  it('takes nothing more once it is closed', async () => {
    const work = new Listed('a');
    const follow = open([work]);
    follow.start();
    await clock.settle();
    await clock.until(follow.close());
    await turn(1);
    follow.wake(event);
    await clock.advance(5_000);
    expect(work.pages).toEqual([]);
  });
});
