import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Owned } from '../cluster-view.ts';
import { comesTrue } from '../comes-true.ts';
import { stall } from '../inspector.ts';
import { onStage, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const stallMs = 3_000;
const endedWithinMs = 5_000;
const apartMs = 5_000;

export const f5: Scenario = {
  id: 'F5',
  title: 'an owner freezes inside an open transaction that locks its shows',
  play: (ground) =>
    onStage(ground, 'F5', {}, async (stage) => {
      const { node, shows } = await stage.victim();
      const zombie = await StandIn.lock(stage, shows);
      const since = performance.now();
      const isFrozen = await node.freeze();
      const state = await zombie.state();
      stage.prove(
        `process ${node.pid} was in state T, and backend ${zombie.pid} ${state}`,
        isFrozen && state === 'idle in transaction',
      );
      await stage.untilYes('freeze to the first new yes', shows, since);
      const isEnded = await comesTrue(() => zombie.isEnded, endedWithinMs);
      stage.expect('the open transaction was ended by whoever claimed', isEnded);
      node.thaw();
      await stage.calm();
    }),
};

export const f6: Scenario = {
  id: 'F6',
  title: 'the event loop of an owner stalls for 3 s',
  play: async (ground) => {
    const ports = [await ground.takePort(), await ground.takePort(), await ground.takePort()];
    const nodeArguments = (index: number) => [`--inspect=127.0.0.1:${ports[index]}`];
    return onStage(ground, 'F6', { nodeArguments }, async (stage) => {
      const { node, shows } = await stage.victim();
      const since = performance.now();
      const stalled = stall(ports[stage.nodes.indexOf(node)]!, stallMs);
      await stage.untilYes('stall to the first new yes', shows, since);
      const ms = await stalled;
      stage.prove(`its event loop was busy for ${ms} ms`, ms >= stallMs);
      stage.expect('somebody else owns its shows', (await stage.takenSince(shows)) > 0);
      await stage.calm();
    });
  },
};

export const f50: Scenario = {
  id: 'F50',
  title: 'an owner is cut off from the database alone, and comes back',
  play: (ground) =>
    onStage(ground, 'F50', { isProxied: true }, async (stage) => {
      const { node, shows } = await stage.victim();
      const before = node.toDatabase.counts.downBytes;
      const since = performance.now();
      node.toDatabase.partition();
      await stage.untilYes('partition to the first new yes', shows, since);
      await pause(Math.max(0, apartMs - (performance.now() - since)));
      const passed = node.toDatabase.counts.downBytes - before;
      const lapses = await node.metric('ingressou_lease_lapses_total');
      stage.prove(
        `${passed} bytes of the database reached it in 5 s, and its lease lapsed ${lapses} time`,
        passed === 0 && lapses > 0,
      );
      const taken = await stage.takenSince(shows);
      stage.expect('its shows have other owners', taken === shows.length);
      // What it had sent arrives now, late.
      node.toDatabase.heal();
      await stage.calm();
    }),
};

/** A connection that passes for an owner's and keeps its shows locked. */
class StandIn {
  isEnded = false;
  readonly pid: number;
  readonly #stage: Stage;

  private constructor(stage: Stage, client: pg.Client, pid: number) {
    this.#stage = stage;
    this.pid = pid;
    client.on('error', () => {
      this.isEnded = true;
    });
    stage.afterwards(() => client.end());
  }

  static async lock(stage: Stage, shows: readonly Owned[]): Promise<StandIn> {
    const client = new pg.Client({
      connectionString: stage.databaseUrl,
      application_name: `actor:${shows[0]?.owner}`,
    });
    await client.connect();
    await client.query('begin');
    const events = shows.map(({ event }) => event);
    const text = 'update event_head set epoch = epoch where event_id = any($1)';
    await client.query(text, [events]);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return new StandIn(stage, client, rows[0]!.pid);
  }

  async state(): Promise<string | undefined> {
    const text = 'select state from pg_stat_activity where pid = $1';
    const [row] = await this.#stage.view.query<{ state: string }>(text, [this.pid]);
    return row?.state;
  }
}
