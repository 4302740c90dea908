import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Verdict } from './worker.ts';
import type { WorldOptions } from './world.ts';

/** A seed takes some ten milliseconds; one that takes this long will not end. */
const seedMs = 30_000;

/** How many processes live through seeds at the same time. */
export const crewSize = availableParallelism();

export interface CrewOptions {
  /** The compiled `worker.js` to run: the real one, or a mutant's. */
  readonly program: string;
  readonly from: number;
  readonly count: number;
  /** What else than the seed is fixed. */
  readonly nodes?: WorldOptions['nodes'];
  readonly troubles?: WorldOptions['troubles'];
  readonly workers: number;
  /** Ends with the first seed that fails. */
  readonly isUntilFailure: boolean;
  readonly onVerdict: (verdict: Verdict) => void;
}

/** Lives through `count` seeds, several at a time. A seed that hangs has failed. */
export async function runCrew(options: CrewOptions): Promise<void> {
  const { program, from, count, nodes, troubles, workers, isUntilFailure, onVerdict } = options;
  let next = from;
  const work = async (): Promise<void> => {
    let child = hire(program);
    while (next < from + count) {
      const seed = next;
      next += 1;
      const verdict = await verdictOn({ seed, nodes, troubles }, child);
      if (verdict.violations.length > 0 && isUntilFailure) next = from + count;
      onVerdict(verdict);
      if (child.killed || !child.connected) child = hire(program);
    }
    child.kill();
  };
  await Promise.all(Array.from({ length: workers }, work));
}

function hire(program: string): ChildProcess {
  return fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

function verdictOn(options: WorldOptions, child: ChildProcess): Promise<Verdict> {
  return new Promise((resolve) => {
    const give = (verdict: Verdict): void => {
      clearTimeout(timer);
      child.off('message', give).off('exit', fail);
      resolve(verdict);
    };
    const fail = (): void => {
      child.kill('SIGKILL');
      const violations = [{ time: 0, sentence: 'it does not end, or ends its process' }];
      give({ seed: options.seed, violations, timeline: [], virtualMs: 0 });
    };
    const timer = setTimeout(fail, seedMs);
    child.on('message', give).on('exit', fail);
    child.send(options);
  });
}
