import { createHash, randomUUID } from 'node:crypto';
import { type EventId, type NodeId, parseId } from '@ingressou/protocol';
import type { Journal, Row } from '../../src/ports/journal.ts';

/** Ids that no other test uses: suites share databases and never have to empty them. */
export function newEvent(): EventId {
  return parseId<EventId>(randomUUID());
}

export function newNode(): NodeId {
  return parseId<NodeId>(randomUUID());
}

/** A row that follows `previous`, by the owner of `head`, with whatever a test needs different. */
export function rowBehind(
  previous: { readonly event: EventId; readonly hash: Uint8Array } & Ends,
  writer: { readonly epoch: number; readonly owner: NodeId | undefined },
  changes: Partial<Row> = {},
): Row {
  const position = previous.last ?? previous.position;
  const facts = changes.facts ?? Buffer.from(randomUUID());
  const row: Row = {
    event: previous.event,
    epoch: writer.epoch,
    owner: writer.owner ?? newNode(),
    position,
    last: position + 1,
    at: 1_700_000_000_000 + position,
    facts: new Uint8Array(facts),
    hash: new Uint8Array(createHash('sha256').update(previous.hash).update(facts).digest()),
    wakeAt: null,
  };
  return { ...row, ...changes };
}

/** A head ends at its position, a row at its last fact. */
interface Ends {
  readonly position: number;
  readonly last?: number;
}

/** The whole history as it is read back. */
export async function historyOf(journal: Journal, event: EventId): Promise<Row[]> {
  const head = await journal.head(event);
  return rowsOf(journal.read(event, 0, head?.position ?? 0));
}

export async function rowsOf(rows: AsyncIterable<Row>): Promise<Row[]> {
  const read: Row[] = [];
  for await (const row of rows) read.push(row);
  return read;
}
