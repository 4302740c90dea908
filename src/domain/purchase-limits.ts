import type { Rejection } from '@ingressou/protocol';
import type { CommandOf } from './commands.ts';
import { unitsOf } from './hold-table.ts';
import type { Rules, ShowState } from './state.ts';

/** What stands against a purchase besides stock: how much this buyer holds and owns already. */
export function limitObstacle(
  state: ShowState,
  rules: Rules,
  { subject, items }: CommandOf<'reserve'>,
): Rejection | undefined {
  const taken = state.holds.unitsOf(subject);
  if (taken + unitsOf(items) <= rules.limit) return undefined;
  return { reason: 'purchase_limit', limit: rules.limit, taken };
}
