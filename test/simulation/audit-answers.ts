import { believedTimes, isForgiven } from './audit-time.ts';
import { told } from './caller.ts';
import { causeOfCommand, causeOfFact, isDoneBy } from './causes.ts';
import { grouped } from './grouped.ts';
import type { Arrival, Delivery, Violation } from './history.ts';
import { secondsOf } from './host.ts';
import type { Entry, Ledger } from './ledger.ts';
import { Reference } from './reference.ts';
import type { World } from './world.ts';

/** Whoever was asked for something: a process by its people, or a directory. */
type Asked = Delivery | Arrival;
type Answered = Asked & { readonly answer: NonNullable<Asked['answer']> };

/** Holds every answer that left a process against the journal, and what its directory said too. */
export function* auditAnswers(world: World, ledger: Ledger): Generator<Violation> {
  const isAbout = ({ event }: Asked) => event === ledger.event;
  const deliveries = world.history.deliveries.filter(isAbout);
  const arrivals = world.history.arrivals.filter(isAbout);
  const asked: readonly Asked[] = [...deliveries, ...arrivals];
  const answered = asked.filter((each): each is Answered => each.answer !== undefined);
  for (const each of answered) {
    const { time } = each.answer;
    for (const wrong of auditYes(ledger, each)) {
      yield { time, sentence: `${named(world, each)} was told yes, ${wrong}` };
    }
  }
  yield* auditClaims(world, ledger, answered);
  yield* auditCauses(world, ledger, deliveries, arrivals);
  yield* auditOrder(ledger, deliveries);
  yield* auditManners(world, deliveries);
}

/** Who was told yes is in the journal, once, with what they wished and what they were told. */
function* auditYes(ledger: Ledger, { command, answer }: Answered): Generator<string> {
  if (!answer.value.accepted) return;
  const done = ledger.doneFor(command);
  const [entry] = done;
  if (entry === undefined) {
    if (!mayLeaveNothing.has(command.type)) yield 'and the journal knows nothing of it';
    return;
  }
  const { fact, row } = entry;
  if (done.length > 1) yield `and is in the journal ${done.length} times`;
  // Of a charge that is told for two orders, the second word changes nothing.
  const isDone = command.type === 'confirm_payment' || isDoneBy(fact, command);
  if (!isDone) yield 'but something else was done';
  if (row.durable.order > answer.order) yield 'before it was durable';
  const isTimed =
    fact.type === 'reserved' || fact.type === 'extended' || fact.type === 'checked_out';
  const expiresAt = isTimed ? fact.expiresAt : undefined;
  const toldTime = answer.value.expiresAt;
  if (toldTime !== expiresAt) {
    const [said, is] = [toldTime, expiresAt].map((at) => (at ? secondsOf(at) : 'no time'));
    yield `until ${said}, but the journal says ${is}`;
  }
}

/** A yes to these may mean that there was nothing to do. */
const mayLeaveNothing: ReadonlySet<string> = new Set([
  'begin_payment',
  'fail_payment',
  'note_refunded',
  'charge_back',
]);

/**
 * Who was told no was told the truth: between the question and the answer there was a moment in
 * which this no was right and the wish had not been done. So it is with a yes that did nothing.
 */
function* auditClaims(
  world: World,
  ledger: Ledger,
  answered: readonly Answered[],
): Generator<Violation> {
  const open = claims(world, ledger, answered);
  const reference = new Reference();
  settle(world, open, reference, { number: 0, at: 0 });
  for (const { fact, number, row } of ledger.entries) {
    reference.note(fact, row.at);
    settle(world, open, reference, { number, at: row.at });
  }
  for (const { delivery, what } of open) {
    const { time } = delivery.answer;
    const claim = `was told ${what}, which was never true while it waited`;
    yield { time, sentence: `${named(world, delivery)} ${claim}` };
  }
}

