import type { EventId, NodeId } from '@ingressou/protocol';
import { DatabaseCatalog } from '../../src/store/catalog.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { DatabaseJournal } from '../../src/store/journal.ts';
import { DatabaseLeases } from '../../src/store/leases.ts';
import { MemoryJournal } from '../../src/store/memory-journal.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { OpenJournal } from './journal-stage.ts';

/** The journal in an opened database, with our schema in it. */
export async function journalIn(open: OpenDatabase): Promise<OpenJournal> {
  await migrate(open.database, 'migrations');
  const catalog = new DatabaseCatalog(open.database);
  const create = async (event: EventId): Promise<void> => {
    await catalog.add(showNamed(event));
  };
  const leases = leasesIn(open);
  const lease = async (node: NodeId, ms: number): Promise<void> => {
    await leases.renew({ node, name: 'test', hasActors: true, isLeaving: false }, ms);
  };
  return { journal: new DatabaseJournal(open), create, lease, close: () => open.close() };
}

/** Over connections that wait as long as a busy machine needs. */
export function leasesIn({ database }: OpenDatabase): DatabaseLeases {
  return new DatabaseLeases({ leases: database });
}

export async function journalInMemory(): Promise<OpenJournal> {
  const alive = new Set<NodeId>();
  const journal = new MemoryJournal({ isAlive: (node) => alive.has(node) });
  const lease = async (node: NodeId, ms: number): Promise<void> => {
    if (ms > 0) alive.add(node);
    else alive.delete(node);
  };
  return { journal, create: async (event) => journal.create(event), lease, close: async () => {} };
}

/** A show that differs from others by nothing but its id. */
export function showNamed(id: EventId) {
  const startsAt = 1_767_225_600_000;
  const place = { venue: 'Casa', city: 'São Paulo', uf: 'SP' };
  return { id, slug: `show-${id}`, title: 'Show', ...place, startsAt };
}
