import type { Job, Jobs } from '../../ports/jobs.ts';
import type { FollowedFacts, Taken, Work } from '../follow/work.ts';
import { notificationJobs } from './notification-jobs.ts';
import { paymentJobs } from './payment-jobs.ts';
import { ticketJobs } from './ticket-jobs.ts';
import type { JobTable } from './told-fact.ts';
import { webhookJobs } from './webhook-jobs.ts';

/** Jobs of one `publish`. */
const publishMax = 500;

/**
 * Makes jobs of facts. Its place moves when the broker has confirmed them, in a statement of its
 * own, so a crash in between publishes them again under the same ids.
 */
export class Relay implements Work {
  readonly name: string;
  readonly #table: JobTable;
  readonly #jobs: Pick<Jobs, 'publish'>;

  constructor(name: string, table: JobTable, jobs: Pick<Jobs, 'publish'>) {
    this.name = name;
    this.#table = table;
    this.#jobs = jobs;
  }

  /** @throws {JobsUnavailableError} */
  async take({ event, generation, facts }: FollowedFacts): Promise<Taken> {
    const asked: Job[] = [];
    const { types, jobsOf } = this.#table;
    for (const each of facts) {
      if (types.has(each.fact.type)) asked.push(...jobsOf({ event, generation, ...each }));
    }
    for (let begin = 0; begin < asked.length; begin += publishMax) {
      await this.#jobs.publish(asked.slice(begin, begin + publishMax));
    }
    return asked.length > 0 ? 'done' : 'nothing';
  }
}

/**
 * The relays of a node, one for each group of kinds: a queue that is full or a broker that refuses
 * one kind stops that group in that show, and nothing else.
 */
export function relaysTo(jobs: Pick<Jobs, 'publish'>): readonly Relay[] {
  return [
    new Relay('relay.payment', paymentJobs, jobs),
    new Relay('relay.ticket', ticketJobs, jobs),
    new Relay('relay.notification', notificationJobs, jobs),
    new Relay('relay.webhook', webhookJobs, jobs),
  ];
}
