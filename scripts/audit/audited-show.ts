import type { EventId } from '@ingressou/protocol';
import type { Head, Journal } from '../../src/ports/journal.ts';
import { CountedHistory, countTo, type Finding } from '../../src/workers/audit/counted-history.ts';
import type { AuditedMoney } from './audited-money.ts';

/** What the audit found of a show. */
export interface AuditedShow {
  readonly event: EventId;
  /** How operators call it. */
  readonly slug: string;
  /** Number of its last fact. */
  readonly position: number;
  /** Owners it had, one after the other. */
  readonly epochs: number;
  /** Facts that were counted: as many as there are, unless one could not be read. */
  readonly facts: number;
  readonly isSealed: boolean;
  readonly violations: readonly Finding[];
  /** Undefined until it was looked at. */
  readonly money?: AuditedMoney;
}

const pageHeads = 200;

/**
 * Counts every show, or only some, one after the other. `onFacts` hears of every row.
 *
 * @throws {JournalUnavailableError}
 */
export async function* auditShows(
  journal: Journal,
  only: readonly EventId[] | undefined,
  onFacts: (count: number) => void,
): AsyncIterable<AuditedShow> {
  for await (const head of only === undefined ? allHeads(journal) : headsOf(journal, only)) {
    yield await audit(journal, head, onFacts);
  }
}

async function audit(
  journal: Journal,
  head: Head,
  onFacts: (count: number) => void,
): Promise<AuditedShow> {
  const { event, isSealed } = head;
  const history = new CountedHistory(event);
  let facts = 0;
  await countTo(journal, history, head, async (_row, { length }) => {
    facts += length;
    onFacts(length);
    return true;
  });
  const { position, epochs } = history;
  const violations = [...history.findings.values()];
  return { event, slug: event, position, epochs, facts, isSealed, violations };
}

async function* allHeads(journal: Journal): AsyncIterable<Head> {
  let after: EventId | undefined;
  do {
    const heads = await journal.list(after, pageHeads);
    yield* heads;
    after = heads.at(-1)?.event;
  } while (after !== undefined);
}

async function* headsOf(journal: Journal, events: readonly EventId[]): AsyncIterable<Head> {
  for (const event of events) {
    const head = await journal.head(event);
    if (head !== undefined) yield head;
  }
}
