import { afterEach, beforeEach, expect, it } from 'vitest';
import { type OpenShow, TestCluster, type TestMember } from '../../test/setup/cluster.ts';
import { silentTelemetry } from '../../test/setup/silent-telemetry.ts';
import type { Standing } from '../ports/feeds.ts';
import { subjects } from './subjects.ts';
import { WorkBell } from './work-bell.ts';

let cluster: TestCluster;
let show: OpenShow;
let ana: TestMember;
let bia: TestMember;
let failed: string[];

beforeEach(async () => {
  cluster = new TestCluster();
  show = await cluster.openShow();
  [ana, bia] = [await cluster.join('ana'), await cluster.join('bia')];
  failed = [];
});
afterEach(() => cluster.close());

const prefix = 'bells';

function bellOf({ bus, node }: TestMember): WorkBell {
  const telemetry = { ...silentTelemetry, failed: (what: string) => void failed.push(what) };
  return new WorkBell({ bus, prefix, node, telemetry });
}

it('is heard by the workers of every node but the one that rang', async () => {
  const [mine, theirs]: Standing[][] = [[], []];
  const [here, there] = [bellOf(ana), bellOf(bia)];
  const listenings = [
    here.hear((standing) => mine?.push(standing)),
    there.hear((standing) => theirs?.push(standing)),
  ];
  const standing = { event: show.event, generation: 1, position: 7 };
  here.ring(standing);
  await cluster.clock.settle();
  expect([mine, theirs]).toEqual([[], [standing]]);
  for (const listening of listenings) listening.end();
  here.ring(standing);
  await cluster.clock.settle();
  expect(theirs).toHaveLength(1);
});

it('rings for nobody while the bus is away, and goes on', async () => {
  const heard: Standing[] = [];
  const listening = bellOf(bia).hear((standing) => heard.push(standing));
  ana.bus.fall();
  bellOf(ana).ring({ event: show.event, generation: 1, position: 7 });
  ana.bus.rise();
  await cluster.clock.settle();
  bellOf(ana).ring({ event: show.event, generation: 1, position: 8 });
  await cluster.clock.settle();
  expect(heard.map(({ position }) => position)).toEqual([8]);
  listening.end();
});

it('tells of a frame that is none, and goes on', async () => {
  const heard: Standing[] = [];
  const listening = bellOf(bia).hear((standing) => heard.push(standing));
  ana.bus.publish(subjects(prefix).work, Uint8Array.of(1, 2, 3));
  bellOf(ana).ring({ event: show.event, generation: 1, position: 9 });
  await cluster.clock.settle();
  expect(failed).toEqual(['hear of work']);
  expect(heard.map(({ position }) => position)).toEqual([9]);
  listening.end();
});
