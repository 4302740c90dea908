import { createHash } from 'node:crypto';
import type { Violation } from './history.ts';
import { startOfTime } from './host.ts';
import type { Ledger, LedgerRow } from './ledger.ts';
import { Reference } from './reference.ts';
import type { World } from './world.ts';

/** How much later than its time something may happen when everything works. */
const lateMs = 4_000;

/** What the journal of one show must be by itself, whoever was told what. */
export function* auditJournal(world: World, ledger: Ledger): Generator<Violation> {
  for (const row of ledger.rows) {
    const { time } = row.durable;
    const wrong = [...auditChain(row), ...auditOwner(row)];
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
  if (at < (previous?.at ?? 0)) yield 'is earlier than the row before it';
  const expected = createHash('sha256')
    .update(previous?.hash ?? '')
    .update(`${row.event}|${before}|${position}|${row.epoch}|${row.owner}|${at}|`)
    .update(row.bytes)
    .digest();
  if (!expected.equals(row.hash)) yield 'does not continue the chain of hashes';
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

/** What time brings comes, not before its time and soon after the world is calm. */
function* auditDeadlines(world: World, { entries }: Ledger): Generator<Violation> {
  const { clockErrorMs, calmAtMs } = world.knobs;
  const reference = new Reference();
  for (const { fact, row } of entries) {
    const { time } = row.durable;
    const dueAt = dueTimeOf(fact, reference) ?? time;
    const name = `the ${fact.type} of ${row.position}`;
    if (time < dueAt - clockErrorMs) yield { time, sentence: `${name} came before its time` };
    if (isLate(time, dueAt)) yield { time, sentence: `${name} came ${time - dueAt} ms late` };
    reference.note(fact, row.at);
  }
  const end = world.scheduler.now;
  for (const { id, status, expiresAt } of reference.holds.values()) {
    const isForgotten = status === 'held' && isLate(end, expiresAt - startOfTime);
    if (isForgotten) yield { time: end, sentence: `hold ${id} never ended` };
  }
  const { opensAt } = reference.sale;
  if (opensAt !== undefined && isLate(end, opensAt - startOfTime)) {
    yield { time: end, sentence: 'a scheduled sale never opened' };
  }

  function isLate(time: number, dueAt: number): boolean {
    return time > Math.max(dueAt, calmAtMs) + lateMs + clockErrorMs;
  }
}

/** When time alone should have brought this fact; undefined when somebody wished it. */
function dueTimeOf(fact: LedgerRow['facts'][number], reference: Reference): number | undefined {
  const isByTime = fact.type === 'expired' || (fact.type === 'sale_opened' && !fact.id);
  if (!isByTime) return undefined;
  const hold = fact.type === 'expired' ? reference.holds.get(fact.hold) : undefined;
  const dueAt = hold?.expiresAt ?? reference.sale.opensAt;
  return dueAt === undefined ? undefined : dueAt - startOfTime;
}
