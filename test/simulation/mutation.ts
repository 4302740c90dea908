import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCrew } from './crew.ts';
import type { Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';
import type { Verdict } from './worker.ts';
import type { WorldOptions } from './world.ts';

/** How a mutant fared. */
export interface Trial {
  readonly mutant: Mutant;
  /** Seeds that were lived through. */
  readonly seeds: number;
  /** The seed that noticed the mistake; undefined when none did. */
  readonly killer: Verdict | undefined;
  /** Why it could not be tried: its text is not in the code, or not once. */
  readonly obstacle: string | undefined;
}

export interface Hunt {
  /** The directory of the compiled code. */
  readonly dist: string;
  readonly from: number;
  /** Seeds for one mutant at most. */
  readonly count: number;
  /** What else than the seed is fixed. */
  readonly nodes?: WorldOptions['nodes'];
  readonly troubles?: WorldOptions['troubles'];
  /** Mutants tried at the same time. */
  readonly workers: number;
  /** How many of all mutants; which ones depends on `from`. */
  readonly sample: number;
}

/**
 * Tries mutants: a copy of the compiled code with the edits in it, and seeds until one fails.
 */
export async function huntMutants(hunt: Hunt, onTrial: (trial: Trial) => void): Promise<void> {
  const waiting = sampleOf(mutants, hunt);
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      onTrial(await tryMutant(hunt, mutant));
    }
  };
  await Promise.all(Array.from({ length: hunt.workers }, work));
  rmSync(path.join(hunt.dist, 'mutants'), { recursive: true, force: true });
}

/** Some from everywhere in the list, each of them once. */
export function sampleOf<T>(
  all: readonly T[],
  { from, sample }: Pick<Hunt, 'from' | 'sample'>,
): T[] {
  const count = Math.min(sample, all.length);
  const places = Array.from({ length: count }, (_, index) => {
    return (Math.floor((index * all.length) / count) + from) % all.length;
  });
  return places.map((place) => all[place] as T);
}

async function tryMutant(hunt: Hunt, mutant: Mutant): Promise<Trial> {
  const { dist, from, count, nodes, troubles = mutant.troubles } = hunt;
  const directory = path.join(dist, 'mutants', mutant.name.replaceAll(' ', '-'));
  try {
    copy(dist, directory);
    const obstacle = mutate(directory, mutant);
    if (obstacle !== undefined) return { mutant, seeds: 0, killer: undefined, obstacle };
    const verdicts: Verdict[] = [];
    await runCrew({
      program: path.join(directory, 'test/simulation/worker.js'),
      from,
      count,
      nodes,
      troubles,
      workers: 1,
      isUntilFailure: true,
      onVerdict: (verdict) => verdicts.push(verdict),
    });
    const killer = verdicts.find(({ violations }) => violations.length > 0);
    return { mutant, seeds: verdicts.length, killer, obstacle };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function copy(dist: string, directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  for (const room of ['src', 'test/simulation']) {
    mkdirSync(path.join(directory, room), { recursive: true });
    cpSync(path.join(dist, room), path.join(directory, room), { recursive: true });
  }
}

/** Edits the copy, or says which edit does not fit the code any more. */
function mutate(directory: string, { edits }: Mutant): string | undefined {
  for (const { file, find, replace } of edits) {
    const target = path.join(directory, 'src', file);
    const parts = readFileSync(target, 'utf8').split(find);
    if (parts.length !== 2) return `${file} has it ${parts.length - 1} times: ${find}`;
    writeFileSync(target, parts.join(replace));
  }
  return undefined;
}
