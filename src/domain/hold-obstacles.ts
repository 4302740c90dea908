import type { CommandId } from '@ingressou/protocol';
import { type Decision, refuse } from './decision.ts';
import type { Hold } from './hold-table.ts';
import type { ShowState } from './state.ts';

/** Why a hold cannot be changed any more. */
export function endedObstacle(hold: Hold, now: number): Decision | undefined {
  switch (hold.status) {
    case 'released':
      return refuse({ reason: 'hold_released' });
    case 'expired':
      return refuse({ reason: 'hold_expired' });
    case 'paid':
    case 'refunded':
      return refuse({ reason: 'hold_paid' });
    case 'held':
      return hold.expiresAt <= now ? refuse({ reason: 'hold_expired' }) : undefined;
  }
}

/** Whether an id was used before, for whatever. */
export function isKnown(state: ShowState, id: CommandId): boolean {
  return state.holds.has(id) || state.orders.has(id) || state.done.has(id);
}
