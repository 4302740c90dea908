import { createHash } from 'node:crypto';
import { believedTimes } from './audit-time.ts';
import type { Violation } from './history.ts';
import { secondsOf } from './host.ts';
import type { Ledger, LedgerRow } from './ledger.ts';
import { Reference } from './reference.ts';
import type { World } from './world.ts';

/** How much later than its time something may happen when everything works again. */
const lateMs = 5_000;

/** What the journal of one show must be by itself, whoever was told what. */
export function* auditJournal(world: World, ledger: Ledger): Generator<Violation> {
  for (const row of ledger.rows) {
    const { time } = row.durable;
    const wrong = [...auditChain(row), ...auditTime(world, row), ...auditOwner(row)];
    for (const what of wrong) yield { time, sentence: `row ${row.position} ${what}` };
  }
  yield* auditStory(ledger);
  yield* auditDeadlines(world, ledger);
}

function* auditChain(row: LedgerRow): Generator<string> {
  const { before, position, previous, at, facts } = row;
  if (before + facts.length !== position) {
    yield 'does not follow the row before it: facts are missing or there twice';
  }
  const expected = createHash('sha256')
    .update(previous?.hash ?? '')
    .update(`${row.event}|${before}|${position}|${row.epoch}|${row.owner}|${at}|`)
    .update(row.bytes)
    .digest();
  if (!expected.equals(row.hash)) yield 'does not continue the chain of hashes';
}

/** A turn's time is the database's, as far as its owner could know it, and never goes back. */
function* auditTime(world: World, { at, previous, durable }: LedgerRow): Generator<string> {
  const before = previous?.at ?? 0;
  if (at < before) yield 'is earlier than the row before it';
  const { earliest, latest } = believedTimes(world, durable.time);
  if (at !== before && (at < earliest || at > latest)) yield `is of ${secondsOf(at)}`;
}

/** One writer per epoch, who says so first. */
function* auditOwner({ previous, epoch, owner, facts }: LedgerRow): Generator<string> {
  const isNew = epoch !== previous?.epoch;
  if (epoch < (previous?.epoch ?? 0)) yield `is of epoch ${epoch}, after ${previous?.epoch}`;
  if (!isNew && owner !== previous.owner) yield 'has a second owner in its epoch';
  const openings = facts.filter(({ type }) => type === 'owned').length;
  if (openings !== (isNew ? 1 : 0)) yield `opens its epoch ${openings} times`;
  const [first] = facts;
  if (isNew && first?.type !== 'owned') yield 'begins an epoch without saying so';
  if (first?.type === 'owned' && (first.epoch !== epoch || first.owner !== owner)) {
    yield 'names another owner or epoch than it has';
  }
}

function* auditStory({ entries }: Ledger): Generator<Violation> {
  const reference = new Reference();
  for (const { fact, number, row } of entries) {
    for (const wrong of reference.note(fact, row.at)) {
      yield { time: row.durable.time, sentence: `fact ${number}: ${wrong}` };
    }
  }
}

/** What time brings comes soon, once the world is calm. */
function* auditDeadlines(world: World, { entries }: Ledger): Generator<Violation> {
  const { server, knobs, scheduler } = world;
  const calmAt = server.clockAt(knobs.calmAtMs);
  const isLate = (time: number, dueAt: number): boolean => {
    const isCalm = time > knobs.calmAtMs;
    return isCalm && server.clockAt(time) > Math.max(dueAt, calmAt) + lateMs;
  };
  const reference = new Reference();
  for (const { fact, row } of entries) {
    const { time } = row.durable;
    const dueAt = dueTimeOf(fact, reference);
    const sentence = `the ${fact.type} of ${row.position} came late`;
    if (dueAt !== undefined && isLate(time, dueAt)) yield { time, sentence };
    reference.note(fact, row.at);
  }
  const time = scheduler.now;
  for (const { id, status, expiresAt } of reference.holds.values()) {
    const isForgotten = status === 'held' && isLate(time, expiresAt);
    if (isForgotten) yield { time, sentence: `hold ${id} never ended` };
  }
  const { opensAt } = reference.sale;
  if (opensAt !== undefined && isLate(time, opensAt)) {
    yield { time, sentence: 'a scheduled sale never opened' };
  }
}

/** When time alone should have brought this fact; undefined when somebody wished it. */
function dueTimeOf(fact: LedgerRow['facts'][number], reference: Reference): number | undefined {
  const isByTime = fact.type === 'expired' || (fact.type === 'sale_opened' && !fact.id);
  if (!isByTime) return undefined;
  const hold = fact.type === 'expired' ? reference.holds.get(fact.hold) : undefined;
  return hold?.expiresAt ?? reference.sale.opensAt;
}
