import { setTimeout as pause } from 'node:timers/promises';
import { unpack } from '@ingressou/protocol';
import type { Fact } from '../../../src/domain/facts.ts';
import type { Owned } from '../cluster-view.ts';
import { comesTrue } from '../comes-true.ts';
import type { FaultNode } from '../fault-node.ts';
import { readJournals } from '../journal-rows.ts';
import { onStage, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const append = 'journal_append';
const struckWithinMs = 5_000;
const roundsOfF2 = 3;
const cutsOfEachKind = 10;
const betweenCutsMs = 150;

export const f2: Scenario = {
  id: 'F2',
  title: 'kill -9 between the commit of a turn and its reply',
  play: (ground) =>
    onStage(ground, 'F2', { isProxied: true }, async (stage) => {
      let untold = 0;
      for (let round = 0; round < roundsOfF2; round += 1) {
        const { node, shows } = await stage.victim();
        const since = await killedBeforeReply(node);
        untold += await durableAndUntold(stage, shows, since);
        await stage.untilYes('kill -9 to the first new yes', shows, since);
        await node.start();
        await stage.calm();
      }
      stage.prove(
        `${untold} wishes were durable when their owner died before it was told`,
        untold > 0,
      );
    }),
};

export const f22: Scenario = {
  id: 'F22',
  title: 'connections cut before and after the database has an append',
  play: (ground) =>
    onStage(ground, 'F22', { isProxied: true }, async (stage) => {
      const since = performance.now();
      for (let round = 0; round < cutsOfEachKind; round += 1) {
        // One at a time: a request that is lost has no reply to lose.
        for (const { toDatabase } of stage.nodes) toDatabase.cutReplyTo(append);
        await pause(betweenCutsMs);
        for (const { toDatabase } of stage.nodes) toDatabase.cutRequestWith(append);
        await pause(betweenCutsMs);
      }
      await pause(struckWithinMs / 5);
      const cuts = stage.nodes.reduce((sum, { toDatabase }) => sum + toDatabase.counts.cuts, 0);
      const lost = stage.nodes.reduce(
        (sum, { toDatabase }) => sum + toDatabase.counts.lostBytes,
        0,
      );
      stage.prove(`${cuts} connections were cut and ${lost} bytes lost`, cuts >= cutsOfEachKind);
      for (const outcome of ['committed', 'absent']) {
        const settled = await settledAs(stage, outcome);
        stage.prove(`${settled} lost replies were settled as ${outcome}`, settled > 0);
      }
      for (const { toDatabase } of stage.nodes) toDatabase.heal();
      await stage.untilYes(
        'the last cut to a new yes of every show',
        stage.shows,
        performance.now(),
      );
      stage.measured('the longest wait for an answer', stage.crowd.longestWait(since));
    }),
};

/** Resolves with the time when the node died, in the moment when a turn was durable. */
async function killedBeforeReply(node: FaultNode): Promise<number> {
  let struckAt = 0;
  node.toDatabase.cutReplyTo(append, () => {
    node.killNow();
    struckAt = performance.now();
  });
  if (!(await comesTrue(() => struckAt > 0, struckWithinMs))) throw new Error('No append came by.');
  await node.kill();
  return struckAt;
}

/** Wishes that are in the journal of a dead owner though nobody had been told by then. */
async function durableAndUntold(
  stage: Stage,
  shows: readonly Owned[],
  killedAt: number,
): Promise<number> {
  const told = new Set(
    stage.crowd.answers.filter(({ at }) => at < killedAt).map(({ wish }) => wish.id),
  );
  const epochs = new Map(shows.map(({ event, epoch }) => [event, epoch]));
  const journals = await readJournals(stage.databaseUrl);
  const rows = journals.flatMap((journal) => journal.rows);
  const facts = rows
    .filter(({ event, epoch }) => epochs.get(event) === epoch)
    .flatMap((row) => unpack(row.facts) as readonly Fact[]);
  return facts.filter(
    (fact) =>
      (fact.type === 'reserved' || fact.type === 'released' || fact.type === 'extended') &&
      !told.has(fact.id),
  ).length;
}

async function settledAs(stage: Stage, outcome: string): Promise<number> {
  const counts = stage.nodes.map((node) =>
    node.metric('ingressou_outcomes_settled_total', `"${outcome}"`),
  );
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
