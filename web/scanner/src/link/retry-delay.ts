/** A random time below a ceiling that doubles: gates that lost the network together come back apart. */
const ceilingFirstMs = 500;
const ceilingLastMs = 8_000;

/** `attempt` counts from 0; `random` is from 0 to just below 1. */
export function retryDelayMs(attempt: number, random: number, floorMs = 0): number {
  const ceiling = Math.min(ceilingLastMs, ceilingFirstMs * 2 ** Math.min(attempt, 10));
  return floorMs + Math.round(random * ceiling);
}
