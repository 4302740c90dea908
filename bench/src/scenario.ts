import type { Progress } from '../../scripts/progress.ts';
import type { Ground } from './ground.ts';
import type { Outcome } from './report.ts';

/** Something that can be measured by name. */
export interface Scenario {
  readonly summary: string;
  readonly options: Readonly<Record<string, ScenarioOption>>;
  run(options: ScenarioValues, context: ScenarioContext): Promise<Outcome>;
}

export interface ScenarioOption {
  /** Its value in the help; a flag has none. */
  readonly value?: string;
  /** What it is when it is not given. */
  readonly standard?: string;
  readonly help: string;
}

export type ScenarioValues = Readonly<Record<string, string | boolean | undefined>>;

export interface ScenarioContext {
  readonly ground: Ground;
  readonly progress: Progress;
}
