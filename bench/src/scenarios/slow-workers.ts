import type { EventId, LotId } from '@ingressou/protocol';
import { UsageError } from '../../../scripts/command.ts';
import { jobKinds } from '../../../src/ports/jobs.ts';
import { poolSizes } from '../../../src/store/pg.ts';
import { Random } from '../../../test/simulation/random.ts';
import { launch, raisedLimits, type Server } from '../contestants/contestant.ts';
import { launchGenerator } from '../load/launch.ts';
import type { Plan } from '../load/plan.ts';
import { type QueuePlace, queuePlaces } from '../queues/messages.ts';
import { launchWorkers, type SlowWorkers } from '../queues/slow-workers.ts';
import { recount } from '../recount.ts';
import { type Outcome, shortNumber } from '../report.ts';
import type { ScenarioContext } from '../scenario.ts';
import { UsageMeter } from '../usage.ts';
import { arrivalTimes } from './curves.ts';
import { fullQueueChecks, playFullQueue } from './full-queue.ts';
import { describeFullQueue } from './full-queue-figures.ts';
import { lotQuantity } from './reserve-round.ts';
import { describeSlowWorkers, runChecks } from './slow-workers-figures.ts';
import { besideWorkers, type SlowRun, type SlowWorkersSettings } from './slow-workers-run.ts';

const leadMs = 1_000;
const settleMs = 1_000;

/**
 * What reservations feel of workers that are slow. Two claims: reservations in an open loop are as
 * quick beside a process whose jobs take seconds, with thousands of them waiting, as without it;
 * and a full queue of notifications holds up no payment.
 */
export async function runSlowWorkers(
  settings: SlowWorkersSettings,
  context: ScenarioContext,
): Promise<Outcome> {
  const place = placeOf(settings, context);
  const fullQueue = await playFullQueue(place, settings, context);
  const runs: SlowRun[] = [];
  for (let pair = 0; pair < settings.pairs; pair += 1) {
    const sides = ['alone', 'slow'] as const;
    // Whoever comes first in one pair comes last in the next: a drift of the machine hits both.
    for (const side of pair % 2 === 0 ? sides : sides.toReversed()) {
      const run = await play(side, pair, place, settings, context);
      context.progress.say(`pair ${pair + 1} of ${settings.pairs}: ${inWords(run)}`);
      runs.push(run);
    }
  }
  const described = describeSlowWorkers(runs, settings.tasks);
  const full = describeFullQueue(fullQueue);
  return {
    settings: settingsSaid(place, settings),
    figures: { runs: described.figures, fullQueue: full.figures },
    ratios: { ...described.ratios, ...full.ratios },
    table: described.table,
    notes: [...described.notes, ...full.notes, ''],
    checks: [...runs.flatMap((run) => runChecks(run, settings)), ...fullQueueChecks(fullQueue)],
  };
}

function placeOf({ place }: SlowWorkersSettings, { ground }: ScenarioContext): QueuePlace {
  if (ground.databaseUrl === undefined) {
    throw new UsageError('Workers in a process of their own need PostgreSQL: npm run services.');
  }
  if (place === 'rabbitmq' && ground.rabbitmqUrl === undefined) {
    throw new UsageError('RabbitMQ does not answer: npm run services tells why.');
  }
  return place ?? (ground.rabbitmqUrl === undefined ? 'database' : 'rabbitmq');
}

function settingsSaid(place: QueuePlace, settings: SlowWorkersSettings): Outcome['settings'] {
  const { place: _, ...others } = settings;
  const pools = Object.entries(poolSizes).map(([name, size]) => `${size} ${name}`);
  return {
    ...others,
    jobs: `in ${queuePlaces[place]}`,
    connections: `${pools.join(' + ')} of the server and of the workers each`,
    lotQuantity,
    ...raisedLimits,
  };
}

/** A server is started anew, and so are the workers; both are killed and the history counted. */
async function play(
  side: SlowRun['side'],
  pair: number,
  place: QueuePlace,
  settings: SlowWorkersSettings,
  { ground, progress }: ScenarioContext,
): Promise<SlowRun> {
  progress.show(`${side}: starting …`);
  const server = await launch('durable', ground, { environment: besideWorkers });
  const generator = launchGenerator(progress);
  let workers: SlowWorkers | undefined;
  try {
    const { event, lots } = await server.createShow([lotQuantity]);
    await server.openSale(event);
    const load = loadOf(event, lots[0]!, pair, settings);
    const { port, tokenKeyFile } = server;
    await generator.connect({ port, tokenKeyFile, sockets: settings.sessions, load });
    workers = side === 'slow' ? await launchWorkers(ground, place) : undefined;
    const waiting = workers === undefined ? 0 : await begin(workers, settings);
    progress.show(`${side}: ${settings.perSecond} reservations a second …`);
    const meter = await UsageMeter.begin(bothOf(server, workers));
    const result = await generator.runOpen(Date.now() + leadMs);
    const usage = await meter.end();
    const told = await workers?.tell();
    await workers?.kill();
    await server.kill();
    const history = await recount(ground, event);
    return { side, pair, result, usage, history, workers: told && { waiting, told } };
  } finally {
    await generator.stop();
    await workers?.kill();
    await server.kill();
  }
}

function loadOf(
  event: EventId,
  lot: LotId,
  pair: number,
  settings: SlowWorkersSettings,
): Extract<Plan['load'], { readonly kind: 'open' }> {
  const { perSecond, warmUpSeconds, seconds, sessions } = settings;
  // The same people at the same times on both sides of a pair.
  const random = new Random(pair + 1, 'slow-workers');
  const curve = Array<number>(warmUpSeconds + seconds).fill(perSecond);
  const arrivals = arrivalTimes(curve, random.fork('times')).map((atMs) => ({
    atMs,
    buyer: random.between(0, sessions - 1),
    items: [{ lot, quantity: 1 }],
  }));
  return {
    kind: 'open',
    event,
    watchers: 1,
    arrivals,
    measuredFromMs: warmUpSeconds * 1000,
    settleMs,
  };
}

async function begin(workers: SlowWorkers, settings: SlowWorkersSettings): Promise<number> {
  const waiting = await workers.fill(settings.tasks);
  await workers.work({ slow: jobKinds, slowMs: settings.slowMs });
  return waiting;
}

function bothOf(server: Server, workers: SlowWorkers | undefined): Pick<Server, 'cpuMs'> {
  return {
    cpuMs: async () => ({
      ...(await server.cpuMs()),
      ...(workers === undefined ? {} : { workers: await workers.cpuMs() }),
    }),
  };
}

function inWords({ side, result: { latency } }: SlowRun): string {
  const [p50, p99] = [latency.p50, latency.p99].map(shortNumber);
  return `${side === 'alone' ? 'alone' : 'beside slow workers'}, p50 ${p50} p99 ${p99} ms`;
}
