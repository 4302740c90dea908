import { randomBytes } from 'node:crypto';
import { type NodeId, uuid7 } from '@ingressou/protocol';
import { systemClock } from '../../../src/clock.ts';
import { HeldTenure } from '../../../src/cluster/tenure.ts';
import { readConfig } from '../../../src/config.ts';
import { openStore } from '../../../src/node-store.ts';
import { atOnce } from '../../../src/node-workers.ts';
import { type Delivery, jobKinds } from '../../../src/ports/jobs.ts';
import { Follow } from '../../../src/workers/follow/follow.ts';
import { Projector } from '../../../src/workers/projector/projector.ts';
import { relaysTo } from '../../../src/workers/relay/relay.ts';
import { cpuMs } from '../contestants/messages.ts';
import { pause } from '../load/counter.ts';
import { ProgramError, serveParent } from '../program.ts';
import type { FromWorkers, ToWorkers } from './messages.ts';
import { openQueues } from './open-queues.ts';
import { askPayments, fill, fillUp, waitingIn } from './tasks.ts';
import { WorkersTally } from './workers-tally.ts';

/**
 * The workers of a node in a process of their own: relay and projector are those of production and
 * so are the queues, but the jobs do nothing, and as slowly as they are told to.
 */
type OpenWorkers = Awaited<ReturnType<typeof open>>;

let opened: OpenWorkers | undefined;

serveParent<ToWorkers, FromWorkers>(async (message, { tell }) => {
  if (message.type === 'open') {
    opened = await open(message);
    return tell({ type: 'open' });
  }
  if (message.type === 'read_cpu') return tell({ type: 'cpu', ms: cpuMs() });
  if (opened === undefined) throw new ProgramError('The workers are not open.');
  tell(await answer(message, opened));
});

type Question = Exclude<ToWorkers, { readonly type: 'open' | 'read_cpu' }>;

async function answer(message: Question, workers: OpenWorkers): Promise<FromWorkers> {
  const { queues, tally } = workers;
  switch (message.type) {
    case 'fill':
      return { type: 'filled', waiting: await fill(queues, message.tasks) };
    case 'fill_up':
      return { type: 'filled', waiting: await fillUp(queues, message.kinds) };
    case 'work':
      await work(workers, message);
      return { type: 'working' };
    case 'ask_payments':
      await askPayments(queues, message.jobs, message.perSecond);
      return { type: 'asked' };
    case 'tell':
      return { type: 'told', told: tally.told(await waitingIn(queues)) };
  }
}

async function open({ place, waitingMax }: Extract<ToWorkers, { type: 'open' }>) {
  const config = { ...readConfig(), rabbitmqUrl: undefined };
  const node = uuid7<NodeId>(Date.now(), randomBytes(16));
  const tally = new WorkersTally();
  const { telemetry } = tally;
  const store = await openStore(config, node, telemetry);
  const tenure = new HeldTenure({
    leases: store.leases,
    clock: systemClock,
    telemetry,
    node,
    name: 'bench workers',
    hasActors: false,
  });
  await tenure.begin();
  const queues = await openQueues(place, { node, telemetry, waitingMax });
  return { store, node, clock: tenure.clock, queues, tally };
}

async function work(
  { store, node, clock, queues, tally }: OpenWorkers,
  { slow, slowMs }: Extract<ToWorkers, { type: 'work' }>,
): Promise<void> {
  const { telemetry } = tally;
  for (const kind of jobKinds) {
    const ms = slow.includes(kind) ? slowMs : 0;
    queues.consume(kind, atOnce[kind] ?? 1, async (job: Delivery) => {
      tally.take(job);
      if (ms > 0) await pause(ms);
    });
  }
  const quick = jobKinds.filter((kind) => !slow.includes(kind));
  await until(async () => (await waitingIn(queues, quick)) === 0);
  const works = [...relaysTo(queues), new Projector(store.readModels)];
  new Follow({ ...store, clock, telemetry, node, works }).start();
  const names = works.map(({ name }) => name);
  await until(async () => (await store.followers.behind(names, node, 1)).length === 0);
  tally.begin();
}

/** Waits a while: whoever follows for a full queue, for one, is behind for good. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while (performance.now() < giveUpAt && !(await isSo())) await pause(lookMs);
}

const lookMs = 100;
const patienceMs = 5_000;
