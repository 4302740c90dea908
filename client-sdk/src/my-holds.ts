import type { HoldId, HoldView } from '@ingressou/protocol';

/** Ended holds that are remembered, so that a screen can say how they ended. */
const endedMax = 20;

/** My holds of one show, newest last. Each change makes a new list. */
export type MyHolds = readonly HoldView[];

/** The holds after one more was told of, by an answer or by the server on its own. */
export function withHold(holds: MyHolds, told: HoldView): MyHolds {
  const known = holds.find(({ id }) => id === told.id);
  if (known === undefined) return forgetOldest([...holds, told]);
  const merged = merge(known, told);
  return forgetOldest(holds.map((hold) => (hold.id === told.id ? merged : hold)));
}

export function holdOf(holds: MyHolds, id: HoldId): HoldView | undefined {
  return holds.find((hold) => hold.id === id);
}

/**
 * An answer and a message about the same hold may come in either order, and an answer may be about
 * its past. A hold only ever moves one way: its end comes later, its extension is spent, it ends.
 */
function merge(known: HoldView, told: HoldView): HoldView {
  if (told.status !== 'held') return told;
  if (known.status !== 'held') return known;
  const expiresAt = Math.max(known.expiresAt, told.expiresAt);
  return { ...told, expiresAt, canExtend: known.canExtend && told.canExtend };
}

function forgetOldest(holds: MyHolds): MyHolds {
  const ended = holds.filter(({ status }) => status === 'released' || status === 'expired');
  if (ended.length <= endedMax) return holds;
  return holds.filter((hold) => hold !== ended[0]);
}
