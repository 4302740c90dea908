import type { EventId, NodeId } from '@ingressou/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  FencedError,
  type Head,
  JournalUnavailableError,
  OwnedError,
} from '../../src/ports/journal.ts';
import { ConnectionLostError, type OpenDatabase } from '../../src/store/database.ts';
import { openPg } from '../../src/store/pg.ts';
import { PgDatabase } from '../../src/store/pg-database.ts';
import { endZombie } from '../../src/store/zombies.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { longMs, type OpenJournal } from './journal-stage.ts';
import { newEvent, newNode, rowBehind } from './rows.ts';
import { journalIn } from './stores.ts';

const url = inject('postgresUrl');
if (url !== undefined) describeZombies(url);
else skipBecause('DatabaseJournal against zombies', inject('postgresMissing') ?? '');

/** A process that was frozen inside a transaction keeps the lock its successor needs. */
function describeZombies(postgresUrl: string): void {
  describe('A show whose owner is frozen inside a transaction', () => {
    let open: OpenDatabase;
    let opened: OpenJournal;
    let event: EventId;
    let owner: NodeId;
    let head: Head;
    let zombie: Zombie;

    beforeAll(async () => {
      open = openPg(postgresUrl);
      opened = await journalIn(open);
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      event = newEvent();
      owner = await newOwner();
      await opened.create(event);
      head = (await opened.journal.claim(event, owner))!;
      zombie = await freeze(postgresUrl, owner, event);
      return () => zombie.end();
    });

    const newOwner = async (): Promise<NodeId> => {
      const node = newNode();
      await opened.lease(node, longMs);
      return node;
    };

    it('is claimed all the same once its lease is over', async () => {
      await opened.lease(owner, 0);
      const next = await newOwner();
      const claimed = await opened.journal.claim(event, next);
      expect(claimed).toMatchObject({ epoch: 2, owner: next, position: 0, hash: head.hash });
      await expect(zombie.thaw()).rejects.toThrow(ConnectionLostError);
      await expect(opened.journal.append(rowBehind(head, head))).rejects.toThrow(FencedError);
    });

    it('is claimed all the same by who holds it for dead though its lease runs', async () => {
      const next = await newOwner();
      const claimed = await opened.journal.claim(event, next, head.epoch);
      expect(claimed).toMatchObject({ epoch: 2, owner: next, position: 0 });
      await expect(zombie.thaw()).rejects.toThrow(ConnectionLostError);
    });

    it('keeps its connections while its lease runs and nobody names its epoch', async () => {
      for (const insteadOf of [null, head.epoch - 1, head.epoch + 1]) {
        await endZombie(open.database, event, insteadOf);
      }
      await zombie.thaw();
      expect(await opened.journal.head(event)).toMatchObject({ epoch: 1, owner, position: 99 });
    });

    it('is not claimed while somebody else holds it, who is left alone', async () => {
      await zombie.thaw();
      const stranger = await freeze(postgresUrl, newNode(), event);
      await opened.lease(owner, 0);
      const claim = opened.journal.claim(event, await newOwner());
      await expect(claim).rejects.toThrow(JournalUnavailableError);
      await stranger.thaw();
      await stranger.end();
    });

    it('is refused to others while its lease runs, without waiting', async () => {
      await expect(opened.journal.claim(event, await newOwner())).rejects.toThrow(OwnedError);
      await zombie.thaw();
    });
  });
}

interface Zombie {
  /** Lets it go on: resolves if its transaction commits. */
  thaw(): Promise<void>;
  end(): Promise<void>;
}

/** Opens a transaction that has changed the head of a show, under the name of `node`. */
async function freeze(postgresUrl: string, node: NodeId, event: EventId): Promise<Zombie> {
  const database = new PgDatabase({
    pool: { connectionString: postgresUrl, application_name: `actor:${node}`, max: 1 },
    replyMs: 30_000,
  });
  let goOn = (): void => {};
  const thawed = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let transaction = Promise.resolve();
  await new Promise<void>((isFrozen) => {
    transaction = database.transaction(async (session) => {
      const text = 'update event_head set last_position = 99 where event_id = $1';
      await session.query({ name: 'change', text }, [event]);
      isFrozen();
      await thawed;
    });
  });
  const thaw = (): Promise<void> => {
    goOn();
    return transaction;
  };
  const end = async (): Promise<void> => {
    await thaw().catch(() => {});
    await database.close();
  };
  return { thaw, end };
}
