import type { Fact, FactOf, RefundReason } from '../../domain/facts.ts';
import type { Account, LedgerEntry } from '../../ports/projection.ts';

/**
 * What a fact does to money, by double entry. Pure, and balanced whatever the amounts are: what a
 * fact cannot explain ends up as `stray`, where nothing may stay.
 *
 *                       provider   producer      fee   refunds_due    stray
 *     paid                 + all    - price    - fee                  - rest
 *     money for nothing    + all                                      - all
 *                                                          - all      + all
 *     refund of excess                                     - all      + all
 *     refund of tickets             + price    + fee       - all      + rest
 *     refunded             - all                           + all
 *     charged back         - all    + price    + fee                  + rest
 *
 * A half that becomes full price at the gate is paid to the producer's people there: we never have
 * that money and owe nobody any of it, so it is booked from `gate_sales` to where they have it and
 * stays there, whatever becomes of what was paid before.
 */
export function entriesOf(fact: Fact, position: number, at: number): LedgerEntry[] {
  const sides = sidesOf(fact);
  if (sides === undefined) return [];
  const { transaction, order } = sides;
  return sides.amounts
    .filter(([, amountCents]) => amountCents !== 0)
    .map(([account, amountCents], index) => {
      return { position, line: index + 1, transaction, order, account, amountCents, at };
    });
}

interface Sides {
  readonly transaction: string;
  readonly order: LedgerEntry['order'];
  readonly amounts: readonly (readonly [Account, number])[];
}

/** Money that bought nothing comes in by the fact that says it must go back. */
const forNothing: ReadonlySet<RefundReason> = new Set(['late', 'double', 'short', 'foreign']);

function sidesOf(fact: Fact): Sides | undefined {
  switch (fact.type) {
    case 'paid':
      return { transaction: fact.id, order: fact.order, amounts: paid(fact) };
    case 'refund_due':
      return { transaction: fact.id, order: fact.order, amounts: refundDue(fact) };
    case 'refunded':
      return { transaction: fact.id, order: fact.order, amounts: refunded(fact) };
    case 'charged_back':
      return { transaction: fact.id, order: fact.order, amounts: chargedBack(fact) };
    case 'topped_up':
      return { transaction: `top_up:${fact.id}`, order: fact.order, amounts: toppedUp(fact) };
    default:
      return undefined;
  }
}

function paid({ amountCents, ticketsCents, feeCents }: FactOf<'paid'>): Sides['amounts'] {
  return [
    ['provider', amountCents],
    ['producer', -ticketsCents],
    ['fee', -feeCents],
    ['stray', ticketsCents + feeCents - amountCents],
  ];
}

function refundDue(fact: FactOf<'refund_due'>): Sides['amounts'] {
  const { amountCents, ticketsCents, feeCents, why } = fact;
  const owed = ['refunds_due', -amountCents] as const;
  if (forNothing.has(why)) {
    return [['provider', amountCents], ['stray', -amountCents], ['stray', amountCents], owed];
  }
  const rest = amountCents - ticketsCents - feeCents;
  return [['producer', ticketsCents], ['fee', feeCents], ['stray', rest], owed];
}

function refunded({ amountCents }: FactOf<'refunded'>): Sides['amounts'] {
  return [
    ['refunds_due', amountCents],
    ['provider', -amountCents],
  ];
}

function toppedUp({ amountCents, method }: FactOf<'topped_up'>): Sides['amounts'] {
  return [
    [method === undefined ? 'gate' : `gate_${method}`, amountCents],
    ['gate_sales', -amountCents],
  ];
}

function chargedBack(fact: FactOf<'charged_back'>): Sides['amounts'] {
  const { amountCents, ticketsCents, feeCents } = fact;
  const rest = amountCents - ticketsCents - feeCents;
  return [
    ['producer', ticketsCents],
    ['fee', feeCents],
    ['stray', rest],
    ['provider', -amountCents],
  ];
}
