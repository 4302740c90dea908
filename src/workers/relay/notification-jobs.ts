import type { FactOf, RefundReason } from '../../domain/facts.ts';
import type { Job } from '../../ports/jobs.ts';
import { type JobTable, jobOf, type ToldFact } from './told-fact.ts';

/** Somebody gave tickets back, or had to: the buyer hears at once that money is on its way. */
const announced: ReadonlySet<RefundReason> = new Set(['buyer', 'producer', 'show_cancelled']);

/** What buyers are told, by mail and on their phones. Money nobody here knows concerns nobody. */
export const notificationJobs: JobTable = {
  types: new Set(['tickets_signed', 'payment_refused', 'refund_due', 'refunded']),
  jobsOf,
};

function jobsOf(told: ToldFact): readonly Job[] {
  const { fact } = told;
  switch (fact.type) {
    case 'tickets_signed':
      return ticketsReady(told, fact);
    case 'payment_refused': {
      const { order, subject, refusal } = fact;
      const body = { template: 'payment_failed', order, subject, refusal };
      return [jobOf(told, 'notification.email', `payment_failed:${order}`, body)];
    }
    case 'refund_due': {
      const { id: refund, order, subject, amountCents, why } = fact;
      if (subject === undefined || amountCents === 0 || !announced.has(why)) return [];
      const body = { template: 'refund_requested', order, subject, refund, amountCents, why };
      return [jobOf(told, 'notification.email', `refund_requested:${refund}`, body)];
    }
    case 'refunded': {
      const { refund, order, subject, amountCents } = fact;
      if (subject === undefined || amountCents === 0) return [];
      const body = { template: 'refund_done', order, subject, refund, amountCents };
      return [jobOf(told, 'notification.email', `refund_done:${refund}`, body)];
    }
    default:
      return [];
  }
}

function ticketsReady(told: ToldFact, { order, subject }: FactOf<'tickets_signed'>): Job[] {
  const body = { template: 'tickets_ready', order, subject };
  const what = `tickets_ready:${order}`;
  return [
    jobOf(told, 'notification.email', what, body),
    jobOf(told, 'notification.whatsapp', what, body),
  ];
}
