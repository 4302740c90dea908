/** At first a buyer waits with the phone in hand. */
const eagerMs = 2 * 60 * 1000;
const eagerEveryMs = 5_000;
const patientEveryMs = 15_000;
const slowestEveryMs = 10 * 60 * 1000;
/** A provider settles everything within days; what it says later comes by webhook alone. */
const followedMs = 7 * 24 * 60 * 60 * 1000;

/**
 * When the provider is asked next about a payment of which nobody has told the end: every 5 s for two
 * minutes, every 15 s until it is due, then less and less often, up to every 10 min for a week.
 * Undefined after that.
 */
export function nextCheckAt(
  { madeAt, payBy }: { readonly madeAt: number; readonly payBy: number },
  now: number,
): number | undefined {
  if (now >= payBy + followedMs) return undefined;
  if (now < madeAt + eagerMs) return now + eagerEveryMs;
  if (now < payBy) return now + patientEveryMs;
  const everyMs = Math.trunc((now - payBy) / 4);
  return now + Math.min(Math.max(everyMs, patientEveryMs), slowestEveryMs);
}
