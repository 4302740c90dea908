import { type EventId, type NodeId, pack } from '@ingressou/protocol';
import type { Journal, Row } from '../../src/ports/journal.ts';
import type { Story } from '../setup/story.ts';
import { rowBehind } from './rows.ts';

/** Writes facts of a story into a journal, from the `from`th to before the `to`th, row by row. */
export async function writeStory(
  journal: Journal,
  { facts }: Story,
  event: EventId,
  owner: NodeId,
  { from = 0, to = facts.length, rowFacts = 3 } = {},
): Promise<void> {
  const head = (await journal.claim(event, owner))!;
  let previous: Parameters<typeof rowBehind>[0] = head;
  for (let begin = from; begin < to; ) {
    const { at } = facts[begin]!;
    const rest = facts.slice(begin, Math.min(begin + rowFacts, to));
    // A turn has one time.
    const end = rest.findIndex((fact) => fact.at !== at);
    const some = end < 0 ? rest : rest.slice(0, end);
    const packed = pack(some.map(({ fact }) => fact));
    const row: Row = rowBehind(previous, head, { facts: packed, last: begin + some.length, at });
    await journal.append(row);
    previous = row;
    begin += some.length;
  }
}
