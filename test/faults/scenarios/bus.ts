import { setTimeout as pause } from 'node:timers/promises';
import { stateOf } from '../process-state.ts';
import { onStage, type Scenario } from '../scenario.ts';
import { told } from './database.ts';

const downMs = 8_000;
const apartMs = 6_000;
/** After the fault, and before wishes that were made then must have been answered. */
const settledMs = 500;

export const f48: Scenario = {
  id: 'F48',
  title: 'NATS is killed, and back after 8 s',
  play: (ground) =>
    onStage(ground, 'F48', {}, async (stage) => {
      const server = await ground.nats();
      const { pid } = server;
      const owners = await stage.view.owners();
      const since = performance.now();
      await server.kill();
      stage.prove(`NATS ${pid} is gone`, (await stateOf(pid)) === undefined);
      await pause(downMs);
      const yes = stage.crowd
        .answersSince(since + settledMs)
        .filter(({ outcome }) => outcome.isAccepted);
      stage.expect('each node sells the shows it has', yes.length > 0);
      stage.note(
        `meanwhile ${yes.length} wishes were granted by the node they came to; ` +
          `buyers were told ${told(stage.crowd.troublesSince(since))}`,
      );
      stage.note(`${await stage.claimedSince(owners)} shows were claimed anew`);
      const backAt = performance.now();
      await server.start();
      await stage.untilYes('its return to a new yes of every show', stage.shows, backAt);
      await stage.calm();
    }),
};

export const f49: Scenario = {
  id: 'F49',
  title: 'an owner is cut off from the other nodes alone, and comes back',
  play: (ground) =>
    onStage(ground, 'F49', { isProxied: true }, async (stage) => {
      const owners = await stage.view.owners();
      const { node, shows } = await stage.victim();
      const before = node.toBus.counts.upBytes + node.toBus.counts.downBytes;
      const since = performance.now();
      node.toBus.partition();
      const theirs = new Set(shows.map(({ event }) => event));
      const others = stage.shows.filter(({ event }) => !theirs.has(event));
      await stage.untilYes('partition to a new yes of a show elsewhere', others, since);
      await pause(Math.max(0, apartMs - (performance.now() - since)));
      const passed = node.toBus.counts.upBytes + node.toBus.counts.downBytes - before;
      stage.prove(`${passed} bytes passed between it and NATS in 6 s`, passed === 0);
      stage.note(`${await stage.claimedSince(owners)} shows were claimed anew`);
      stage.note(`buyers were told ${told(stage.crowd.troublesSince(since))}`);
      const healedAt = performance.now();
      node.toBus.heal();
      await stage.untilYes('its return to a new yes of its shows', shows, healedAt);
      await stage.calm();
    }),
};
