import { type CommandId, timeOfId } from '@ingressou/protocol';
import type { Fact } from './domain/facts.ts';
import type { Committed } from './ports/commands.ts';
import type { OrderStep, Telemetry } from './ports/telemetry.ts';

/** Facts that make work for those who follow histories: theirs is worth a look at once. */
export function concernsOrders({ facts }: Committed): boolean {
  return facts.some((fact) => 'order' in fact || fact.type === 'checked_out');
}

/** Counts what became of orders. An order's id was made a moment before its checkout. */
export function tellOrderSteps(
  { facts, at }: Committed,
  telemetry: Pick<Telemetry, 'orderMoved'>,
): void {
  for (const fact of facts) {
    const [step, order] = stepOf(fact);
    if (step !== undefined) telemetry.orderMoved(step, Math.max(0, at - timeOfId(order)));
  }
}

function stepOf(fact: Fact): [OrderStep, CommandId] | [undefined] {
  switch (fact.type) {
    case 'checked_out':
      return ['checked_out', fact.id];
    case 'paid':
      return [fact.isLate ? 'paid_late' : 'paid', fact.order];
    case 'payment_refused':
      return ['failed', fact.order];
    case 'order_cancelled':
      return ['cancelled', fact.order];
    case 'expired':
      return fact.order === undefined ? [undefined] : ['expired', fact.order];
    default:
      return [undefined];
  }
}
