import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type EventId, uuid7 } from '@ingressou/protocol';
import { startPostgres, startStandby } from '../../../scripts/private-postgres.ts';
import { readConfig } from '../../../src/config.ts';
import { startNode } from '../../../src/node.ts';
import { ClusterView } from '../cluster-view.ts';
import { postgresSettings } from '../ground.ts';
import { onStage, type Scenario } from '../scenario.ts';

const showsAdded = 20;
const betweenMs = 100;

export const f31: Scenario = {
  id: 'F31',
  title: 'the replica that serves lists stands still',
  play: async (ground) => {
    const { mayInstall } = ground;
    const primary = await startPostgres({ mayInstall, settings: postgresSettings });
    const replica = await startStandby(primary, { name: 'replica', settings: postgresSettings });
    try {
      return await onStage(ground, 'F31', { databaseServer: primary }, async (stage) => {
        const replicaUrl = new URL(stage.databaseUrl);
        replicaUrl.port = `${replica.port}`;
        const view = new ClusterView(replicaUrl.href);
        stage.afterwards(() => view.close());
        const node = await startNode(
          readConfig({
            ...stage.environment('lists'),
            DATABASE_REPLICA_URLS: replicaUrl.href,
            PORT: `${await ground.takePort()}`,
            LOG_LEVEL: 'silent',
            SIMULATOR_PORT: '0',
          }),
        );
        stage.afterwards(() => node.stop());
        await pause(1_000);
        await view.query('select pg_wal_replay_pause()');
        const unseen: string[] = [];
        for (let number = 0; number < showsAdded; number += 1) {
          const slug = await addShow(node.catalog, number);
          const bySlug = await fetch(`${node.url}/v1/shows/${slug}`);
          const list = await (await fetch(`${node.url}/v1/shows`)).text();
          if (!bySlug.ok || !list.includes(slug)) unseen.push(slug);
          await pause(betweenMs);
        }
        const [state] = await view.query<{ state: string; recovery: boolean; shows: string }>(
          `select pg_get_wal_replay_pause_state() as state, pg_is_in_recovery() as recovery,
             (select count(*) from show where slug like 'lida-%') as shows`,
        );
        stage.prove(
          `the replica is ${state?.state} and has ${state?.shows} of ${showsAdded} shows`,
          state?.state === 'paused' && state.recovery && state.shows === '0',
        );
        stage.expect(`whoever adds a show finds it (${unseen.length} not)`, unseen.length === 0);
        await view.query('select pg_wal_replay_resume()');
        const since = performance.now();
        await stage.untilYes('a new yes of every show', stage.shows, since);
      });
    } finally {
      await replica.remove();
      await primary.remove();
    }
  },
};

async function addShow(catalog: { add: AddShow }, number: number): Promise<string> {
  const id = uuid7<EventId>(Date.now(), randomBytes(16));
  const slug = `lida-${number}`;
  const place = { venue: 'Casa', city: 'Brasília', uf: 'DF' };
  // Before all others, so that it is on the first page of the list.
  const startsAt = Date.now() + 3_600_000 + number;
  await catalog.add({ id, slug, title: `Noite Lida ${number}`, ...place, startsAt });
  return slug;
}

type AddShow = Awaited<ReturnType<typeof startNode>>['catalog']['add'];
