import type { EventId, NodeId } from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentTelemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import { ToldTenure } from '../../test/setup/told-tenure.ts';
import type { Actors } from '../ports/actors.ts';
import { LocalBusHub } from './local-bus.ts';
import { Mover } from './mover.ts';
import { preferred } from './placement.ts';

// Two nodes on one bus and forty shows, all of them on the first node at the beginning.

const shows = Array.from({ length: 40 }, (_, index) => showOf(index));
let clock: SteppedClock;
let here: Place;
let there: Place;

beforeEach(() => {
  clock = new SteppedClock(Date.UTC(2026, 10, 24));
  const hub = new LocalBusHub(clock);
  here = new Place(hub, clock, 'a' as NodeId, shows);
  there = new Place(hub, clock, 'b' as NodeId, []);
});

describe('a node', () => {
  it('keeps everything while it is alone', async () => {
    here.mover.start();
    await clock.advance(5_000);
    expect(here.served()).toHaveLength(40);
  });

  it('gives another that joins its share and no more, and that one wakes what it is given', async () => {
    here.meets(there);
    here.mover.start();
    await clock.advance(5_000);
    const share = shows.filter((show) => preferred(show, candidates(), []) === 'b');
    expect(share.length).toBeGreaterThan(8);
    expect(there.served().toSorted()).toEqual(share);
    expect(here.served()).toHaveLength(40 - share.length);
  });

  it('gives nothing to one that has only just come', async () => {
    here.meets(there);
    here.tenure.newcomers.add('b' as NodeId);
    here.mover.start();
    await clock.advance(5_000);
    expect(there.served()).toEqual([]);
  });

  it('gives nothing to one that has a lease and cannot be heard', async () => {
    here.meets(there);
    here.deaf = true;
    here.mover.start();
    await clock.advance(5_000);
    expect(there.served()).toEqual([]);
  });

  it('gives everything away when it leaves', async () => {
    here.meets(there);
    here.tenure.isLeaving = true;
    await clock.until(here.mover.close());
    await clock.settle();
    expect([here.served().length, there.served().length]).toEqual([0, 40]);
  });

  it('keeps what it has when it leaves and nobody else is there', async () => {
    here.tenure.isLeaving = true;
    await clock.until(here.mover.close());
    expect(here.served()).toHaveLength(40);
  });

  it('has a few shows under way at a time', async () => {
    here.meets(there);
    here.tenure.isLeaving = true;
    await clock.until(here.mover.close());
    expect(here.mostAtOnce).toBe(4);
  });

  it('leaves a show alone on the node that it is pinned to', async () => {
    const [star] = shows as [EventId];
    here.meets(there);
    here.tenure.places = [{ event: star, name: 'b', isAlone: true }];
    here.mover.start();
    await clock.advance(5_000);
    expect(there.served()).toEqual([star]);
  });
});

function candidates() {
  return [here.tenure.self, there.tenure.self];
}

function showOf(index: number): EventId {
  return `0198aaaa-0000-7000-8000-${String(index).padStart(12, '0')}` as EventId;
}

/** A node that only knows which shows it serves. */
class Place implements Pick<Actors, 'served' | 'release' | 'wake'> {
  readonly tenure: ToldTenure;
  readonly mover: Mover;
  mostAtOnce = 0;
  deaf = false;
  readonly #shows: Set<EventId>;
  readonly #clock: SteppedClock;
  #underWay = 0;

  constructor(hub: LocalBusHub, clock: SteppedClock, node: NodeId, served: readonly EventId[]) {
    this.tenure = new ToldTenure(node);
    this.#shows = new Set(served);
    this.#clock = clock;
    const bus = hub.join();
    const isHeard = () => !this.deaf;
    const options = { tenure: this.tenure, isHeard, bus, prefix: 'test', clock };
    this.mover = new Mover({ ...options, actors: this, telemetry: silentTelemetry });
  }

  meets({ tenure }: Place): void {
    const { node, name } = tenure.self;
    this.tenure.others = [{ node, name, hasActors: true, isLeaving: false, leftMs: 1_000 }];
  }

  served(): readonly EventId[] {
    return [...this.#shows];
  }

  async wake(event: EventId): Promise<boolean> {
    this.#shows.add(event);
    return true;
  }

  async release(event: EventId): Promise<void> {
    this.#underWay += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay);
    await new Promise<void>((resolve) => this.#clock.after(20, resolve));
    this.#underWay -= 1;
    this.#shows.delete(event);
  }
}
