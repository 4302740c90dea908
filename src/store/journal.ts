import type { EventId, NodeId } from '@ingressou/protocol';
import { assert } from '../domain/assert.ts';
import {
  FencedError,
  type Head,
  type Journal,
  JournalUnavailableError,
  OutcomeUnknownError,
  type Row,
  SealedError,
} from '../ports/journal.ts';
import { booleanIn, bytesIn, numberIn, textIn } from './columns.ts';
import type { Columns, Database, OpenDatabase } from './database.ts';
import { journalStatements as statements } from './journal-statements.ts';

/** Rows held in memory at a time: those of a hot show are some 100 KB each. */
const PAGE_ROWS = 200;

type Outcome = 'committed' | 'absent' | 'fenced';

/**
 * The journal in PostgreSQL. What changes a show always goes over the same connection; reads go
 * over others, so that a long recovery delays nobody's append.
 */
export class DatabaseJournal implements Journal {
  readonly #database: Database;
  readonly #journals: OpenDatabase['journals'];

  constructor({ database, journals }: Pick<OpenDatabase, 'database' | 'journals'>) {
    this.#database = database;
    this.#journals = journals;
  }

  async append(row: Row): Promise<void> {
    assert(row.last > row.position, 'a row has facts');
    // Even a refusal is not trusted to mean "no": the row may have come through an earlier try.
    const outcome = await this.#append(row).catch((cause: unknown) => {
      throw new OutcomeUnknownError(row.event, { cause });
    });
    if (outcome !== 'committed') throw new FencedError(row.event, row.epoch);
  }

  outcome(row: Row): Promise<Outcome> {
    return answered(this.#look(row));
  }

  claim(event: EventId, owner: NodeId): Promise<Head | undefined> {
    return answered(this.#claim(event, owner));
  }

  async head(event: EventId): Promise<Head | undefined> {
    const [head] = await answered(this.#database.query(statements.head, [event]));
    return head && headOf(event, head);
  }

  async *read(event: EventId, after: number, upTo: number): AsyncIterable<Row> {
    let position = after;
    while (position < upTo) {
      const page = await answered(
        this.#database.query(statements.read, [event, position, upTo, PAGE_ROWS]),
      );
      for (const columns of page) {
        const row = rowOf(event, position, columns);
        yield row;
        position = row.last;
      }
      if (page.length < PAGE_ROWS) return;
    }
  }

  async seal(event: EventId): Promise<void> {
    await answered(this.#journalOf(event).query(statements.seal, [event]));
  }

  async due(now: number, max: number): Promise<EventId[]> {
    const shows = await answered(this.#database.query(statements.due, [now, max]));
    return shows.map((columns) => textIn<EventId>(columns, 'event_id'));
  }

  /** One statement, one row, one fsync, however many facts the turn made. */
  async #append(row: Row): Promise<Outcome> {
    const { event, epoch, owner, position, last, at, facts, hash, wakeAt } = row;
    const kept = await this.#journalOf(event).query(statements.append, [
      event,
      epoch,
      owner,
      position,
      last,
      at,
      facts,
      hash,
      wakeAt,
    ]);
    return kept.length === 1 ? 'committed' : this.#look(row);
  }

  /** The head tells unless somebody has written behind this row. */
  async #look(row: Row): Promise<Outcome> {
    const database = this.#journalOf(row.event);
    const [head] = await database.query(statements.touch, [row.event]);
    if (head === undefined) return 'fenced';
    if (hasHash(head, row)) return 'committed';
    if (isWriter(head, row)) return 'absent';
    const [kept] = await database.query(statements.rowHash, [row.event, row.last]);
    return kept !== undefined && hasHash(kept, row) ? 'committed' : 'fenced';
  }

  async #claim(event: EventId, owner: NodeId): Promise<Head | undefined> {
    const database = this.#journalOf(event);
    const [claimed] = await database.query(statements.claim, [event, owner]);
    if (claimed !== undefined) return headOf(event, claimed);
    const [head] = await database.query(statements.head, [event]);
    if (head !== undefined) throw new SealedError(event);
    return undefined;
  }

  #journalOf(event: EventId): Database {
    // The end of an id is random whatever its version.
    const index = Number.parseInt(event.slice(-8), 16) % this.#journals.length;
    return this.#journals[index] ?? this.#journals[0];
  }
}

/** Whatever breaks on the way to an answer is one thing to the caller: no answer. */
async function answered<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (cause) {
    if (cause instanceof SealedError) throw cause;
    throw new JournalUnavailableError({ cause });
  }
}

function hasHash(columns: Columns, row: Row): boolean {
  return Buffer.compare(bytesIn(columns, 'hash'), row.hash) === 0;
}

function isWriter(head: Columns, row: Row): boolean {
  return (
    !booleanIn(head, 'sealed') &&
    numberIn(head, 'epoch') === row.epoch &&
    head.owner === row.owner &&
    numberIn(head, 'last_position') === row.position
  );
}

function headOf(event: EventId, columns: Columns): Head {
  return {
    event,
    epoch: numberIn(columns, 'epoch'),
    owner: columns.owner === null ? undefined : textIn<NodeId>(columns, 'owner'),
    position: numberIn(columns, 'last_position'),
    hash: bytesIn(columns, 'hash'),
    generation: numberIn(columns, 'generation'),
  };
}

/** The deadline is the head's, not the row's: it is not part of the history. */
function rowOf(event: EventId, position: number, columns: Columns): Row {
  return {
    event,
    epoch: numberIn(columns, 'epoch'),
    owner: textIn<NodeId>(columns, 'owner'),
    position,
    last: numberIn(columns, 'position'),
    at: numberIn(columns, 'at'),
    facts: bytesIn(columns, 'facts'),
    hash: bytesIn(columns, 'hash'),
    wakeAt: null,
  };
}
