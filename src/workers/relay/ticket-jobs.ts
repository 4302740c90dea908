import type { Job } from '../../ports/jobs.ts';
import { type JobTable, jobOf, type ToldFact } from './told-fact.ts';

/** Tickets to sign. */
export const ticketJobs: JobTable = {
  types: new Set(['tickets_issued']),
  jobsOf,
};

function jobsOf(told: ToldFact): readonly Job[] {
  const { fact } = told;
  if (fact.type !== 'tickets_issued') return [];
  const { order, from, count } = fact;
  return [jobOf(told, 'ticket.issue', order, { order, from, count })];
}
