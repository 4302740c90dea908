import { setTimeout as pause } from 'node:timers/promises';
import { comesTrue } from '../comes-true.ts';
import { stateOf } from '../process-state.ts';
import { onStage, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const showsOfF12 = 500;
const hotShows = 20;
const hotWithinMs = 5_000;
const allWithinMs = 30_000;
const wokenWithinMs = 60_000;
/** Wishes for cold shows are spread over this, not to be a flood of the harness's own. */
const sweepMs = 5_000;
const sweepsMax = 5;
const watchedMs = 5_000;

export const f12: Scenario = {
  id: 'F12',
  title: '500 shows on three nodes, all of which are killed at once and started again',
  play: (ground) =>
    onStage(ground, 'F12', { shows: showsOfF12, hotShows }, async (stage) => {
      const hot = stage.shows.slice(0, hotShows);
      const cold = stage.shows.slice(hotShows);
      await wishForEach(stage, cold);
      const areOwned = async () =>
        (await stage.view.owners()).every(({ name }) => name !== undefined);
      stage.expect('every show is owned', await comesTrue(areOwned, wokenWithinMs));
      const owners = await stage.view.owners();
      const perNode = stage.nodes.map(
        (node) => owners.filter(({ name }) => name === node.name).length,
      );
      const pids = stage.nodes.map(({ pid }) => pid);
      const since = performance.now();
      await Promise.all(stage.nodes.map((node) => node.kill()));
      const states = await Promise.all(pids.map(stateOf));
      stage.prove(
        `processes ${pids.join(', ')} with ${perNode.join(', ')} shows are gone`,
        states.every((state) => state === undefined),
      );
      await Promise.all(stage.nodes.map((node) => node.start()));
      stage.measured('kill -9 to three nodes that serve', performance.now() - since);
      const swept = wishUntilYes(stage, cold, since);
      await stage.untilYes('kill -9 to a new yes of a hot show', hot, since);
      await swept;
      await stage.untilYes('kill -9 to a new yes of a cold show', cold, since);
      expectWithin(stage, 'kill -9 to a new yes of a hot show', hotWithinMs);
      expectWithin(stage, 'kill -9 to a new yes of a cold show', allWithinMs);
      await stage.calm();
    }),
};

export const f13: Scenario = {
  id: 'F13',
  title: 'a node starts with a copy of another one’s configuration',
  play: (ground) =>
    onStage(ground, 'F13', {}, async (stage) => {
      const [original] = stage.nodes;
      const owners = await stage.view.owners();
      const copy = await stage.addNode('gateway,actors,workers', { name: original!.name });
      await copy.start();
      const leases = await stage.view.query<{ node: string }>(
        'select node from node_lease where name = $1 and expires_at > clock_timestamp()',
        [original!.name],
      );
      stage.prove(
        `${leases.length} processes are called ${original!.name}, with leases of their own`,
        leases.length === 2,
      );
      const says = copy.log.some((line) => line.includes('another living node has this name'));
      stage.expect('the copy says that somebody has its name', says);
      await pause(watchedMs);
      await stage.calm();
      stage.note(`${await stage.claimedSince(owners)} shows moved or were claimed anew`);
      const since = performance.now();
      await copy.kill();
      await stage.untilYes('kill -9 of the copy to a new yes of every show', stage.shows, since);
      await copy.start();
      await stage.calm();
    }),
};

async function wishForEach(stage: Stage, shows: Stage['shows']): Promise<void> {
  for (const show of shows) {
    stage.crowd.wish(show);
    await pause(sweepMs / shows.length);
  }
}

/** A wish may be refused for reasons of its own, so that one is not enough. */
async function wishUntilYes(stage: Stage, shows: Stage['shows'], since: number): Promise<void> {
  const events = new Set(shows.map(({ event }) => event));
  for (let sweep = 0; sweep < sweepsMax; sweep += 1) {
    const yes = stage.crowd.firstYes(events, since);
    const missing = shows.filter(({ event }) => !yes.has(event));
    if (missing.length === 0) return;
    await wishForEach(stage, missing);
  }
}

function expectWithin(stage: Stage, name: string, maxMs: number): void {
  const figure = stage.findings.figures.find((each) => each.name === name);
  const slowest = Math.max(0, ...(figure?.ms ?? []));
  stage.expect(`${name} takes at most ${maxMs} ms (${Math.round(slowest)} ms)`, slowest <= maxMs);
}
