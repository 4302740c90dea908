import type { EventId } from '@ingressou/protocol';
import { DatabaseCatalog } from '../../src/store/catalog.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { DatabaseJournal } from '../../src/store/journal.ts';
import { MemoryJournal } from '../../src/store/memory-journal.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { OpenJournal } from './journal.ts';

/** The journal in an opened database, with our schema in it. */
export async function journalIn(open: OpenDatabase): Promise<OpenJournal> {
  await migrate(open.database, 'migrations');
  const catalog = new DatabaseCatalog(open.database);
  const create = async (event: EventId): Promise<void> => {
    await catalog.add(showNamed(event));
  };
  return { journal: new DatabaseJournal(open), create, close: () => open.close() };
}

export async function journalInMemory(): Promise<OpenJournal> {
  const journal = new MemoryJournal();
  return { journal, create: async (event) => journal.create(event), close: async () => {} };
}

/** A show that differs from others by nothing but its id. */
export function showNamed(id: EventId) {
  const startsAt = 1_767_225_600_000;
  const place = { venue: 'Casa', city: 'São Paulo', uf: 'SP' };
  return { id, slug: `show-${id}`, title: 'Show', ...place, startsAt };
}
