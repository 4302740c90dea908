/**
 * Exponential back-off with full jitter: a random time below a ceiling that doubles, so that a
 * crowd that lost its server together does not come back together.
 */
const ceilingFirstMs = 1_000;
const ceilingLastMs = 8_000;

/**
 * Milliseconds to wait before attempt number `attempt` (from 0), never less than `floorMs`, which
 * is the server's wish. `random` gives that many random bytes.
 */
export function backoffMs(attempt: number, random: Random, floorMs = 0): number {
  const ceiling = Math.min(ceilingLastMs, ceilingFirstMs * 2 ** attempt);
  return floorMs + fraction(random) * ceiling;
}

export type Random = (bytes: number) => Uint8Array;

export const cryptoRandom: Random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes));

/** From 0 to just below 1. */
function fraction(random: Random): number {
  const [a = 0, b = 0, c = 0] = random(3);
  return ((a << 16) | (b << 8) | c) / 2 ** 24;
}
