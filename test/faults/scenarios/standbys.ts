import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import {
  type PrivatePostgres,
  type PrivateStandby,
  startPostgres,
  startStandby,
} from '../../../scripts/private-postgres.ts';
import { comesTrue } from '../comes-true.ts';
import { assertOwn, type Ground, postgresSettings } from '../ground.ts';
import { stateOf } from '../process-state.ts';
import { onStage, type Scenario } from '../scenario.ts';
import { expectSilence } from './database.ts';

const waitingMs = 3_000;
const syncWithinMs = 10_000;

export const f23: Scenario = {
  id: 'F23',
  title: 'the synchronous standby dies, and an operator names another one',
  play: (ground) =>
    onServers(ground, ['one', 'two'], async (primary, [one]) => {
      const databaseServer = primary;
      return await onStage(ground, 'F23', { databaseServer }, async (stage) => {
        const { pid } = one!;
        await assertOwn(one!);
        const since = performance.now();
        await one!.kill();
        stage.prove(`the standby ${pid} is gone`, (await stateOf(pid)) === undefined);
        await pause(waitingMs);
        expectSilence(stage, since, performance.now());
        const switchedAt = performance.now();
        await requireSync(primary, 'ANY 1 (one, two)');
        await stage.untilYes('the order to a new yes of every show', stage.shows, switchedAt);
        await stage.calm();
      });
    }),
};

export const f24: Scenario = {
  id: 'F24',
  title: 'the primary dies and its synchronous standby is promoted',
  play: (ground) =>
    onServers(ground, ['one'], async (primary, [standby]) =>
      onStage(ground, 'F24', { databaseServer: primary, isProxied: true }, async (stage) => {
        await assertOwn(primary);
        const followed = await ask(standby!.url, 'select pg_is_in_recovery() as answer');
        const { pid } = primary;
        const since = performance.now();
        await primary.kill();
        const isGone = (await stateOf(pid)) === undefined;
        await standby!.promote();
        stage.measured('promotion', performance.now() - since);
        const follows = await ask(standby!.url, 'select pg_is_in_recovery() as answer');
        stage.prove(
          `the primary ${pid} is gone, pg_is_in_recovery() of the other was ${followed} and is ${follows}`,
          isGone && followed === true && follows === false,
        );
        const target = { host: '127.0.0.1', port: standby!.port };
        for (const { toDatabase } of stage.nodes) toDatabase.retarget([target]);
        const url = new URL(stage.databaseUrl);
        url.port = `${standby!.port}`;
        await stage.moveDatabase(url.href);
        await stage.untilYes('death to a new yes of every show', stage.shows, since);
        await stage.calm();
      }),
    ),
};

/** A primary with streaming standbys, the first of which every commit waits for. */
async function onServers<T>(
  ground: Ground,
  names: readonly string[],
  work: (primary: PrivatePostgres, standbys: readonly PrivateStandby[]) => Promise<T>,
): Promise<T> {
  const servers: PrivatePostgres[] = [];
  try {
    const settings = postgresSettings;
    const primary = await startPostgres({ mayInstall: ground.mayInstall, settings });
    servers.unshift(primary);
    const standbys: PrivateStandby[] = [];
    for (const name of names) {
      const standby = await startStandby(primary, { name, settings });
      servers.unshift(standby);
      standbys.push(standby);
    }
    await requireSync(primary, names[0]!);
    return await work(primary, standbys);
  } finally {
    for (const server of servers) await server.remove();
  }
}

/** Resolves when the primary waits for one of those that `names` names. */
async function requireSync(primary: PrivatePostgres, names: string): Promise<void> {
  await ask(primary.url, `alter system set synchronous_standby_names = '${names}'`);
  await ask(primary.url, 'select pg_reload_conf() as answer');
  const isSync = async () =>
    (await ask(
      primary.url,
      `select count(*) > 0 as answer from pg_stat_replication where sync_state in ('sync', 'quorum')`,
    )) === true;
  if (!(await comesTrue(isSync, syncWithinMs))) throw new Error(`No standby of ${names} follows.`);
}

async function ask(url: string, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ answer: unknown }>(text);
    return rows[0]?.answer;
  } finally {
    await client.end();
  }
}
