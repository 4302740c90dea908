import type { Violation } from './history.ts';
import { type SimulateOptions, simulate } from './simulate.ts';

/** What became of one seed, small enough to send: the timeline only of one that failed. */
export interface Verdict {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly timeline: readonly string[];
  readonly virtualMs: number;
}

/** What a worker is sent: the seed to live through. */
export type Task = SimulateOptions;

/** This file is the program of a child process, which is sent one seed at a time; see `crew.ts`. */
process.on('message', (task: Task) => void judge(task));

async function judge(task: Task): Promise<void> {
  const { seed, violations, timeline, virtualMs } = await simulate(task);
  const told = violations.length > 0 ? timeline : [];
  process.send?.({ seed, violations, timeline: told, virtualMs } satisfies Verdict);
}
