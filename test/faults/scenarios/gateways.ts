import { createWriteStream } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type PrivateNginx, startNginx } from '../../../scripts/private-nginx.ts';
import { NoServiceError } from '../../../scripts/private-process.ts';
import { comesTrue } from '../comes-true.ts';
import { MissingError } from '../missing-error.ts';
import { nginxConfig } from '../nginx-config.ts';
import { stateOf } from '../process-state.ts';
import { onStage, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import type { Watcher } from '../watcher.ts';
import { told } from './database.ts';

const onlookers = 600;
const arriveWithinMs = 30_000;
const backWithinMs = 20_000;
const bucketMs = 100;
/** Of all that come back, in one bucket: evenly over a second it would be a tenth. */
const shareMax = 0.35;
/** A lost socket, a jittered return, and a show that moves meanwhile. */
const waitMaxMs = 5_000;
/** Between two restarts: people come back, and shows find their places. */
const breathMs = 1_500;

export const f8: Scenario = {
  id: 'F8',
  title: 'kill -9 of a gateway with hundreds of sockets',
  play: (ground) => {
    const nodes = ['gateway', 'gateway', 'actors,workers', 'actors,workers'];
    return onStage(ground, 'F8', { nodes }, async (stage) => {
      const [gateway] = stage.gateways;
      const crowd = Array.from({ length: onlookers }, (_, index) =>
        stage.addWatcher(gateway!.url, stage.shows[index % stage.shows.length]!),
      );
      const areThere = () => crowd.every((watcher) => watcher.sees(1));
      stage.expect('everybody arrives', await comesTrue(areThere, arriveWithinMs));
      const { pid } = gateway!;
      const since = performance.now();
      await gateway!.kill();
      stage.prove(`gateway ${pid} is gone`, (await stateOf(pid)) === undefined);
      await stage.untilYes('kill -9 to a new yes of every show', stage.shows, since);
      const areBack = () => stage.crowd.areAllLive && areThere();
      stage.expect('everybody comes back', await comesTrue(areBack, backWithinMs));
      expectNoHerd(stage, crowd, since);
      await gateway!.start();
    });
  },
};

export const f11: Scenario = {
  id: 'F11',
  title: 'three nodes restarted one after the other, behind nginx',
  play: (ground) => {
    const nodes = ['gateway,actors,workers', 'gateway,actors,workers', 'actors,workers'];
    const front = (stage: Stage) => nginxBefore(stage, ground.mayInstall);
    return onStage(ground, 'F11', { nodes, front }, async (stage) => {
      const since = performance.now();
      const codes: (number | null)[] = [];
      for (const node of stage.nodes) {
        codes.push(await node.stop());
        await node.start();
        await pause(breathMs);
        await stage.calm();
      }
      stage.prove(
        `${codes.length} nodes ended by SIGTERM (exit codes ${codes.join(', ')}) and came again`,
        codes.every((code) => code === 0),
      );
      await comesTrue(() => stage.crowd.areAllLive, arriveWithinMs);
      const troubles = stage.crowd.troublesSince(since);
      stage.expect(
        `buyers are told nothing else than answers, but were told ${told(troubles)}`,
        Object.keys(troubles).length === 0,
      );
      const waitMs = stage.crowd.longestWait(since);
      stage.measured('the longest wait for an answer', waitMs);
      stage.expect(`nobody waits for more than ${waitMaxMs} ms`, waitMs <= waitMaxMs);
      stage.measured('a show on its way to another node', ...movesMs(stage));
    });
  },
};

/** How long shows were away that were given to another node. */
function movesMs(stage: Stage): number[] {
  const lines = stage.nodes.flatMap(({ log }) =>
    log.filter((line) => line.includes('is given to')),
  );
  return lines.map((line) => (JSON.parse(line) as { ms: number }).ms);
}

function expectNoHerd(stage: Stage, crowd: readonly Watcher[], since: number): void {
  const returns = crowd.flatMap(({ backAt }) => backAt.filter((at) => at > since));
  const awayMs = returns.map((at) => at - since);
  const buckets = new Map<number, number>();
  for (const ms of awayMs) {
    const bucket = Math.floor(ms / bucketMs);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  const most = Math.max(0, ...buckets.values());
  stage.measured('kill -9 to being back', ...awayMs);
  stage.note(`${most} of ${returns.length} came back in the same ${bucketMs} ms`);
  stage.expect('they do not come as a herd', most <= returns.length * shareMax);
}

/** @throws {MissingError} there is no nginx */
async function nginxBefore(stage: Stage, mayInstall: boolean): Promise<string> {
  const ports = stage.gateways.map(({ port }) => port);
  const config = nginxConfig(ports, stage.artefact('nginx-access.log'));
  const errors = createWriteStream(stage.artefact('nginx.log'));
  const onLog = (line: string) => errors.write(`${line}\n`);
  const nginx = await startNginx({ config, mayInstall, onLog }).catch(missing);
  stage.afterwards(() => nginx.remove());
  return nginx.url;
}

function missing(cause: unknown): PrivateNginx {
  if (!(cause instanceof NoServiceError)) throw cause;
  throw new MissingError(`${cause.message}: apt-get install -y nginx-light`, { cause });
}
