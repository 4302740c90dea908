import type { Job, JobBody } from '../../ports/jobs.ts';
import { type JobTable, jobOf, type ToldFact } from './told-fact.ts';

/** What partners are told about orders of their shows, under the names they know. */
export const webhookJobs: JobTable = {
  types: new Set(['paid', 'tickets_issued', 'refunded', 'order_cancelled', 'charged_back']),
  jobsOf,
};

function jobsOf(told: ToldFact): readonly Job[] {
  const { fact } = told;
  switch (fact.type) {
    case 'paid': {
      const { order, amountCents, ticketsCents, feeCents } = fact;
      const body = { type: 'order.paid', order, amountCents, ticketsCents, feeCents };
      return [webhook(told, order, body)];
    }
    case 'tickets_issued': {
      const { order, from, count } = fact;
      return [webhook(told, order, { type: 'tickets.issued', order, from, count })];
    }
    case 'refunded': {
      const { order, refund, amountCents } = fact;
      return [webhook(told, refund, { type: 'order.refunded', order, refund, amountCents })];
    }
    case 'order_cancelled': {
      const { order, why } = fact;
      return [webhook(told, order, { type: 'order.cancelled', order, why })];
    }
    case 'charged_back': {
      const { order, charge, amountCents, serials } = fact;
      const body = { type: 'order.charged_back', order, amountCents, serials };
      return [webhook(told, charge, body)];
    }
    default:
      return [];
  }
}

function webhook(told: ToldFact, what: string, body: JobBody & { readonly type: string }): Job {
  const { at, position } = told;
  return jobOf(told, 'notification.webhook', `${body.type}:${what}`, { at, position, ...body });
}
