import { setTimeout as pause } from 'node:timers/promises';
import { comesTrue } from '../comes-true.ts';
import type { FaultNode } from '../fault-node.ts';
import { p99Of } from '../figures.ts';
import { stateOf } from '../process-state.ts';
import { backWithinMs, onStage, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** Longer than a lease, so that somebody else owns the shows when the process goes on. */
const frozenMs = 5_000;
/** Shorter than a lease: nobody may have taken anything. */
const shortMs = 600;
/** Nodes that have just come are given their shows within this time; no fault is in that. */
const sharedOutMs = 3_500;

export const f1: Scenario = {
  id: 'F1',
  title: 'kill -9 of an owner under load',
  play: (ground, { repeats }) =>
    onStage(ground, 'F1', {}, async (stage) => {
      const dead: number[] = [];
      for (let round = 0; round < repeats; round += 1) {
        const { node, shows } = await stage.victim();
        const { pid } = node;
        const since = performance.now();
        await node.kill();
        if ((await stateOf(pid)) === undefined) dead.push(pid);
        await stage.untilYes(killed, shows, since);
        await node.start();
        await stage.calm();
      }
      stage.prove(`killed and gone: ${dead.join(', ')}`, dead.length === repeats);
      if (repeats > 1) expectBack(stage, killed);
    }),
};

export const f3: Scenario = {
  id: 'F3',
  title: 'SIGSTOP of an owner for 5 s, then SIGCONT',
  play: (ground, { repeats }) =>
    onStage(ground, 'F3', {}, async (stage) => {
      let frozen = 0;
      let left = 0;
      for (let round = 0; round < repeats; round += 1) {
        const { node, shows } = await stage.victim();
        const before = await givenUpBy(node);
        const since = performance.now();
        const isFrozen = await node.freeze();
        await stage.untilYes(stopped, shows, since);
        await pause(Math.max(0, frozenMs - (performance.now() - since)));
        if (isFrozen && (await node.isFrozen())) frozen += 1;
        const taken = await stage.takenSince(shows);
        stage.expect('every show of a frozen owner has another one', taken === shows.length);
        node.thaw();
        // Those that nobody asks it for notice when they are to be served there again.
        const haveLeft = async () => (await givenUpBy(node)) > before;
        await comesTrue(haveLeft, noticedMs, lookMs);
        await stage.calm();
        left += (await givenUpBy(node)) - before;
      }
      stage.prove(`in state T for 5 s, ${frozen} of ${repeats} times`, frozen === repeats);
      stage.note(`once resumed, owners gave up ${left} shows because their time was over`);
      stage.expect('a resumed owner gives up what it had', left > 0);
      if (repeats > 1) expectBack(stage, stopped);
    }),
};

export const f4: Scenario = {
  id: 'F4',
  title: 'SIGSTOP of an owner for less than a lease',
  play: (ground) =>
    onStage(ground, 'F4', {}, async (stage) => {
      await stage.calm(sharedOutMs);
      const { node, shows } = await stage.victim();
      const since = performance.now();
      const isFrozen = await node.freeze();
      await pause(shortMs);
      stage.prove(`process ${node.pid} was in state T`, isFrozen && (await node.isFrozen()));
      node.thaw();
      await stage.untilYes('stop to the first new yes', shows, since);
      await stage.calm();
      stage.expect('nobody else has claimed anything', (await stage.takenSince(shows)) === 0);
    }),
};

/** How long a resumed owner may believe in what it has while nobody asks it for anything. */
const noticedMs = 10_000;
const lookMs = 100;

const killed = 'kill -9 to the first new yes';
const stopped = 'SIGSTOP to the first new yes';

/** Shows that a node left because it was fenced, or knew that its lease had ended. */
async function givenUpBy(node: FaultNode): Promise<number> {
  const name = 'ingressou_shows_left_total';
  return (await node.metric(name, '"fenced"')) + (await node.metric(name, '"lapsed"'));
}

/** Of several repeats: a few times say nothing of the hundredth. */
function expectBack(stage: Stage, name: string): void {
  const figure = stage.findings.figures.find((each) => each.name === name);
  const isInTime = figure !== undefined && p99Of(figure) < backWithinMs;
  stage.expect(`99 of 100 shows are back in less than ${backWithinMs} ms`, isInTime);
}
