import type { Random } from '../../../test/simulation/random.ts';

/** Real openings: reservations in successive seconds from the first one on. */
export const curves: Readonly<Record<string, readonly number[]>> = {
  'emf-2026': [7, 18, 52, 72, 131, 134, 108, 120, 125, 100, 39],
};

/**
 * When each reservation of a curve comes, in milliseconds after the start, in order. Inside a
 * second they are spread as independent people spread: uniformly, a Poisson process of known sum.
 */
export function arrivalTimes(curve: readonly number[], random: Random): number[] {
  return curve.flatMap((count, second) =>
    Array.from({ length: count }, () => (second + random.fraction()) * 1000).sort((a, b) => a - b),
  );
}
