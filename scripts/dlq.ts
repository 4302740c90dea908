import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/clock.ts';
import { readConfig } from '../src/config.ts';
import { type JobQueues, JobsUnavailableError } from '../src/ports/jobs.ts';
import { DatabaseJobs } from '../src/store/jobs.ts';
import { openTelemetry } from '../src/telemetry.ts';
import { openRabbitJobs } from '../src/workers/jobs/rabbitmq.ts';
import { TopologyError } from '../src/workers/jobs/rabbitmq-topology.ts';
import { numberOf, runCommand, UsageError } from './command.ts';
import { grant, verbs } from './dlq/grant.ts';
import { databaseHelp, withDatabase } from './operator-database.ts';

const help = `Usage: npm run dlq -- list [--max N] [--json]
       npm run dlq -- replay --id ID … | --all [--json]
       npm run dlq -- drop   --id ID … | --all [--json]

Dead jobs: those that failed for good, or took their workers down too often. They wait here, with
the reason, until somebody decides.

  list              the oldest first
  replay            gives them another life with all its attempts, once the reason is gone. Doing a
                    job twice is safe: what it does is recorded with its id
  drop              forgets them for good: what they were to do is never done
  --id ID           only this one; may be said several times
  --all             all of them
  --max N           at most so many in the list; 100 unless said
  --json            the same for programs
  --help            this text

  RABBITMQ_URL      the broker that keeps the jobs; without it they are in the database:
${databaseHelp}`;

const listDefault = '100';
const listMax = 10_000;

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      id: { type: 'string', multiple: true, default: [] },
      all: { type: 'boolean', default: false },
      max: { type: 'string', default: listDefault },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help) return console.log(help);
  const [word, ...others] = positionals;
  const verb = verbs.find((each) => each === word);
  const wishes = (values.id.length > 0 ? 1 : 0) + (values.all ? 1 : 0);
  const isClear = verb !== undefined && others.length === 0 && wishes === (verb === 'list' ? 0 : 1);
  if (!isClear) throw new UsageError(help);
  const ids = values.all ? undefined : new Set(values.id);
  const max = numberOf(values.max, 'max', 1, listMax);
  await withQueues(async (queues) => {
    const wish = { verb, ids, max, isJson: values.json };
    if (!(await grant(queues, wish, console))) process.exitCode = 1;
  });
});

/** The queues that the environment names: the broker's, or the database's. */
async function withQueues(work: (queues: JobQueues) => Promise<void>): Promise<void> {
  const { rabbitmqUrl, clusterPrefix: prefix } = readConfig();
  const telemetry = openTelemetry('silent');
  if (rabbitmqUrl === undefined) {
    return withDatabase(async ({ database }) => {
      const queues = new DatabaseJobs({ database, owner: randomUUID(), telemetry });
      await work(queues).catch((failure: unknown) => {
        // What the database said is what the operator can act on.
        throw failure instanceof JobsUnavailableError ? failure.cause : failure;
      });
    });
  }
  const options = { prefix, name: `dlq on ${hostname()}`, clock: systemClock, telemetry };
  const queues = await openRabbitJobs(rabbitmqUrl, options).catch(plainly);
  await work(queues)
    .catch(plainly)
    .finally(() => queues.close());
}

/** What the broker's operator can act on, in a sentence. */
function plainly(failure: unknown): never {
  if (failure instanceof TopologyError) throw new UsageError(failure.message, { cause: failure });
  if (!(failure instanceof JobsUnavailableError)) throw failure;
  const { cause } = failure;
  const why = cause instanceof Error && cause.message !== '' ? ` (${cause.message})` : '';
  throw new UsageError(`RabbitMQ cannot be reached${why}: npm run doctor`, { cause: failure });
}
