import type { Ground } from './ground.ts';
import { MissingError } from './missing-error.ts';
import { type Findings, Stage, type StageSpec } from './stage.ts';

/** How often a scenario that measures repeats its fault. */
export interface Effort {
  readonly repeats: number;
}

/** One fault: how it is made, how it is proved, and what must hold. */
export interface Scenario {
  /** Its number in the list of faults, for ever. */
  readonly id: string;
  /** What is done to whom. */
  readonly title: string;
  play(ground: Ground, effort: Effort): Promise<Findings>;
}

/** Plays on a stage of its own, and holds everything against the journal in the end. */
export async function onStage(
  ground: Ground,
  name: string,
  spec: StageSpec,
  play: (stage: Stage) => Promise<void>,
): Promise<Findings> {
  const stage = await Stage.open(ground, name, spec);
  try {
    await play(stage);
    await stage.conclude();
    return stage.findings;
  } catch (failure) {
    if (failure instanceof MissingError) throw failure;
    // What was found until then is told too.
    const why = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
    stage.findings.broken.push(`The scenario broke down: ${why}`);
    return stage.findings;
  } finally {
    await stage.close();
  }
}

/** A show that sells is back in less than this after its node has died or frozen (P4). */
export const backWithinMs = 2_000;
