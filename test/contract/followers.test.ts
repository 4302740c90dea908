import type { EventId, NodeId } from '@ingressou/protocol';
import { describe, expect, inject, it } from 'vitest';
import { FollowersUnavailableError } from '../../src/ports/followers.ts';
import type { Head } from '../../src/ports/journal.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { DatabaseFollowers } from '../../src/store/followers.ts';
import { MemoryJournal } from '../../src/store/memory-journal.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { MemoryFollowers } from '../setup/memory-followers.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { TcpProxy } from '../setup/tcp-proxy.ts';
import { describeFollowers, type OpenFollowers } from './followers.ts';
import { newEvent, newNode } from './rows.ts';
import { journalIn } from './stores.ts';

describeFollowers('MemoryFollowers', async () => followersInMemory());
describeFollowers('DatabaseFollowers on PGlite', async () => followersIn(await openPglite()));

const url = inject('postgresUrl');
if (url === undefined) skipBecause('DatabaseFollowers on pg', inject('postgresMissing') ?? '');
else {
  describeFollowers('DatabaseFollowers on pg', () => followersIn(openPg(url)));
  describeLine(url);
}

async function followersIn(open: OpenDatabase): Promise<OpenFollowers> {
  const restore = async (event: EventId, position: number): Promise<void> => {
    const text = `update event_head set last_position = $2, generation = generation + 1
      where event_id = $1`;
    await open.database.query({ name: 'restore', text }, [event, position]);
  };
  return { ...(await journalIn(open)), followers: new DatabaseFollowers(open), restore };
}

/** What the engine is tested with. */
function followersInMemory(): OpenFollowers {
  const alive = new Set<NodeId>();
  const isAlive = (node: NodeId): boolean => alive.has(node);
  const journal = new MemoryJournal({ isAlive });
  const restored = new Map<EventId, number>();
  const headOf = (head: Head): Head => {
    const position = restored.get(head.event);
    return position === undefined ? head : { ...head, position, generation: 2 };
  };
  const followers = new MemoryFollowers({
    isAlive,
    journal: {
      head: async (event) => journal.head(event).then((head) => head && headOf(head)),
      list: async (after, max) => (await journal.list(after, max)).map(headOf),
    },
  });
  return {
    followers,
    journal,
    create: async (event) => journal.create(event),
    lease: async (node, ms) => {
      if (ms > 0) alive.add(node);
      else alive.delete(node);
    },
    restore: async (event, position) => void restored.set(event, position),
    close: async () => {},
  };
}

function describeLine(postgresUrl: string): void {
  describe('Followers without a database', () => {
    it('say unavailable to every question', async () => {
      const closed = new TcpProxy(postgresUrl);
      const nowhere = openPg(await closed.open());
      await closed.close();
      const followers = new DatabaseFollowers(nowhere);
      const [event, owner] = [newEvent(), newNode()];
      const place = { name: 'a', event, owner, epoch: 1, position: 0, generation: 1 };
      for (const ask of [
        () => followers.behind(['a'], owner, 1),
        () => followers.claim(['a'], event, owner),
        () => followers.advance(place, 1),
        () => followers.release([place]),
      ]) {
        await expect(ask()).rejects.toThrow(FollowersUnavailableError);
      }
      await nowhere.close();
    });
  });
}
