import type { Clock } from './clock.ts';

/** Waits for work, and no longer than so many milliseconds: says whether it was done. Rejects as it does. */
export async function isDoneWithin(
  clock: Pick<Clock, 'after'>,
  ms: number,
  work: Promise<unknown>,
): Promise<boolean> {
  let give = (_isDone: false): void => {};
  const expiry = new Promise<false>((resolve) => {
    give = resolve;
  });
  const timer = clock.after(ms, () => give(false));
  try {
    return await Promise.race([work.then(() => true), expiry]);
  } finally {
    timer.cancel();
  }
}
