import { setTimeout as pause } from 'node:timers/promises';
import { comesTrue } from '../comes-true.ts';
import { assertOwn } from '../ground.ts';
import { areFrozen, freezeFamily, stateOf, thaw } from '../process-state.ts';
import { onStage, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const goneMs = 3_000;
const pausedMs = 10_000;
/** What was on its way when the fault began may still arrive. */
const arrivingMs = 50;

export const f20: Scenario = {
  id: 'F20',
  title: 'kill -9 of PostgreSQL, started again after 3 s',
  play: (ground) =>
    onStage(ground, 'F20', {}, async (stage) => {
      const server = await ground.postgres();
      await assertOwn(server);
      const { pid } = server;
      await server.kill();
      // Its backends hear of it when it is gone, not when it is told: until then they commit as ever.
      const since = performance.now();
      stage.prove(`the postmaster ${pid} is gone`, (await stateOf(pid)) === undefined);
      await pause(goneMs);
      expectSilence(stage, since, performance.now());
      const startedAt = performance.now();
      await server.start();
      stage.measured('its recovery', performance.now() - startedAt);
      await stage.untilYes('its start to a new yes of every show', stage.shows, startedAt);
      await stage.calm();
    }),
};

export const f21: Scenario = {
  id: 'F21',
  title: 'PostgreSQL stands still for 10 s',
  play: (ground) =>
    onStage(ground, 'F21', {}, async (stage) => {
      const server = await ground.postgres();
      await assertOwn(server);
      const owners = await stage.view.owners();
      const family = await freezeFamily(server.pid);
      const since = performance.now();
      try {
        const isFrozen = await comesTrue(() => areFrozen(family), 1_000);
        await pause(pausedMs);
        stage.prove(
          `${family.length} processes of it were in state T for 10 s`,
          isFrozen && (await areFrozen(family)),
        );
        expectSilence(stage, since, performance.now());
        stage.note(`meanwhile buyers were told ${told(stage.crowd.troublesSince(since))}`);
      } finally {
        thaw(family);
      }
      await stage.untilYes('its return to a new yes of every show', stage.shows, performance.now());
      await stage.calm();
      stage.note(`${await stage.claimedSince(owners)} of ${owners.length} shows were claimed anew`);
    }),
};

/** Nothing that was wished after the fault was said yes to before it was over. */
export function expectSilence(stage: Stage, since: number, until: number): void {
  const yes = stage.crowd
    .answersSince(since + arrivingMs)
    .filter(({ at, outcome }) => at < until && outcome.isAccepted);
  stage.expect(
    `nothing is acknowledged that cannot be durable (${yes.length} were)`,
    yes.length === 0,
  );
}

/** "nothing", or what and how often. */
export function told(troubles: Readonly<Record<string, number>>): string {
  const parts = Object.entries(troubles).map(([reason, count]) => `${reason} ${count} times`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}
