import type { Rejection } from '@ingressou/protocol';
import type { CommandOf } from './commands.ts';
import { type Rules, type ShowState, unitsOf } from './state.ts';

/** What stands against a purchase besides stock: how much this buyer holds and owns already. */
export function limitObstacle(
  state: ShowState,
  rules: Rules,
  { subject, items }: CommandOf<'reserve'>,
): Rejection | undefined {
  const taken = state.buyers.get(subject)?.taken ?? 0;
  if (taken + unitsOf(items) <= rules.limit) return undefined;
  return { reason: 'purchase_limit', limit: rules.limit, taken };
}
