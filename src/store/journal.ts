import type { EventId, NodeId } from '@ingressou/protocol';
import { assert } from '../domain/assert.ts';
import {
  type Due,
  FencedError,
  type Head,
  type Journal,
  JournalUnavailableError,
  type Location,
  OutcomeUnknownError,
  OwnedError,
  type Row,
  SealedError,
} from '../ports/journal.ts';
import { booleanIn, bytesIn, numberIn, textIn } from './columns.ts';
import { type Columns, type Database, type OpenDatabase, StatementError } from './database.ts';
import { journalStatements as statements } from './journal-statements.ts';
import { endZombie } from './zombies.ts';

/** Rows of one page, two of which are held in memory: those of a hot show are some 100 KB each. */
const PAGE_ROWS = 50;
/** No show has this id, and every show's is behind it. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
const LOCK_NOT_AVAILABLE = '55P03';

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

  claim(event: EventId, owner: NodeId, insteadOf?: number): Promise<Head | undefined> {
    return answered(this.#claim({ event, owner, insteadOf: insteadOf ?? null }));
  }

  async release(event: EventId, epoch: number, owner: NodeId): Promise<void> {
    await answered(this.#journalOf(event).query(statements.release, [event, epoch, owner]));
  }

  async locate(event: EventId): Promise<Location | undefined> {
    const [place] = await answered(this.#database.query(statements.locate, [event]));
    return place && locationOf(place);
  }

  async head(event: EventId): Promise<Head | undefined> {
    const [head] = await answered(this.#database.query(statements.head, [event]));
    return head && headOf(event, head);
  }

  /** The next page is on its way while this one is used: both ends of the line work. */
  async *read(event: EventId, after: number, upTo: number): AsyncIterable<Row> {
    if (after >= upTo) return;
    let page = this.#page(event, after, upTo);
    for (;;) {
      const rows = await page;
      const end = rows.at(-1)?.last ?? upTo;
      const isLast = rows.length < PAGE_ROWS || end >= upTo;
      if (!isLast) page = ahead(this.#page(event, end, upTo));
      yield* rows;
      if (isLast) return;
    }
  }

  async #page(event: EventId, after: number, upTo: number): Promise<Row[]> {
    const values = [event, after, upTo, PAGE_ROWS];
    const page = await answered(this.#database.query(statements.read, values));
    let position = after;
    return page.map((columns) => {
      const row = rowOf(event, position, columns);
      position = row.last;
      return row;
    });
  }

  async seal(event: EventId): Promise<void> {
    await answered(this.#journalOf(event).query(statements.seal, [event]));
  }

  async due(node: NodeId, now: number, max: number): Promise<Due[]> {
    const shows = await answered(this.#database.query(statements.due, [node, now, max]));
    return shows.map((columns) => ({ event: eventIn(columns), owner: ownerIn(columns) }));
  }

  async list(after: EventId | undefined, max: number): Promise<Head[]> {
    const values = [after ?? BEFORE_ALL, max];
    const heads = await answered(this.#database.query(statements.list, values));
    return heads.map((columns) => headOf(eventIn(columns), columns));
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

  /** Twice, because what stood in the way of the first try may be gone when it is looked for. */
  async #claim(wish: Wish): Promise<Head | undefined> {
    const { event, owner } = wish;
    for (let tries = 1; tries <= 2; tries += 1) {
      const [claimed] = await this.#takeOver(wish);
      if (claimed !== undefined) return headOf(event, claimed);
      const database = this.#journalOf(event);
      const [obstacle] = await database.query(statements.obstacle, [event, owner]);
      if (obstacle === undefined) return undefined;
      refuse(wish, obstacle);
    }
    throw new ContestedError(event);
  }

  /** Nobody who lives holds the lock for long: whoever does is frozen, and ended if it is dead. */
  async #takeOver({ event, owner, insteadOf }: Wish): Promise<Columns[]> {
    const take = () => this.#journalOf(event).query(statements.claim, [event, owner, insteadOf]);
    try {
      return await take();
    } catch (cause) {
      if (!(cause instanceof StatementError) || cause.code !== LOCK_NOT_AVAILABLE) throw cause;
      await endZombie(this.#database, event, insteadOf);
      return await take();
    }
  }

  #journalOf(event: EventId): Database {
    // The end of an id is random whatever its version.
    const index = Number.parseInt(event.slice(-8), 16) % this.#journals.length;
    return this.#journals[index] ?? this.#journals[0];
  }
}

/** A claim; null when it is instead of no epoch. */
interface Wish {
  readonly event: EventId;
  readonly owner: NodeId;
  readonly insteadOf: number | null;
}

/** The claimer has missed its own heartbeats: it may claim again after the next one. */
class LeaseOverError extends Error {
  override readonly name = 'LeaseOverError';
  constructor(node: NodeId) {
    super(`The lease of ${node} is over; it may claim nothing.`);
  }
}

/** Each time something else stood in the way, and was gone when it was looked for. */
class ContestedError extends Error {
  override readonly name = 'ContestedError';
  constructor(event: EventId) {
    super(`Show ${event} is changing hands.`);
  }
}

/** Throws what kept a claim from succeeding, if it still does. */
function refuse({ event, owner, insteadOf }: Wish, obstacle: Columns): void {
  if (booleanIn(obstacle, 'sealed')) throw new SealedError(event);
  if (!booleanIn(obstacle, 'may_claim')) throw new LeaseOverError(owner);
  if (!booleanIn(obstacle, 'is_owned')) return;
  const holder = textIn<NodeId>(obstacle, 'owner');
  const epoch = numberIn(obstacle, 'epoch');
  if (holder !== owner && epoch !== insteadOf) throw new OwnedError(event, holder, epoch);
}

/** Whoever awaits it later hears of its failure; whoever stops reading before does not want to. */
function ahead<T>(reply: Promise<T>): Promise<T> {
  reply.catch(() => {});
  return reply;
}

/** Whatever else breaks on the way to an answer is one thing to the caller: no answer. */
async function answered<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (cause) {
    if (cause instanceof SealedError || cause instanceof OwnedError) throw cause;
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

function eventIn(columns: Columns): EventId {
  return textIn<EventId>(columns, 'event_id');
}

function ownerIn(columns: Columns): NodeId | undefined {
  return columns.owner === null ? undefined : textIn<NodeId>(columns, 'owner');
}

/** An owner whose row is gone ended its lease itself, or long ago. */
function locationOf(columns: Columns): Location {
  const leftMs = columns.left_ms === null ? 0 : numberIn(columns, 'left_ms');
  const epoch = numberIn(columns, 'epoch');
  return { owner: ownerIn(columns), epoch, leftMs: Math.max(0, leftMs) };
}

function headOf(event: EventId, columns: Columns): Head {
  return {
    event,
    epoch: numberIn(columns, 'epoch'),
    owner: ownerIn(columns),
    position: numberIn(columns, 'last_position'),
    hash: bytesIn(columns, 'hash'),
    generation: numberIn(columns, 'generation'),
    isSealed: booleanIn(columns, 'sealed'),
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
