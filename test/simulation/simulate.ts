import type { EventId } from '@ingressou/protocol';
import { auditAnswers } from './audit-answers.ts';
import { auditJournal } from './audit-journal.ts';
import { auditRecovery } from './audit-recovery.ts';
import { auditReplies } from './audit-replies.ts';
import { enter } from './cast.ts';
import { Fleet } from './fleet.ts';
import type { Violation } from './history.ts';
import { Ledger } from './ledger.ts';
import type { StagedShow } from './stage.ts';
import { World } from './world.ts';

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
export async function simulate(seed: number): Promise<Outcome> {
  const world = new World(seed);
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
/** And by then every hold has ended. */
const restMs = 28_000;

/** Lives through a seed. Whoever has no answer when everybody should is in the history's alarms. */
export async function live(world: World): Promise<readonly StagedShow[]> {
  const { scheduler, knobs, history } = world;
  const fleet = new Fleet(world);
  const { shows } = enter(world, fleet);
  fleet.disturb();
  await scheduler.run(knobs.calmAtMs);
  world.calm();
  fleet.heal();
  await scheduler.run(knobs.calmAtMs + finishMs);
  for (const what of unanswered(world, fleet)) {
    history.alarms.push({ time: scheduler.now, sentence: `${what} was never answered` });
  }
  await scheduler.run(knobs.calmAtMs + restMs);
  return shows;
}

/** Callers who still try, and whatever lies in the one process that did not die. */
function unanswered({ history }: World, { survivor }: Fleet): string[] {
  const isForgotten = ({ process: name }: { readonly process: string }) => name === survivor?.name;
  const letters = history.deliveries.filter(({ answer }) => answer === undefined);
  const questions = history.inquiries.filter(({ reply }) => reply === undefined);
  return [
    ...history.callers,
    ...letters.filter(isForgotten).map(({ caller }) => `a letter of ${caller}`),
    ...questions.filter(isForgotten).map(({ question }) => `a question about ${question.type}`),
  ];
}

/** Holds everything that was seen of one show against what its journal says in the end. */
export async function audit(world: World, event: EventId): Promise<Violation[]> {
  const ledger = new Ledger(world, event);
  const found = [
    ...auditJournal(world, ledger),
    ...auditAnswers(world, ledger),
    ...auditReplies(world, ledger),
    ...(await auditRecovery(world, ledger)),
  ];
  return found.map(({ time, sentence }) => {
    return { time, sentence: world.trace.named(`${event}: ${sentence}`) };
  });
}
