import type { Job } from '../../ports/jobs.ts';
import { type JobTable, jobOf, type ToldFact } from './told-fact.ts';

/** Tickets to sign. */
export const ticketJobs: JobTable = {
  types: new Set(['tickets_issued', 'ticket_bound', 'ticket_freed']),
  jobsOf,
};

function jobsOf(told: ToldFact): readonly Job[] {
  const { fact } = told;
  switch (fact.type) {
    case 'tickets_issued': {
      const { order, from, count } = fact;
      return [jobOf(told, 'ticket.issue', order, { order, from, count })];
    }
    case 'ticket_bound':
    case 'ticket_freed': {
      const { order, serial, revision } = fact;
      // Of the first revision they are signed since it was sold.
      if (revision === 0) return [];
      const body = { order, from: serial, count: 1 };
      return [jobOf(told, 'ticket.issue', `${order}:${serial}:${revision}`, body)];
    }
    default:
      return [];
  }
}
