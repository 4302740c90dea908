import { describe, it } from 'vitest';

/** Puts a suite that cannot run on this machine into the list that ends the run. */
export function skipBecause(suite: string, reason: string): void {
  describe(suite, () => {
    it('runs here', (context) => context.skip(reason));
  });
}
