import { type EventId, type NodeId, unpack } from '@ingressou/protocol';
import pg from 'pg';
import type { Head, Row } from '../../src/ports/journal.ts';

/** A show's head and all of its rows, of one moment. */
export interface ShowJournal {
  readonly head: Head;
  readonly rows: readonly Row[];
}

interface HeadColumns {
  readonly event_id: EventId;
  readonly epoch: string;
  readonly owner: NodeId | null;
  readonly last_position: string;
  readonly hash: Buffer;
  readonly generation: number;
  readonly sealed: boolean;
}

interface RowColumns {
  readonly event_id: EventId;
  readonly position: string;
  readonly epoch: string;
  readonly owner: NodeId;
  readonly at: string;
  readonly facts: Buffer;
  readonly hash: Buffer;
}

/** Reads every show of a database, without any code of the product's store. */
export async function readJournals(url: string): Promise<ShowJournal[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    const heads = await client.query<HeadColumns>(
      `select event_id, epoch, owner, last_position, hash, generation, sealed from event_head
        order by event_id`,
    );
    const rows = await client.query<RowColumns>(
      `select event_id, position, epoch, owner, at, facts, hash from journal
        order by event_id, position`,
    );
    const byShow = rowsByShow(rows.rows);
    return heads.rows.map((columns) => ({
      head: headOf(columns),
      rows: byShow.get(columns.event_id) ?? [],
    }));
  } finally {
    await client.end();
  }
}

function headOf(columns: HeadColumns): Head {
  return {
    event: columns.event_id,
    epoch: Number(columns.epoch),
    owner: columns.owner ?? undefined,
    position: Number(columns.last_position),
    hash: columns.hash,
    generation: columns.generation,
    isSealed: columns.sealed,
  };
}

/** A row ends where its position says, and begins where the one before it ends. */
function rowsByShow(all: readonly RowColumns[]): ReadonlyMap<EventId, readonly Row[]> {
  const shows = new Map<EventId, Row[]>();
  for (const columns of all) {
    const rows = shows.get(columns.event_id) ?? [];
    shows.set(columns.event_id, rows);
    rows.push({
      event: columns.event_id,
      epoch: Number(columns.epoch),
      owner: columns.owner,
      position: rows.at(-1)?.last ?? 0,
      last: Number(columns.position),
      at: Number(columns.at),
      facts: columns.facts,
      hash: columns.hash,
      wakeAt: null,
    });
  }
  return shows;
}

/** The rows as text, one a line: for whoever must find out what happened. */
export function textOf(journals: readonly ShowJournal[]): string {
  const lines = journals.flatMap(({ rows }) =>
    rows.map(({ facts, hash, wakeAt, ...row }) => JSON.stringify({ ...row, facts: unpack(facts) })),
  );
  return `${lines.join('\n')}\n`;
}
