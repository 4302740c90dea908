import type { EventId, LotId, OrderId } from '@ingressou/protocol';
import { freePort } from '../../../scripts/free-port.ts';
import { DatabaseJournal } from '../../../src/store/journal.ts';
import { Random } from '../../../test/simulation/random.ts';
import { launch, type Server } from '../contestants/contestant.ts';
import { noteMails, type OrderTimes, readTimes } from '../issue/order-times.ts';
import { ticketsMax } from '../issue/paid-orders.ts';
import { pause } from '../load/counter.ts';
import { launchGenerator } from '../load/launch.ts';
import type { OrderLoad, OrderResult } from '../load/plan.ts';
import { openPlace, type Recount, recountIn } from '../recount.ts';
import type { ScenarioContext } from '../scenario.ts';
import { type Usage, UsageMeter } from '../usage.ts';
import { arrivalTimes } from './curves.ts';

/** Where the jobs of the whole node are. */
export interface JobsPlace {
  readonly rabbitmqUrl: string | undefined;
  readonly inWords: string;
}

export interface OrdersSettings {
  readonly perSecond: number;
  readonly seconds: number;
  readonly place: JobsPlace;
}

/** Orders that went all the way through one node. */
export interface PlayedOrders {
  readonly result: OrderResult;
  readonly times: ReadonlyMap<OrderId, OrderTimes>;
  readonly usage: Usage;
  readonly history: Recount;
}

const buyers = 50;
const lotQuantity = 100_000;
/** Orders before those that count: code is compiled, threads and connections are there. */
const warmUpOrders = 10;
const leadMs = 1_000;
const lastMs = 30_000;
const lookMs = 100;

/** A whole node with a provider that is paid at once; what it did is read from its journal. */
export async function playOrders(
  settings: OrdersSettings,
  { ground, progress }: ScenarioContext,
): Promise<PlayedOrders> {
  progress.show('a whole node starts …');
  const server = await launch('durable', ground, { environment: await wholeNode(settings.place) });
  const generator = launchGenerator(progress);
  try {
    const { event, lots } = await server.createShow([lotQuantity]);
    await server.openSale(event);
    const lot = lots[0]!;
    await warmUp(server, progress, event, lot);
    const { port, tokenKeyFile } = server;
    const load = loadOf(event, lot, settings);
    await generator.connect({ port, tokenKeyFile, sockets: buyers, load });
    progress.show(`${settings.perSecond} orders a second for ${settings.seconds} s …`);
    const meter = await UsageMeter.begin(server);
    const result = await generator.runOrders(Date.now() + leadMs);
    await mailsLeft(port, warmUpOrders + result.orders.length);
    const usage = await meter.end();
    await server.kill();
    return { result, usage, ...(await readBack(event, result, ground)) };
  } finally {
    await generator.stop();
    await server.kill();
  }
}

async function wholeNode({ rabbitmqUrl }: JobsPlace): Promise<Readonly<Record<string, string>>> {
  return {
    ROLES: 'gateway,actors,workers',
    RABBITMQ_URL: rabbitmqUrl ?? '',
    SIMULATOR_PORT: String(await freePort()),
    SIMULATOR_PAY_SECONDS: '0.001',
  };
}

async function warmUp(
  { port, tokenKeyFile }: Server,
  progress: ScenarioContext['progress'],
  event: EventId,
  lot: LotId,
): Promise<void> {
  const generator = launchGenerator(progress);
  try {
    const load = loadOf(event, lot, { perSecond: warmUpOrders, seconds: 1 });
    await generator.connect({ port, tokenKeyFile, sockets: buyers, load });
    await generator.runOrders(Date.now());
    await mailsLeft(port, warmUpOrders);
  } finally {
    await generator.stop();
  }
}

function loadOf(
  event: EventId,
  lot: LotId,
  { perSecond, seconds }: Pick<OrdersSettings, 'perSecond' | 'seconds'>,
): OrderLoad {
  const random = new Random(1, 'issue');
  const times = arrivalTimes(Array<number>(seconds).fill(perSecond), random.fork('times'));
  const arrivals = times.map((atMs) => ({
    atMs,
    buyer: random.between(0, buyers - 1),
    items: [{ lot, quantity: random.between(1, ticketsMax) }],
  }));
  return { kind: 'orders', event, arrivals, lastMs };
}

/** Waits until so many mails have left, or for too long: then the figures say so. */
async function mailsLeft(port: number, wanted: number): Promise<void> {
  const giveUpAt = performance.now() + lastMs;
  while (performance.now() < giveUpAt) {
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const [, count = '0'] = MAILS_PATTERN.exec(metrics) ?? [];
    if (Number(count) >= wanted) return;
    await pause(lookMs);
  }
}

const MAILS_PATTERN = /job_seconds_count\{kind="notification\.email"\} (\d+)/;

async function readBack(
  event: EventId,
  { orders }: OrderResult,
  ground: ScenarioContext['ground'],
): Promise<Pick<PlayedOrders, 'times' | 'history'>> {
  const place = await openPlace(ground);
  try {
    const journal = new DatabaseJournal(place);
    const all = await readTimes(journal, event);
    await noteMails(all, place.database, event);
    const times = new Map(orders.map((order) => [order, all.get(order) ?? {}]));
    return { times, history: await recountIn(journal, event) };
  } finally {
    await place.close();
  }
}
