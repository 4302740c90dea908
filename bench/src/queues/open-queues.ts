import type { NodeId } from '@ingressou/protocol';
import { systemClock as clock } from '../../../src/clock.ts';
import { readConfig } from '../../../src/config.ts';
import type { JobQueues } from '../../../src/ports/jobs.ts';
import type { Telemetry } from '../../../src/ports/telemetry.ts';
import { DatabaseJobs } from '../../../src/store/jobs.ts';
import { openPg } from '../../../src/store/pg.ts';
import { openRabbitJobs } from '../../../src/workers/jobs/rabbitmq.ts';
import { ProgramError } from '../program.ts';
import type { QueuePlace } from './messages.ts';

export interface QueueOptions {
  readonly node: NodeId;
  readonly telemetry: Telemetry;
  /** Undefined: what production says. */
  readonly waitingMax: number | undefined;
}

/** The queues of production at the place that the environment names. */
export async function openQueues(
  place: QueuePlace,
  { node, telemetry, waitingMax }: QueueOptions,
): Promise<JobQueues> {
  const { rabbitmqUrl, databaseUrl, clusterPrefix } = readConfig();
  const bound = waitingMax === undefined ? {} : { waitingMax };
  if (place === 'rabbitmq') {
    if (rabbitmqUrl === undefined) throw new ProgramError('There is no RabbitMQ.');
    // Queues of another length are other queues.
    const prefix = waitingMax === undefined ? clusterPrefix : `${clusterPrefix}-${waitingMax}`;
    return await openRabbitJobs(rabbitmqUrl, { prefix, name: 'bench', clock, telemetry, ...bound });
  }
  if (databaseUrl === undefined) throw new ProgramError('There is no PostgreSQL.');
  const { database } = openPg(databaseUrl, { node });
  return new DatabaseJobs({ database, owner: node, clock, telemetry, ...bound });
}
