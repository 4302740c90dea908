import { sayFigure } from './figures.ts';
import type { Findings } from './found.ts';
import type { Ground } from './ground.ts';
import { MissingError } from './missing-error.ts';
import type { Effort, Scenario } from './scenario.ts';

/** What became of one scenario. */
export interface Result extends Findings {
  readonly id: string;
  readonly title: string;
  /** `missing` names what this machine lacks for it. */
  readonly verdict: 'kept' | 'broken' | 'missing';
  readonly seconds: number;
}

/** Plays one scenario. Never rejects: one that breaks down has not shown what it should. */
export async function play(scenario: Scenario, ground: Ground, effort: Effort): Promise<Result> {
  const begunAt = performance.now();
  const findings = await scenario.play(ground, effort).catch(findingsOf);
  const { proofs, broken } = findings;
  if (!('missing' in findings) && proofs.length === 0) broken.push('Nothing was injected.');
  const { id, title } = scenario;
  return {
    id,
    title,
    verdict: 'missing' in findings ? 'missing' : broken.length === 0 ? 'kept' : 'broken',
    seconds: (performance.now() - begunAt) / 1000,
    ...findings,
  };
}

function findingsOf(failure: unknown): Findings & { missing?: true } {
  const nothing = { proofs: [], figures: [], notes: [], broken: [] };
  if (failure instanceof MissingError) {
    return { ...nothing, notes: [failure.message], missing: true };
  }
  const sentence = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
  return { ...nothing, broken: [`The scenario broke down: ${sentence}`] };
}

/** Sentences of one promise that are shown; the file has all. */
const brokenShown = 8;

/** A scenario as a person reads it: what was done, what proves it, what was measured. */
export function tell(result: Result): string {
  const { id, title, verdict, seconds, proofs, figures, notes, broken } = result;
  const more = broken.length - brokenShown;
  return [
    `${id.padEnd(4)} ${verdict.padEnd(8)}${`${seconds.toFixed(1)} s`.padStart(7)}  ${title}`,
    ...proofs.map((proof) => `     proof: ${proof}`),
    ...figures.map((figure) => `     ${sayFigure(figure)}`),
    ...notes.map((note) => `     ${note}`),
    ...broken.slice(0, brokenShown).map((sentence) => `     BROKEN: ${sentence}`),
    ...(more > 0 ? [`     … and ${more} more`] : []),
  ].join('\n');
}
