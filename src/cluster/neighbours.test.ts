import type { NodeId } from '@ingressou/protocol';
import { expect, it } from 'vitest';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import { LocalBusHub } from './local-bus.ts';
import { Neighbours } from './neighbours.ts';

const ana = '0198aaaa-0000-7000-8000-000000000001' as NodeId;
const bia = '0198aaaa-0000-7000-8000-000000000002' as NodeId;

it('Neighbours hear each other on one bus and prefix, for as long as they call', async () => {
  const clock = new SteppedClock(Date.UTC(2026, 10, 24));
  const hub = new LocalBusHub(clock);
  const join = (node: NodeId, prefix: string) => {
    const neighbours = new Neighbours({ bus: hub.join(), prefix, clock, node });
    neighbours.start();
    return neighbours;
  };
  const here = join(ana, 'one');
  const there = join(bia, 'one');
  const stranger = join('0198aaaa-0000-7000-8000-000000000003' as NodeId, 'two');
  await clock.advance(600);
  expect([here.isHeard(bia), there.isHeard(ana)]).toEqual([true, true]);
  expect([stranger.isHeard(ana), here.isHeard(ana)]).toEqual([false, false]);
  there.close();
  await clock.advance(1_500);
  expect(here.isHeard(bia)).toBe(true);
  await clock.advance(1_000);
  expect(here.isHeard(bia)).toBe(false);
});
