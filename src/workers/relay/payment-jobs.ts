import type { FactOf } from '../../domain/facts.ts';
import type { Job } from '../../ports/jobs.ts';
import { type JobTable, jobOf, type ToldFact } from './told-fact.ts';

/**
 * Money to ask for, to ask for no more, and to give back. Nothing of an order that costs nothing
 * ever reaches the provider.
 */
export const paymentJobs: JobTable = {
  types: new Set(['checked_out', 'expired', 'order_cancelled', 'payment_refused', 'refund_due']),
  jobsOf,
};

function jobsOf(told: ToldFact): readonly Job[] {
  const { fact } = told;
  switch (fact.type) {
    case 'checked_out':
      return fact.ticketsCents + fact.feeCents > 0 ? [create(told, fact)] : [];
    case 'expired':
      return fact.order === undefined ? [] : [cancel(told, fact.order)];
    case 'order_cancelled':
    case 'payment_refused':
      return [cancel(told, fact.order)];
    case 'refund_due':
      return fact.amountCents > 0 ? [refund(told, fact)] : [];
    default:
      return [];
  }
}

/** Its lines are the show's to tell, when the job is done and as they are then. */
function create(told: ToldFact, fact: FactOf<'checked_out'>): Job {
  const { id: order, hold, subject, method, ticketsCents, feeCents, payBy } = fact;
  const body = { order, hold, subject, method, ticketsCents, feeCents, payBy };
  return jobOf(told, 'payment.create', order, body);
}

/** Whatever the provider still waits for. */
function cancel(told: ToldFact, order: string): Job {
  return jobOf(told, 'payment.cancel', order, { order });
}

function refund(told: ToldFact, fact: FactOf<'refund_due'>): Job {
  const { id, order, charge, amountCents, why } = fact;
  return jobOf(told, 'payment.refund', id, { refund: id, order, charge, amountCents, why });
}
