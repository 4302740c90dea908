import type { EventId, NodeId } from '@ingressou/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JournalUnavailableError } from '../../src/ports/journal.ts';
import type { Database, OpenDatabase } from '../../src/store/database.ts';
import { DatabaseJournal } from '../../src/store/journal.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { longMs, type OpenJournal } from './journal-stage.ts';
import { newEvent, newNode } from './rows.ts';
import { journalIn } from './stores.ts';

describe('A claim that changed nothing and looks why', () => {
  let open: OpenDatabase;
  let store: OpenJournal;
  let event: EventId;
  const [owner, next] = [newNode(), newNode()];

  beforeAll(async () => {
    open = await openPglite();
    store = await journalIn(open);
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    event = newEvent();
    await store.create(event);
    for (const node of [owner, next]) await store.lease(node, longMs);
    await store.journal.claim(event, owner);
  });

  /** A journal to whose statements something happens first. */
  const journalWhere = (happens: { readonly [name: string]: () => Promise<void> }) => {
    const line: Database = {
      query: async (statement, values) => {
        await happens[statement.name]?.();
        return await open.database.query(statement, values);
      },
      transaction: (work) => open.database.transaction(work),
    };
    return new DatabaseJournal({ database: line, journals: [line] });
  };
  const leaseOf = (node: NodeId, ms: number) => () => store.lease(node, ms);

  it('tries again when the owner has ended meanwhile', async () => {
    const journal = journalWhere({ journal_obstacle: leaseOf(owner, 0) });
    expect(await journal.claim(event, next)).toMatchObject({ epoch: 2, owner: next });
  });

  it('tries again when its own lease runs again', async () => {
    await store.lease(next, 0);
    const journal = journalWhere({ journal_obstacle: leaseOf(next, longMs) });
    expect(await journal.claim(event, next, 1)).toMatchObject({ epoch: 2, owner: next });
  });

  it('says unavailable when it is hindered each time and never sees by what', async () => {
    const journal = journalWhere({
      journal_claim: leaseOf(owner, longMs),
      journal_obstacle: leaseOf(owner, 0),
    });
    const claim = journal.claim(event, next);
    await expect(claim).rejects.toThrow(JournalUnavailableError);
    await expect(claim).rejects.toMatchObject({ cause: { name: 'ContestedError' } });
    expect(await store.journal.head(event)).toMatchObject({ epoch: 1, owner });
  });
});
