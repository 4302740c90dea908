import { isForgiven } from './audit-time.ts';
import type { Arrival, Violation, Word } from './history.ts';
import type { Ledger } from './ledger.ts';
import type { World } from './world.ts';

/** A no for one of these reasons rests on nothing that an owner knows. */
const ownersNeedNotSay: ReadonlySet<string> = new Set([
  'busy',
  'outcome_unknown',
  'show_not_found',
  'sealed',
]);

/**
 * Whoever has spoken for a show is silent from the moment in which somebody else has written it:
 * the lease of the one ends before the other begins.
 */
export function* auditOwners(world: World, { event, rows }: Ledger): Generator<Violation> {
  const { history } = world;
  const notices = history.notices.filter(({ committed }) => committed.event === event);
  const words = [...history.words, ...history.arrivals.flatMap(wordOf)];
  const spoken = [...notices, ...words.filter((word) => word.event === event)];
  for (const { node, process, order, time } of spoken) {
    const last = rows.findLast(({ durable }) => durable.order < order);
    if (last === undefined || last.owner === node || isForgiven(world, time, time)) continue;
    yield { time, sentence: `${process} spoke when ${last.owner} wrote in epoch ${last.epoch}` };
  }
}

function wordOf({ node, process, event, answer }: Arrival): Word[] {
  if (answer === undefined) return [];
  const { value, order, time } = answer;
  const isEmpty = !value.accepted && ownersNeedNotSay.has(value.rejection.reason);
  return isEmpty ? [] : [{ node, process, event, order, time }];
}
