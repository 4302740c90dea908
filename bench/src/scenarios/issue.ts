import { numberOf, UsageError } from '../../../scripts/command.ts';
import { startFlags } from '../contestants/contestant.ts';
import type { FromIssuer, Issued, ToIssuer } from '../issue/messages.ts';
import { Program } from '../program.ts';
import { queuePlaceOf } from '../queues/messages.ts';
import type { Outcome } from '../report.ts';
import type { Scenario, ScenarioContext, ScenarioValues } from '../scenario.ts';
import { describeIssue } from './issue-figures.ts';
import { type JobsPlace, playOrders } from './issue-orders.ts';

/**
 * From payment to ticket: how many tickets one worker signs and draws, and how long a buyer waits
 * for them when orders are paid at a steady rate through a whole node.
 */
export const issue: Scenario = {
  summary: 'tickets signed and drawn by one worker, and the time from payment to ticket',
  options: {
    orders: { value: 'N', standard: '400', help: 'orders of 1 to 4 tickets in each batch' },
    rounds: { value: 'N', standard: '3', help: 'rounds of the batches; figures are medians' },
    rate: { value: 'N', standard: '20', help: 'orders a second through the whole node' },
    seconds: { value: 'S', standard: '15', help: 'for so long' },
    queues: { value: 'NAME', help: 'rabbitmq or database; unset: RabbitMQ when it answers' },
  },
  run,
};

async function run(values: ScenarioValues, context: ScenarioContext): Promise<Outcome> {
  const number = (name: string, min: number, max: number) =>
    numberOf(String(values[name]), name, min, max);
  const [count, rounds] = [number('orders', 1, 10_000), number('rounds', 1, 100)];
  const settings = { perSecond: number('rate', 1, 1_000), seconds: number('seconds', 1, 60) };
  const place = placeOf(values, context);
  const batches: Issued[] = [];
  for (let round = 0; round < rounds; round += 1) {
    context.progress.show(`signing and drawing (${round + 1} of ${rounds}) …`);
    batches.push(await issueOnce(count, round + 1, context));
  }
  const orders = await playOrders({ ...settings, place }, context);
  return {
    settings: { batchOrders: count, rounds, ...settings, jobs: `in ${place.inWords}` },
    ...describeIssue(batches, orders),
  };
}

function placeOf({ queues, embedded }: ScenarioValues, { ground }: ScenarioContext): JobsPlace {
  const asked = queuePlaceOf(queues);
  const { rabbitmqUrl } = ground;
  if (asked === 'database' || embedded === true || (!asked && rabbitmqUrl === undefined)) {
    return { rabbitmqUrl: undefined, inWords: 'the database' };
  }
  if (rabbitmqUrl === undefined)
    throw new UsageError('RabbitMQ does not answer: npm run services.');
  return { rabbitmqUrl, inWords: 'RabbitMQ' };
}

/** In a process of its own, so that nothing is warm that is not in a worker that starts. */
async function issueOnce(
  orders: number,
  seed: number,
  { ground }: ScenarioContext,
): Promise<Issued> {
  const program = new Program<ToIssuer, FromIssuer>({
    name: 'issuing worker',
    module: new URL('../issue/program', import.meta.url),
    environment: {
      DATABASE_URL: ground.databaseUrl ?? '',
      CLUSTER_PREFIX: ground.prefix,
      DATA_DIRECTORY: ground.dataDirectory,
    },
    flags: await startFlags(),
  });
  try {
    await program.next('ready');
    program.send({ type: 'issue', orders, seed });
    return (await program.next('issued')).issued;
  } finally {
    await program.stop();
  }
}
