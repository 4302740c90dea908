import { unpack } from '@ingressou/protocol';
import type { Fact } from '../../domain/facts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Head, Journal, Row } from '../../ports/journal.ts';
import type { FollowedFact, FollowedFacts } from './work.ts';

/**
 * What a page may weigh, unless a single row weighs more. Each page costs a projector a transaction,
 * and that one must be short: in the embedded database everybody waits for it.
 */
const pageWeight = 4_000;
/** Holds that come and go are added up; what becomes of them is rows. */
const light: ReadonlySet<Fact['type']> = new Set(['reserved', 'extended', 'released', 'expired']);
const heavyWeight = 8;
/** Facts between two breaths: a millisecond of reading, so that turns in this process go on. */
const sliceFacts = 1_000;

/**
 * The facts of a show behind `after` up to its head, page by page; a page ends with a row. Others
 * may run in between.
 *
 * @throws {JournalUnavailableError} or what is wrong with a row
 */
export async function* pagesOf(
  journal: Pick<Journal, 'read'>,
  head: Head,
  after: number,
  clock: Pick<Clock, 'soon'>,
): AsyncIterable<FollowedFacts> {
  const { event, generation } = head;
  let from = after;
  let facts: FollowedFact[] = [];
  let weight = 0;
  let sinceBreath = 0;
  for await (const row of journal.read(event, after, head.position)) {
    for (const each of factsIn(row, after)) {
      facts.push(each);
      weight += light.has(each.fact.type) ? 1 : heavyWeight;
    }
    sinceBreath += row.last - row.position;
    if (weight >= pageWeight || row.last >= head.position) {
      yield { event, generation, from, to: row.last, facts };
      [from, facts, weight] = [row.last, [], 0];
    }
    if (sinceBreath >= sliceFacts) {
      await new Promise<void>((resolve) => clock.soon(resolve));
      sinceBreath = 0;
    }
  }
}

function factsIn(row: Row, after: number): FollowedFact[] {
  const facts = unpack(row.facts) as readonly Fact[];
  const numbered = facts.map((fact, index) => {
    return { position: row.position + 1 + index, at: row.at, fact };
  });
  return row.position >= after ? numbered : numbered.filter(({ position }) => position > after);
}

/** The same page without what is done already. */
export function pageBehind(page: FollowedFacts, position: number): FollowedFacts {
  if (position <= page.from) return page;
  const facts = page.facts.filter((each) => each.position > position);
  return { ...page, from: position, facts };
}
