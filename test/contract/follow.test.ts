import type { EventId, NodeId } from '@ingressou/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { systemClock as clock } from '../../src/clock.ts';
import type { Job, Jobs } from '../../src/ports/jobs.ts';
import { projectorName } from '../../src/ports/read-models.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { DatabaseFollowers } from '../../src/store/followers.ts';
import { DatabaseJournal } from '../../src/store/journal.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { DatabaseReadModels } from '../../src/store/read-models.ts';
import { Follow } from '../../src/workers/follow/follow.ts';
import { Projector } from '../../src/workers/projector/projector.ts';
import { rebuild } from '../../src/workers/projector/rebuild.ts';
import { relaysTo } from '../../src/workers/relay/relay.ts';
import { silentTelemetry } from '../setup/silent-telemetry.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { soldStory, storyPages } from '../setup/sold-story.ts';
import type { Story } from '../setup/story.ts';
import { ReadModelsStage } from './read-models-stage.ts';
import { writeStory } from './written-story.ts';

describeFollowing('PGlite', async () => {
  const open = await openPglite();
  return { first: open, second: open, close: () => open.close() };
});
const url = inject('postgresUrl');
if (url === undefined) skipBecause('Following on pg', inject('postgresMissing') ?? '');
else {
  describeFollowing('pg', async () => {
    const [first, second] = [openPg(url), openPg(url)];
    return {
      first,
      second,
      async close() {
        await first.close();
        await second.close();
      },
    };
  });
}

interface TwoProcesses {
  readonly first: OpenDatabase;
  readonly second: OpenDatabase;
  close(): Promise<void>;
}

/** The parts together: journal, places, relays and projector, as nodes run them. */
function describeFollowing(name: string, open: () => Promise<TwoProcesses>): void {
  describe(`Following on ${name}`, () => {
    let opened: TwoProcesses;
    let stage: ReadModelsStage;
    let story: Story;
    let event: EventId;
    let owner: NodeId;

    beforeAll(async () => {
      opened = await open();
      stage = await ReadModelsStage.open(opened.first);
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      story = soldStory();
      event = await stage.newShow();
      owner = await stage.newNode();
    });

    const journal = () => new DatabaseJournal(opened.first);
    const write = (from: number, to?: number) => {
      const until = to === undefined ? {} : { to };
      return writeStory(journal(), story, event, owner, { from, ...until });
    };
    /** A node that works: it only hears of this test's show. */
    const start = (database: OpenDatabase, node: NodeId, jobs: Pick<Jobs, 'publish'>): Follow => {
      const readModels = new DatabaseReadModels({ ...database, clock });
      return new Follow({
        journal: new DatabaseJournal(database),
        followers: new DatabaseFollowers(database),
        clock,
        telemetry: silentTelemetry,
        node,
        works: [new Projector(readModels), ...relaysTo(jobs)],
      });
    };
    const isProjected = async (): Promise<boolean> => {
      const { position } = await stage.readModels.positionOf(event);
      return position === (await journal().head(event))?.position;
    };
    const untilProjected = async (...follows: readonly Follow[]): Promise<void> => {
      await expect
        .poll(
          async () => {
            for (const follow of follows) follow.wake(event);
            return isProjected();
          },
          { timeout: 20_000 },
        )
        .toBe(true);
    };
    const told = async () => {
      const other = await stage.newShow();
      await stage.project(await stage.place(other), storyPages(story, other));
      return stage.rows(other);
    };
    const collect = () => {
      const jobs: Job[] = [];
      return { jobs, publish: async (some: readonly Job[]) => void jobs.push(...some) };
    };
    /** Every job that the story asks for, by its id. */
    const asked = async (): Promise<string[]> => {
      const all = collect();
      for (const relay of relaysTo(all)) {
        for (const page of storyPages(story, event)) await relay.take(page);
      }
      return all.jobs.map(({ id }) => id).sort();
    };

    it('makes rows and jobs of a history while it is written', async () => {
      const queue = collect();
      const follow = start(opened.first, await stage.newNode(), queue);
      for (let from = 0; from < story.facts.length; from += 12) {
        await write(from, Math.min(from + 12, story.facts.length));
        follow.wake(event);
      }
      await untilProjected(follow);
      await follow.close();
      expect(await stage.rows(event)).toEqual(await told());
      expect(queue.jobs.map(({ id }) => id).sort()).toEqual(await asked());
    });

    it('goes on in the other process when one dies', async () => {
      const queue = collect();
      const nodes = [await stage.newNode(), await stage.newNode()] as const;
      const dying = start(opened.first, nodes[0], queue);
      const next = start(opened.second, nodes[1], queue);
      await write(0, 20);
      await untilProjected(dying);
      await stage.store.lease(nodes[0], 0);
      await write(20);
      await untilProjected(next);
      await expect
        .poll(() => new Set(queue.jobs.map(({ id }) => id)).size)
        .toBe((await asked()).length);
      for (const follow of [dying, next]) await follow.close();
      expect(await stage.rows(event)).toEqual(await told());
      expect([...new Set(queue.jobs.map(({ id }) => id))].sort()).toEqual(await asked());
    });

    it('works with two processes that fight for every page', async () => {
      const queue = collect();
      const follows = [
        start(opened.first, await stage.newNode(), queue),
        start(opened.second, await stage.newNode(), queue),
      ];
      for (let from = 0; from < story.facts.length; from += 6) {
        await write(from, Math.min(from + 6, story.facts.length));
        await stage.database.query(
          {
            name: 'free_all',
            text: 'update follower set owner = null, epoch = epoch + 1 where event_id = $1',
          },
          [event],
        );
        for (const follow of follows) follow.wake(event);
        await new Promise(setImmediate);
      }
      await untilProjected(...follows);
      for (const follow of follows) await follow.close();
      expect(await stage.rows(event)).toEqual(await told());
    });

    it('is made again from zero, under a node that goes on behind it', async () => {
      const queue = collect();
      const follow = start(opened.first, await stage.newNode(), queue);
      await write(0, 30);
      await untilProjected(follow);
      const progress: number[] = [];
      const facts = await rebuild(
        {
          journal: journal(),
          readModels: stage.readModels,
          followers: stage.followers,
          clock,
          node: await stage.newNode(),
          onProgress: async (position) => {
            // The show goes on selling, and the node that had the place tries to have it.
            if (progress.length === 0) await write(30);
            progress.push(position);
            follow.wake(event);
          },
        },
        event,
      );
      expect(facts).toBe(story.facts.length);
      expect(progress).toEqual([30, story.facts.length]);
      await untilProjected(follow);
      await follow.close();
      expect(await stage.rows(event)).toEqual(await told());
    });

    it('is not made again by two at once', async () => {
      await write(0);
      const other = await stage.newNode();
      const facts = await rebuild(
        {
          journal: journal(),
          readModels: stage.readModels,
          followers: stage.followers,
          clock,
          node: await stage.newNode(),
          onProgress: async () => void (await stage.readModels.restart(event, other)),
        },
        event,
      );
      expect(facts).toBe(story.facts.length);
      const [place] = await stage.followers.claim([projectorName], event, other);
      expect(place?.position).toBe(0);
    });
  });
}
