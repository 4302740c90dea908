import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { systemClock as clock } from '../src/clock.ts';
import { readConfig } from '../src/config.ts';
import { type JobQueues, JobsUnavailableError } from '../src/ports/jobs.ts';
import type { Database } from '../src/store/database.ts';
import { DatabaseJobs } from '../src/store/jobs.ts';
import { openTelemetry } from '../src/telemetry.ts';
import { openRabbitJobs } from '../src/workers/jobs/rabbitmq.ts';
import { TopologyError } from '../src/workers/jobs/rabbitmq-topology.ts';
import { UsageError } from './command.ts';
import { withDatabase } from './operator-database.ts';

/**
 * Does something with the queues that the environment names: the broker's, or the database's.
 *
 * @throws {UsageError} they cannot be reached
 */
export async function withQueues(work: (queues: JobQueues) => Promise<void>): Promise<void> {
  const { rabbitmqUrl } = readConfig();
  if (rabbitmqUrl !== undefined) return await withRabbit(rabbitmqUrl, work);
  await withDatabase(({ database }) => withJobsOf(database, work));
}

/** The same beside a database that is open. */
export async function withQueuesBeside(
  database: Database,
  work: (queues: JobQueues) => Promise<void>,
): Promise<void> {
  const { rabbitmqUrl } = readConfig();
  await (rabbitmqUrl === undefined ? withJobsOf(database, work) : withRabbit(rabbitmqUrl, work));
}

async function withJobsOf(
  database: Database,
  work: (queues: JobQueues) => Promise<void>,
): Promise<void> {
  const queues = new DatabaseJobs({ database, owner: randomUUID(), clock, telemetry });
  await work(queues).catch((failure: unknown) => {
    // What the database said is what the operator can act on.
    throw failure instanceof JobsUnavailableError ? failure.cause : failure;
  });
}

async function withRabbit(url: string, work: (queues: JobQueues) => Promise<void>): Promise<void> {
  const { clusterPrefix: prefix } = readConfig();
  const options = { prefix, name: `operator on ${hostname()}`, clock, telemetry };
  const queues = await openRabbitJobs(url, options).catch(plainly);
  await work(queues)
    .catch(plainly)
    .finally(() => queues.close());
}

const telemetry = openTelemetry('silent');

/** What the broker's operator can act on, in a sentence. */
function plainly(failure: unknown): never {
  if (failure instanceof TopologyError) throw new UsageError(failure.message, { cause: failure });
  if (!(failure instanceof JobsUnavailableError)) throw failure;
  const { cause } = failure;
  const why = cause instanceof Error && cause.message !== '' ? ` (${cause.message})` : '';
  throw new UsageError(`RabbitMQ cannot be reached${why}: npm run doctor`, { cause: failure });
}
