import type { Violation } from './history.ts';
import { simulate } from './simulate.ts';

/** What became of one seed, small enough to send: the timeline only of one that failed. */
export interface Verdict {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly timeline: readonly string[];
  readonly virtualMs: number;
}

/** This file is the program of a child process, which is sent one seed at a time; see `crew.ts`. */
process.on('message', (seed: number) => void judge(seed));

async function judge(seed: number): Promise<void> {
  const { violations, timeline, virtualMs } = await simulate(seed);
  const told = violations.length > 0 ? timeline : [];
  process.send?.({ seed, violations, timeline: told, virtualMs } satisfies Verdict);
}
