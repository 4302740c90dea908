import { setTimeout as pause } from 'node:timers/promises';

const lookMs = 10;

/** Waits for what should come true; false when it has not in time. */
export async function comesTrue(
  isTrue: () => boolean | Promise<boolean>,
  withinMs: number,
  everyMs = lookMs,
): Promise<boolean> {
  const giveUpAt = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() >= giveUpAt) return false;
    await pause(everyMs);
  }
  return true;
}
