import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type PrivatePostgres, startPostgres } from '../../../scripts/private-postgres.ts';
import { comesTrue } from '../comes-true.ts';
import { FsyncShim } from '../fsync-shim.ts';
import { assertOwn, type Ground, postgresSettings } from '../ground.ts';
import { stateOf } from '../process-state.ts';
import { onStage, type Scenario } from '../scenario.ts';
import { SmallDisk } from '../small-disk.ts';
import type { Stage } from '../stage.ts';
import { expectSilence } from './database.ts';

const diskMegabytes = 300;
const brokenMs = 3_000;
const panicWithinMs = 20_000;
const recoveredWithinMs = 30_000;
const slowMs = 200;
const slowForMs = 6_000;

export const f27: Scenario = {
  id: 'F27',
  title: 'the disk of PostgreSQL is full, and then has space again',
  play: async (ground) => {
    const disk = await SmallDisk.mount(path.join(ground.directory, 'small-disk'), diskMegabytes);
    ground.afterwards(() => disk.unmount());
    const log: string[] = [];
    let server: PrivatePostgres | undefined;
    try {
      server = await startPostgres({
        mayInstall: ground.mayInstall,
        directory: path.join(disk.directory, 'data'),
        settings: { ...postgresSettings, max_wal_size: '48MB', min_wal_size: '32MB' },
        onLog: (line) => log.push(line),
      });
      const databaseServer = server;
      ground.afterwards(() => databaseServer.remove());
      return await onStage(ground, 'F27', { databaseServer }, async (stage) => {
        await assertOwn(databaseServer);
        await disk.fill();
        const left = await disk.bytesLeft();
        const refuses = () => log.some((line) => line.includes('No space left on device'));
        // A segment of the log that is begun already has its space: the next one has none.
        const isRefused = await comesTrue(async () => {
          await stage.view.query('select pg_switch_wal()').catch(() => {});
          return refuses();
        }, panicWithinMs);
        stage.prove(`${left} bytes are left, and PostgreSQL says so`, left === 0 && isRefused);
        const since = performance.now();
        await pause(brokenMs);
        expectSilence(stage, since, performance.now());
        await disk.free();
        const freedAt = performance.now();
        await startAgain(stage, databaseServer);
        await stage.untilYes('space to a new yes of every show', stage.shows, freedAt);
        await stage.calm();
      });
    } finally {
      await server?.remove();
      await disk.unmount();
    }
  },
};

export const f28: Scenario = {
  id: 'F28',
  title: 'fsync fails under PostgreSQL',
  play: (ground) =>
    onShim(ground, async (server, shim, log) =>
      onStage(ground, 'F28', { databaseServer: server }, async (stage) => {
        await assertOwn(server);
        await shim.set('eio');
        const isPanic = () => log.some((line) => line.includes('PANIC'));
        const hasPanicked = await comesTrue(isPanic, panicWithinMs);
        const since = performance.now();
        await pause(brokenMs);
        expectSilence(stage, since, performance.now());
        const hits = await shim.hits();
        stage.prove(`fsync failed ${hits} times and PostgreSQL panicked`, hits > 0 && hasPanicked);
        await shim.set('none');
        const mendedAt = performance.now();
        await startAgain(stage, server);
        await stage.untilYes('a good disk to a new yes of every show', stage.shows, mendedAt);
        await stage.calm();
      }),
    ),
};

export const f29: Scenario = {
  id: 'F29',
  title: 'fsync takes 200 ms longer',
  play: (ground) =>
    onShim(ground, async (server, shim) =>
      onStage(ground, 'F29', { databaseServer: server }, async (stage) => {
        await assertOwn(server);
        await shim.set(`slow ${slowMs}`);
        const since = performance.now();
        await pause(slowForMs);
        const answers = stage.crowd.answersSince(since);
        const hits = await shim.hits();
        await shim.set('none');
        stage.prove(`${hits} calls were ${slowMs} ms late`, hits > 0);
        const yes = answers.filter(({ outcome }) => outcome.isAccepted);
        stage.measured('wish to yes', ...yes.map(({ at, invokedAt }) => at - invokedAt));
        stage.expect('it sells on', yes.length > 0);
        await stage.untilYes(
          'a good disk to a new yes of every show',
          stage.shows,
          performance.now(),
        );
        await stage.calm();
      }),
    ),
};

async function onShim<T>(
  ground: Ground,
  work: (server: PrivatePostgres, shim: FsyncShim, log: readonly string[]) => Promise<T>,
): Promise<T> {
  const shim = await FsyncShim.make(ground);
  const log: string[] = [];
  const server = await startPostgres({
    mayInstall: ground.mayInstall,
    settings: postgresSettings,
    environment: shim.environment,
    onLog: (line) => log.push(line),
  });
  try {
    return await work(server, shim, log);
  } finally {
    await shim.set('none');
    await server.remove();
  }
}

/** What a supervisor does: PostgreSQL may end by itself, at once or after it has tried again. */
async function startAgain(stage: Stage, server: PrivatePostgres): Promise<void> {
  const answers = async (): Promise<boolean> => {
    if ((await stateOf(server.pid)) === undefined) await server.start();
    const isAlive = stage.view.query('select 1').then(
      () => true,
      () => false,
    );
    return await isAlive;
  };
  stage.expect('PostgreSQL answers again', await comesTrue(answers, recoveredWithinMs));
}
