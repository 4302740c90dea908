import path from 'node:path';
import type { EventId, LotId } from '@ingressou/protocol';
import type { Fact } from '../../src/domain/facts.ts';
import type { Journal } from '../../src/ports/journal.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { DatabaseJournal } from '../../src/store/journal.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { CountedHistory, countTo } from '../../src/workers/audit/counted-history.ts';
import type { CountedHold } from '../../src/workers/audit/counted-things.ts';

/**
 * A second opinion on a show's history: the auditor's, whose rules are none of the domain's, with
 * what a crowd of buyers can be asked about.
 */
export interface Recount {
  /** Number of the last fact. */
  readonly position: number;
  /** Number of the last fact that changed what everybody sees. */
  readonly visiblePosition: number;
  readonly lots: ReadonlyMap<LotId, { readonly quantity: number; readonly taken: number }>;
  /** Holds of the last day, and all that are paid. */
  readonly holds: ReadonlyMap<string, CountedHold>;
  /** Sentences about what must never be: oversold at some prefix, an id twice, a gap. */
  readonly violations: readonly string[];
}

/** Where the journal is: PostgreSQL, or the embedded database while no node has it open. */
export interface JournalPlace {
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
}

/** Counts the history of `event` again; one that is not there is empty. */
export async function recount(place: JournalPlace, event: EventId): Promise<Recount> {
  const open = await openPlace(place);
  try {
    return await recountIn(new DatabaseJournal(open), event);
  } finally {
    await open.close();
  }
}

/** The database of a place, with as few connections as there can be. */
export async function openPlace({
  databaseUrl,
  dataDirectory,
}: JournalPlace): Promise<OpenDatabase> {
  if (databaseUrl === undefined) return await openPglite(path.join(dataDirectory, 'pglite'));
  return openPg(databaseUrl, { journals: 1, connections: 1 });
}

/** The same, for a journal that is open. */
export async function recountIn(journal: Journal, event: EventId): Promise<Recount> {
  const history = new CountedHistory(event);
  let visiblePosition = 0;
  const head = await journal.head(event);
  if (head !== undefined) {
    await countTo(journal, history, head, async ({ position }, facts) => {
      const last = facts.findLastIndex(isSeen);
      if (last >= 0) visiblePosition = position + last + 1;
      return true;
    });
  }
  const { position, model, findings } = history;
  const lots = [...model.lots].map(([id, { quantity, held, sold }]) => {
    return [id, { quantity, taken: held + sold }] as const;
  });
  const violations = [...findings.values()].map(({ sentence }) => sentence);
  const holds = new Map(model.holds());
  return { position, visiblePosition, lots: new Map(lots), holds, violations };
}

/** Whether everybody sees something change. What is paid late is taken again. */
function isSeen(fact: Fact): boolean {
  if (fact.type === 'paid') return fact.isLate;
  const isNothing = 'items' in fact && fact.items.length === 0;
  return !isNothing && !unseen.has(fact.type);
}

const unseen: ReadonlySet<Fact['type']> = new Set([
  'owned',
  'show_created',
  'extended',
  'checked_out',
  'payment_begun',
  'payment_refused',
  'tickets_issued',
  'tickets_signed',
  'refunded',
]);
