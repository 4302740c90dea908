import type { Fact } from '../../src/domain/facts.ts';
import { told } from './caller.ts';
import { grouped } from './grouped.ts';
import type { Delivery, Violation } from './history.ts';
import { secondsOf, startOfTime } from './host.ts';
import { type Entry, idOfFact, type Ledger, type LedgerRow } from './ledger.ts';
import { idOfCommand, isDoneBy, Reference } from './reference.ts';
import type { World } from './world.ts';

type Answered = Delivery & { readonly answer: NonNullable<Delivery['answer']> };

/** Holds every answer that left a process against the journal. */
export function* auditAnswers(world: World, ledger: Ledger): Generator<Violation> {
  const deliveries = world.history.deliveries.filter(({ event }) => event === ledger.event);
  const answered = deliveries.filter((delivery): delivery is Answered => !!delivery.answer);
  for (const delivery of answered) {
    const { time } = delivery.answer;
    for (const wrong of auditYes(ledger, delivery)) {
      yield { time, sentence: `${named(world, delivery)} was told yes, ${wrong}` };
    }
  }
  yield* auditNo(world, ledger, answered);
  yield* auditCauses(world, ledger, deliveries);
  yield* auditOrder(ledger, deliveries);
}

/** Who was told yes is in the journal, once, with what they wished and what they were told. */
function* auditYes(ledger: Ledger, { command, answer }: Answered): Generator<string> {
  if (!answer.value.accepted) return;
  const done = ledger.named(idOfCommand(command) ?? '');
  const [entry] = done;
  if (entry === undefined) {
    yield 'and the journal knows nothing of it';
    return;
  }
  const { fact, row } = entry;
  if (done.length > 1) yield `and is in the journal ${done.length} times`;
  if (!isDoneBy(fact, command)) yield 'but something else was done';
  if (row.durable.order > answer.order) yield 'before it was durable';
  const isTimed = fact.type === 'reserved' || fact.type === 'extended';
  const expiresAt = isTimed ? fact.expiresAt : undefined;
  const toldTime = answer.value.expiresAt;
  if (toldTime !== expiresAt) {
    const [said, is] = [toldTime, expiresAt].map((at) => (at ? secondsOf(at) : 'no time'));
    yield `until ${said}, but the journal says ${is}`;
  }
}

/**
 * Who was told no was told the truth: between the question and the answer there was a moment in
 * which this no was right and the wish had not been done. Where two processes serve at once, one
 * may speak from the past, so there the moment may lie before the question.
 */
function* auditNo(
  world: World,
  ledger: Ledger,
  answered: readonly Answered[],
): Generator<Violation> {
  const open = refusals(world, ledger, answered);
  const reference = new Reference();
  settle(world, open, reference, 0);
  for (const { fact, number, row } of ledger.entries) {
    reference.note(fact, row.at);
    settle(world, open, reference, number);
  }
  for (const { delivery, reason } of open) {
    const { time } = delivery.answer;
    const no = `was told ${reason}, which was never true while it waited`;
    yield { time, sentence: `${named(world, delivery)} ${no}` };
  }
}

interface Refusal {
  readonly delivery: Answered;
  readonly reason: string;
  readonly from: number;
  readonly to: number;
}

function refusals(world: World, ledger: Ledger, answered: readonly Answered[]): Set<Refusal> {
  const found = new Set<Refusal>();
  for (const delivery of answered) {
    const { value, order } = delivery.answer;
    if (value.accepted) continue;
    const { reason } = value.rejection;
    if (reason === 'busy' || reason === 'outcome_unknown') continue;
    const from = world.history.isOverlapping ? 0 : ledger.reachedAt(delivery.sentOrder);
    found.add({ delivery, reason, from, to: ledger.reachedAt(order) });
  }
  return found;
}

/** Closes every refusal that is true after fact `number`. */
function settle(world: World, open: Set<Refusal>, reference: Reference, number: number): void {
  const errorMs = world.knobs.clockErrorMs;
  for (const refusal of open) {
    const { delivery, from, to } = refusal;
    const { value, time } = delivery.answer;
    if (value.accepted || number < from || number > to) continue;
    const trueTime = startOfTime + time;
    if (reference.explains(delivery.command, value.rejection, trueTime, errorMs)) {
      open.delete(refusal);
    }
  }
}

/**
 * Whatever was done was asked for, at the node that did it, before it did it; and of those who
 * asked, one was not told no. "I do not know" is not a no, and neither is silence.
 */
function* auditCauses(
  world: World,
  ledger: Ledger,
  deliveries: readonly Delivery[],
): Generator<Violation> {
  const byId = grouped(deliveries, ({ command }) => idOfCommand(command));
  for (const { fact, number, row } of ledger.entries) {
    const id = idOfFact(fact);
    if (id === undefined) continue;
    const asked = byId.get(id)?.filter((delivery) => mayHaveCaused(world, delivery, fact, row));
    const [first] = asked ?? [];
    const { time } = row.durable;
    if (asked === undefined || first === undefined) {
      yield { time, sentence: `fact ${number} is what nobody asked for` };
    } else if (asked.every(isRefused)) {
      yield { time, sentence: `${named(world, first)} was told no, and yet it is done` };
    }
  }
}

function mayHaveCaused(world: World, delivery: Delivery, fact: Fact, row: LedgerRow): boolean {
  // A row tells when its turn was taken, by the clock of its node.
  const turnTime = row.at - startOfTime;
  const isBefore = world.knobs.clockErrorMs > 0 || delivery.enteredTime <= turnTime;
  return isBefore && delivery.node === row.owner && isDoneBy(fact, delivery.command);
}

function isRefused({ answer }: Delivery): boolean {
  return answer?.value.accepted === false && answer.value.rejection.reason !== 'outcome_unknown';
}

/** What was answered before something else was first asked for stands before it. */
function* auditOrder(ledger: Ledger, deliveries: readonly Delivery[]): Generator<Violation> {
  const asked = new Map<Entry, number>();
  const answers: { readonly order: number; readonly number: number }[] = [];
  for (const { command, sentOrder, answer } of deliveries) {
    const [entry] = ledger.named(idOfCommand(command) ?? '');
    if (entry === undefined || !isDoneBy(entry.fact, command)) continue;
    asked.set(entry, Math.min(sentOrder, asked.get(entry) ?? sentOrder));
    if (answer?.value.accepted) answers.push({ order: answer.order, number: entry.number });
  }
  answers.sort((a, b) => a.order - b.order);
  const questions = [...asked].sort(([, a], [, b]) => a - b);
  let [index, last] = [0, 0];
  for (const [{ number, row }, order] of questions) {
    for (; index < answers.length && answers[index]!.order < order; index += 1) {
      last = Math.max(last, answers[index]!.number);
    }
    const sentence = `fact ${number} stands before ${last}, which was answered first`;
    if (number < last) yield { time: row.durable.time, sentence };
  }
}

function named(world: World, { caller, command }: Delivery): string {
  return `${caller}'s ${told(command, (id) => world.trace.nameOf(id))}`;
}
