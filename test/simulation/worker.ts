import type { Violation } from './history.ts';
import { simulate } from './simulate.ts';
import type { WorldOptions } from './world.ts';

/** What became of one seed, small enough to send: the timeline only of one that failed. */
export interface Verdict {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly timeline: readonly string[];
  readonly virtualMs: number;
}

/** This file is the program of a child process, which is sent one seed at a time; see `crew.ts`. */
process.on('message', (options: WorldOptions) => void judge(options));

async function judge(options: WorldOptions): Promise<void> {
  const { seed, violations, timeline, virtualMs } = await simulate(options);
  const told = violations.length > 0 ? timeline : [];
  process.send?.({ seed, violations, timeline: told, virtualMs } satisfies Verdict);
}
