import type { HoldId, HoldView } from '@ingressou/protocol';
import { unitsOf } from './cart.ts';

/** How a hold of mine ended without my doing it here. What was bought has a card of its own. */
export interface Ending {
  readonly id: HoldId;
  readonly how: 'expired' | 'released' | 'gone';
  readonly units: number;
}

/** Which holds lived in `before` and do not in `after`. One that is not listed any more is gone. */
export function endingsOf(before: readonly HoldView[], after: readonly HoldView[]): Ending[] {
  return before.flatMap(({ id, status, items }) => {
    const how = after.find((hold) => hold.id === id)?.status ?? 'gone';
    if (status !== 'held' || how === 'held' || how === 'paid' || how === 'refunded') return [];
    return [{ id, how, units: unitsOf(items) }];
  });
}
