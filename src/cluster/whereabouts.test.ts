import type { EventId, NodeId } from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentTelemetry as telemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import { ToldTenure } from '../../test/setup/told-tenure.ts';
import { JournalUnavailableError, type Location } from '../ports/journal.ts';
import type { Peer } from '../ports/leases.ts';
import { LocalBusHub } from './local-bus.ts';
import { Reach } from './reach.ts';
import { type Place, Whereabouts } from './whereabouts.ts';

// What a node knows of one show, and whom it asks for it.

const event = 'show' as EventId;
const [me, ana, bia] = ['me', 'ana', 'bia'] as NodeId[] as [NodeId, NodeId, NodeId];
const notFound = { rejection: { reason: 'show_not_found' } };
const busy = { rejection: { reason: 'busy', retryAfterMs: 250 } };

let clock: SteppedClock;
let tenure: ToldTenure;
let location: Location | undefined | Error;

beforeEach(() => {
  clock = new SteppedClock(0);
  tenure = new ToldTenure(me);
  tenure.others = [peer(ana)];
});

describe('Where a show lives', () => {
  it('is remembered for ten thousand shows, those longest that were learned last', () => {
    const whereabouts = open();
    const show = (index: number) => `show-${index}` as EventId;
    for (let index = 0; index < 10_000; index += 1) whereabouts.learn(show(index), ana);
    whereabouts.learn(show(0), bia);
    whereabouts.learn(show(10_000), ana);
    const known = [0, 1, 2, 10_000].map((index) => whereabouts.of(show(index)));
    expect(known).toEqual([bia, undefined, ana, ana]);
    whereabouts.forgetNode(ana);
    expect([0, 2, 10_000].map((index) => whereabouts.of(show(index)))).toEqual([
      bia,
      undefined,
      undefined,
    ]);
  });

  const owned = (node: NodeId) => ({ node, isOwned: true });
  const orphan = (node: NodeId) => ({ node, isOwned: false });
  const rows: [string, Location | undefined | Error, unknown][] = [
    ['with its living owner', { owner: ana, epoch: 1, leftMs: 900 }, owned(ana)],
    ['here, when it is ours', { owner: me, epoch: 1, leftMs: 900 }, owned(me)],
    [
      'where it should, when it is nobody’s',
      { owner: undefined, epoch: 1, leftMs: 0 },
      orphan(ana),
    ],
    ['where it should, when its owner is dead', { owner: bia, epoch: 1, leftMs: 0 }, orphan(ana)],
    ['nowhere, when there is no such show', undefined, notFound],
    ['nobody knows where, without the database', new JournalUnavailableError({}), busy],
    ['nobody knows where, when the database breaks', new TypeError('a bug'), busy],
  ];

  it.each(rows)('is %s', async (_, found, place) => {
    location = found;
    expect(await clock.until(open().find(event))).toEqual(place);
  });

  it('is where it should, when its owner is silent though its lease runs', async () => {
    location = { owner: bia, epoch: 1, leftMs: 3_600_000 };
    tenure.silent.add(bia);
    expect(await clock.until(open().find(event))).toEqual(orphan(ana));
  });

  it('is looked at again soon after its owner is known to be silent', async () => {
    const endsAt = 3_600_000;
    location = {
      owner: bia,
      epoch: 1,
      get leftMs() {
        return endsAt - clock.monotonic();
      },
    };
    const reach = new Reach();
    reach.lost(clock.monotonic());
    let found: Place | undefined;
    void open(false, reach)
      .find(event)
      .then((place) => {
        found = place;
      });
    await clock.advance(1_600);
    expect(found).toBeUndefined();
    tenure.silent.add(bia);
    await clock.advance(300);
    expect(found).toEqual(orphan(ana));
  });

  it('should be here or with a peer that takes shows, and nowhere without any', () => {
    const wanted = () => open(true).preferred(event);
    tenure.others = [];
    expect(wanted()).toBe(me);
    tenure.isLeaving = true;
    expect(wanted()).toBeUndefined();
    tenure.others = [peer(ana), { ...peer(bia), isLeaving: true }];
    expect(wanted()).toBe(ana);
    tenure.others = [{ ...peer(ana), hasActors: false }];
    expect(wanted()).toBeUndefined();
    tenure.others = [peer(ana)];
    tenure.places = [{ event, name: 'ana', isAlone: false }];
    tenure.isLeaving = false;
    expect(wanted()).toBe(ana);
  });
});

function open(hasActors = false, reach?: Reach): Whereabouts {
  const locate = async () => {
    if (location instanceof Error) throw location;
    return location;
  };
  const bus = new LocalBusHub(clock).join();
  const reachOf = (node: NodeId) => (node === bia ? reach : undefined);
  const name = 'me';
  const journal = { locate };
  return new Whereabouts({ journal, bus, tenure, clock, telemetry, name, hasActors, reachOf });
}

function peer(node: NodeId): Peer {
  return { node, name: node, hasActors: true, isLeaving: false, leftMs: 1_000 };
}