/** What somebody was told of a show, and the positions at one of which it must have been true. */
interface Claim {
  readonly delivery: Answered;
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

function claims(world: World, ledger: Ledger, answered: readonly Answered[]): Set<Claim> {
  const found = new Set<Claim>();
  for (const delivery of answered) {
    const { order, time } = delivery.answer;
    const what = claimOf(delivery, ledger);
    if (what === undefined) continue;
    const mayBePast = isForgiven(world, delivery.enteredTime, time);
    const from = mayBePast ? 0 : ledger.reachedAt(delivery.enteredOrder);
    found.add({ delivery, what, from, to: ledger.reachedAt(order) });
  }
  return found;
}

function claimOf({ command, answer }: Answered, ledger: Ledger): string | undefined {
  const { value } = answer;
  if (value.accepted) {
    const isDone = !mayLeaveNothing.has(command.type) || ledger.doneFor(command).length > 0;
    return isDone ? undefined : 'yes, and nothing was done';
  }
  const { reason } = value.rejection;
  return reason === 'busy' || reason === 'outcome_unknown' ? undefined : reason;
}

/** Closes every claim that is true after fact `number`, which was taken at `at`. */
function settle(
  world: World,
  open: Set<Claim>,
  reference: Reference,
  { number, at }: { readonly number: number; readonly at: number },
): void {
  for (const claim of open) {
    const { delivery, from, to } = claim;
    const { value, time } = delivery.answer;
    if (number < from || number > to) continue;
    // Time does not go back within a show, whatever the clock does.
    const { earliest, latest } = believedTimes(world, time);
    const times = { earliest, latest: Math.max(latest, at) };
    const isTrue = value.accepted
      ? reference.leavesNothing(delivery.command)
      : reference.explains(delivery.command, value.rejection, times);
    if (isTrue) open.delete(claim);
  }
}

/**
 * Whatever was done was asked for, of its owner by whoever asked its process, before it was done;
 * and of those who asked, one was not told no. "I do not know" is not a no, and neither is silence.
 */
function* auditCauses(
  world: World,
  ledger: Ledger,
  deliveries: readonly Delivery[],
  arrivals: readonly Arrival[],
): Generator<Violation> {
  const wishes = grouped(deliveries, ({ command }) => causeOfCommand(command));
  const letters = grouped(arrivals, ({ command }) => causeOfCommand(command));
  for (const { fact, number, row } of ledger.entries) {
    const cause = causeOfFact(fact);
    if (cause === undefined) continue;
    const { time, order } = row.durable;
    const isCause = (asked: Asked) => asked.enteredOrder < order && isDoneBy(fact, asked.command);
    const people = wishes.get(cause)?.filter(isCause) ?? [];
    const owner =
      letters
        .get(cause)
        ?.filter(isCause)
        .filter(({ node }) => node === row.owner) ?? [];
    for (const asked of [people, owner]) {
      const [first] = asked;
      if (first === undefined) {
        yield { time, sentence: `fact ${number} is what nobody asked for` };
      } else if (asked.every(isRefused)) {
        yield { time, sentence: `${named(world, first)} was told no, and yet it is done` };
      }
    }
  }
}

function isRefused({ answer }: Asked): boolean {
  return answer?.value.accepted === false && answer.value.rejection.reason !== 'outcome_unknown';
}

/** What was answered before something else was first asked for stands before it. */
function* auditOrder(ledger: Ledger, deliveries: readonly Delivery[]): Generator<Violation> {
  const asked = new Map<Entry, number>();
  const answers: { readonly order: number; readonly number: number }[] = [];
  for (const { command, sentOrder, answer } of deliveries) {
    const [entry] = ledger.doneFor(command);
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

/**
 * What goes on between the nodes is not for people; and where nothing happens but planned restarts,
 * they notice nothing of them.
 */
function* auditManners({ knobs, trace }: World, deliveries: readonly Delivery[]) {
  for (const { answer, caller } of deliveries) {
    if (answer === undefined || answer.value.accepted) continue;
    const { time, value } = answer;
    const { reason } = value.rejection;
    if (value.elsewhere !== undefined) yield { time, sentence: `${caller} was sent elsewhere` };
    const isTrouble = reason === 'busy' || reason === 'outcome_unknown';
    if (!knobs.isOnlyDrained || !isTrouble) continue;
    yield { time, sentence: trace.named(`${caller} was told ${reason}, by a planned move`) };
  }
}

function named({ trace }: World, asked: Asked): string {
  const who = 'caller' in asked ? asked.caller : `the letter to ${asked.process}`;
  return `${who}'s ${told(asked.command, (id) => trace.nameOf(id))}`;
}
