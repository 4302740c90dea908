import type { EventId } from '@ingressou/protocol';
import { auditAnswers } from './audit-answers.ts';
import { auditJournal } from './audit-journal.ts';
import { auditMoney } from './audit-money.ts';
import { auditOwners } from './audit-owners.ts';
import { auditRecovery } from './audit-recovery.ts';
import { auditReplies } from './audit-replies.ts';
import { auditSights } from './audit-sights.ts';
import { enter, examine } from './cast.ts';
import { Fleet } from './fleet.ts';
import type { Violation } from './history.ts';
import { Ledger } from './ledger.ts';
import { Stage, type StagedShow } from './stage.ts';
import { World, type WorldOptions } from './world.ts';

/** What a seed turned out to be. */
export interface Outcome {
  readonly seed: number;
  /** Every promise that was broken, the first one first; empty when the seed passed. */
  readonly violations: readonly Violation[];
  readonly timeline: readonly string[];
  /** The same for the same seed and code. */
  readonly hash: string;
  readonly virtualMs: number;
}

/** Lives through one seed, from its first start to its last expired hold, and audits it. */
export async function simulate(options: WorldOptions): Promise<Outcome> {
  const { seed } = options;
  const world = new World(options);
  const complain = (sentence: string): void => {
    world.history.alarms.push({ time: world.scheduler.now, sentence });
  };
  const onUnheard = (reason: unknown) => complain(`nobody heard of a rejection: ${reason}`);
  process.on('unhandledRejection', onUnheard);
  const violations: Violation[] = [];
  try {
    const shows = await live(world);
    for (const { event } of shows) violations.push(...(await audit(world, event)));
  } catch (error) {
    // A run that breaks is a finding like any other, and is told with its timeline.
    complain(`the run broke: ${error instanceof Error ? error.stack : error}`);
  }
  // Node tells of unheard rejections only once it comes to rest.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', onUnheard);
  violations.push(...world.history.alarms);
  violations.sort((a, b) => a.time - b.time);
  const { trace, scheduler } = world;
  return { seed, violations, timeline: trace.lines, hash: trace.hash(), virtualMs: scheduler.now };
}

/** From the moment the world is calm, everybody has an answer within this time. */
const finishMs = 10_000;
/** Nodes that have come back trust each other with shows by then. */
const settleMs = 4_000;
/** And by then every hold has ended, unless the clock of the database was set back. */
const restMs = 30_000;
/** How long after the last deadline it is looked at. */
const afterwardsMs = 6_000;
const sliceMs = 500;

/** Lives through a seed. Whoever has no answer when everybody should is in the history's alarms. */
export async function live(world: World): Promise<readonly StagedShow[]> {
  const { scheduler, knobs, history } = world;
  const stage = new Stage(world);
  const { shows } = stage;
  const fleet = new Fleet(
    world,
    shows.map(({ event }) => event),
  );
  enter(world, fleet, stage);
  fleet.disturb();
  await scheduler.run(knobs.calmAtMs);
  world.calm();
  fleet.heal();
  for (const reached of fleet.doors) examine(world, { reached }, shows);
  await finish(world, fleet);
  complain(world, unanswered(world, fleet.living, knobs.calmAtMs));
  await scheduler.run(Math.max(scheduler.now, restTime(world, shows)));
  complain(world, unanswered(world, fleet.living, scheduler.now - afterwardsMs));
  history.living = fleet.living;
  return shows;
}

function complain({ history, scheduler }: World, unheard: readonly string[]): void {
  for (const what of unheard) {
    history.alarms.push({ time: scheduler.now, sentence: `${what} was never answered` });
  }
}

/** Lives until nobody waits any more, or nobody should. */
async function finish(world: World, fleet: Fleet): Promise<void> {
  const { scheduler, knobs } = world;
  await scheduler.run(knobs.calmAtMs + settleMs);
  while (scheduler.now < knobs.calmAtMs + finishMs) {
    if (unanswered(world, fleet.living, knobs.calmAtMs).length === 0) return;
    await scheduler.run(scheduler.now + sliceMs);
  }
}

/** When everything that time brings should have come, and been seen. */
function restTime(world: World, shows: readonly StagedShow[]): number {
  const { server, scheduler, knobs, history } = world;
  const deadlines = shows.map(({ event }) => new Ledger(world, event).lastDeadline());
  const leftMs = Math.max(...deadlines) - server.clockAt(scheduler.now);
  const callsInMs = history.callsUntil - scheduler.now;
  const latest = scheduler.now + Math.max(0, leftMs, callsInMs) + afterwardsMs;
  return Math.min(latest, knobs.calmAtMs + restMs);
}

/** Callers since before `since` who still try, and whatever lies in a process that did not die. */
function unanswered({ history }: World, living: ReadonlySet<string>, since: number): string[] {
  const isForgotten = ({ process }: { readonly process: string }) => living.has(process);
  const letters = history.deliveries.filter(({ answer, enteredTime }) => {
    return answer === undefined && enteredTime <= since;
  });
  const questions = history.inquiries.filter(({ reply, sentTime }) => {
    return reply === undefined && sentTime <= since;
  });
  const callers = [...history.callers].filter(([, time]) => time <= since);
  return [
    ...callers.map(([caller]) => caller),
    ...letters.filter(isForgotten).map(({ caller }) => `a letter of ${caller}`),
    ...questions.filter(isForgotten).map(({ question }) => `a question about ${question.type}`),
  ];
}

/** Holds everything that was seen of one show against what its journal says in the end. */
export async function audit(world: World, event: EventId): Promise<Violation[]> {
  const ledger = new Ledger(world, event);
  const found = [
    ...auditJournal(world, ledger),
    ...auditOwners(world, ledger),
    ...auditAnswers(world, ledger),
    ...auditReplies(world, ledger),
    ...auditSights(world, ledger),
    ...auditMoney(world, ledger),
    ...(await auditRecovery(world, ledger)),
  ];
  return found.map(({ time, sentence }) => {
    return { time, sentence: world.trace.named(`${event}: ${sentence}`) };
  });
}
