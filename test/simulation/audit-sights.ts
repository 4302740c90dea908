import { isDeepStrictEqual } from 'node:util';
import type { Fact } from '../../src/domain/facts.ts';
import { grouped } from './grouped.ts';
import type { Hearing, Sight, Violation } from './history.ts';
import type { Ledger, LedgerRow } from './ledger.ts';
import { Reference } from './reference.ts';
import type { World } from './world.ts';

/**
 * How long after it is durable a change may be news to a screen that has just come back: a question
 * on its way to an owner who is no more is given up after five seconds, and asked again.
 */
const newsMs = 6_000;
/** By then somebody serves every show again. */
const settleMs = 4_000;

/** Holds what was seen on screens, and what nodes heard of each other's shows, against the journal. */
export function* auditSights(world: World, ledger: Ledger): Generator<Violation> {
  const { sights, hearings, living } = world.history;
  const mine = sights.filter(({ event }) => event === ledger.event);
  yield* auditTruth(mine, ledger);
  for (const [process, seen] of grouped(mine, (sight) => sight.process)) {
    yield* auditProgress(process, seen);
    if (living.has(process)) yield* auditNews(world, process, seen, ledger);
  }
  const rows = new Map(ledger.rows.map((row) => [row.position, row]));
  for (const hearing of hearings) {
    if (hearing.committed.event === ledger.event) yield* auditHearing(hearing, rows);
  }
}

/** A screen shows what was true and durable at its position. */
function* auditTruth(sights: readonly Sight[], ledger: Ledger): Generator<Violation> {
  const byPosition = grouped(sights, ({ screen }) => screen.position);
  const reference = new Reference();
  for (const row of [undefined, ...ledger.rows]) {
    for (const fact of row?.facts ?? []) reference.note(fact, row?.at ?? 0);
    for (const { process, screen, order, time } of byPosition.get(row?.position ?? 0) ?? []) {
      const sentence = `a screen at ${process} shows ${screen.position}`;
      const isEarly = row !== undefined && row.durable.order > order;
      if (isEarly) yield { time, sentence: `${sentence} before it was durable` };
      const expected = [...reference.lots.keys()].map((lot) => [lot, reference.free(lot)]);
      const isTrue =
        isDeepStrictEqual([...screen.available], expected) &&
        isDeepStrictEqual(screen.sale, reference.sale);
      if (!isTrue) yield { time, sentence: `${sentence} otherwise than the journal has it` };
    }
    byPosition.delete(row?.position ?? 0);
  }
  for (const { process, screen, time } of [...byPosition.values()].flat()) {
    yield { time, sentence: `a screen at ${process} shows ${screen.position}, which is no row` };
  }
}

/** Nobody's screen goes back in time, or misses something in between. */
function* auditProgress(process: string, sights: readonly Sight[]): Generator<Violation> {
  let position = 0;
  for (const { screen, time } of sights) {
    const went = `a screen at ${process} went from ${position} to ${screen.position}`;
    if (screen.position < position) yield { time, sentence: went };
    if (screen.isTorn) yield { time, sentence: `${went} and missed what was in between` };
    position = screen.position;
  }
}

/** Whoever still looks when the world is calm sees every change soon. */
function* auditNews(
  { scheduler, knobs }: World,
  process: string,
  seen: readonly Sight[],
  { rows }: Ledger,
): Generator<Violation> {
  const { calmAtMs } = knobs;
  const takenOver = rows.findLast(({ durable, facts }) => {
    const isSettling = durable.time > calmAtMs && durable.time <= calmAtMs + settleMs;
    return isSettling && facts[0]?.type === 'owned';
  });
  const servedAt = takenOver?.durable.time ?? calmAtMs;
  for (const { position, durable, facts } of rows) {
    if (!facts.some(({ type }) => visible.has(type))) continue;
    const isShown = ({ screen }: Sight) => screen.position >= position;
    const shownAt = seen.find(isShown)?.time ?? Number.POSITIVE_INFINITY;
    const lateAt = Math.max(durable.time, servedAt) + newsMs;
    if (shownAt <= lateAt || lateAt > scheduler.now) continue;
    yield { time: lateAt, sentence: `a screen at ${process} did not show ${position} in time` };
    return;
  }
}

const visible: ReadonlySet<Fact['type']> = new Set<Fact['type']>([
  'lot_opened',
  'sale_scheduled',
  'sale_opened',
  'sale_paused',
  'reserved',
  'released',
  'expired',
  'order_cancelled',
  'show_cancelled',
]);

/** What a node hears of another's show is durable, and as the journal has it. */
function* auditHearing(
  { process, committed, order, time }: Hearing,
  rows: ReadonlyMap<number, LedgerRow>,
): Generator<Violation> {
  const row = rows.get(committed.to);
  const isThere = row?.before === committed.from && row.durable.order < order;
  if (isThere && JSON.stringify(row.facts) === JSON.stringify(committed.facts)) return;
  const what = `${process} heard of ${committed.from + 1} to ${committed.to}`;
  yield { time, sentence: `${what}, which the journal does not have then` };
}
