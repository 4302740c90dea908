import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { installPackages } from '../../../scripts/debian-packages.ts';
import { startPostgres } from '../../../scripts/private-postgres.ts';
import { assertOwn, type Ground, postgresSettings } from '../ground.ts';
import { MissingError } from '../missing-error.ts';
import { onStage, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** Where Debian and Ubuntu keep it. */
const libraries = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`,
);
/** Nodes doubt a new time for a while: longer than that, so that they live by it. */
const believedMs = 5_000;
const hourMs = 3_600_000;
const nearMs = 60_000;

export const f32: Scenario = {
  id: 'F32',
  title: "the database's clock steps an hour ahead, and an hour back while an owner dies",
  play: async (ground) => {
    const clock = await FakeClock.make(ground);
    const server = await startPostgres({
      mayInstall: ground.mayInstall,
      settings: postgresSettings,
      environment: clock.environment,
    });
    try {
      return await onStage(ground, 'F32', { databaseServer: server }, async (stage) => {
        await assertOwn(server);
        const ahead = performance.now();
        await clock.set(hourMs);
        await proveOffset(stage, hourMs);
        await stage.untilYes('a step ahead to a new yes of every show', stage.shows, ahead);
        await pause(believedMs);
        await stage.calm();
        const { node, shows } = await stage.victim();
        const back = performance.now();
        await node.kill();
        await clock.set(0);
        await proveOffset(stage, 0);
        await stage.untilYes('a step back to a new yes of the dead', shows, back);
        await node.start();
        await stage.calm();
        await tellAlarms(stage);
      });
    } finally {
      await server.remove();
    }
  },
};

/** The clock of one server, by a library in front of its C library. */
class FakeClock {
  readonly environment: Readonly<Record<string, string>>;
  readonly #file: string;

  private constructor(library: string, file: string) {
    this.#file = file;
    this.environment = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** @throws {MissingError} there is no such library */
  static async make(ground: Ground): Promise<FakeClock> {
    if (!libraries.some(existsSync) && ground.mayInstall) await installPackages('faketime');
    const library = libraries.find(existsSync);
    if (library === undefined) throw new MissingError('it needs apt-get install -y faketime');
    const clock = new FakeClock(library, path.join(ground.directory, 'fake-clock'));
    await clock.set(0);
    return clock;
  }

  /** Milliseconds by which it is ahead. */
  async set(offsetMs: number): Promise<void> {
    await writeFile(this.#file, `+${offsetMs / 1000}`);
  }
}

async function proveOffset(stage: Stage, offsetMs: number): Promise<void> {
  const text = 'select extract(epoch from clock_timestamp())::float8 * 1000 as now';
  const [row] = await stage.view.query<{ now: number }>(text);
  const seenMs = (row?.now ?? 0) - Date.now();
  const minutes = Math.round(seenMs / 60_000);
  stage.prove(
    `the database's clock is ${minutes} minutes ahead`,
    Math.abs(seenMs - offsetMs) < nearMs,
  );
}

async function tellAlarms(stage: Stage): Promise<void> {
  const sumOf = async (metric: string): Promise<number> => {
    const counts = await Promise.all(stage.nodes.map((node) => node.metric(metric)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const jumps = await sumOf('ingressou_clock_jumps_total');
  const forced = await sumOf('ingressou_claims_forced_total');
  stage.expect('the nodes say that the clock jumped', jumps > 0);
  stage.note(`${jumps} alarms of a jumping clock, ${forced} shows claimed from a silent owner`);
}
