import type { JobKind } from '../../../src/ports/jobs.ts';
import { launch, type Server } from '../contestants/contestant.ts';
import { pause } from '../load/counter.ts';
import type { QueuePlace, Told } from '../queues/messages.ts';
import { launchWorkers, type SlowWorkers } from '../queues/slow-workers.ts';
import { type Check, countsText } from '../report.ts';
import type { ScenarioContext } from '../scenario.ts';
import { besideWorkers, type SlowWorkersSettings } from './slow-workers-run.ts';

/** A phase with room in the queues of notifications, or with none. */
export interface Phase {
  readonly side: 'room' | 'full';
  /** What the queues of notifications held when it began. */
  readonly held: number;
  readonly told: Told;
}

const pairs = 3;
/** Orders that are made and payments that are asked about, each so many in a second. */
export const payments = 200;
const perSecond = 40;
/** A queue that is soon full, and longer than all payments of a phase. */
export const shortQueue = 1_000;
const notifications: readonly JobKind[] = ['notification.email', 'notification.whatsapp'];
const lastMs = 15_000;
const lookMs = 100;

/**
 * Orders are made, and payments asked about, while the notifications can be published and while
 * their queues are full. Every phase has workers and a show of its own.
 */
export async function playFullQueue(
  place: QueuePlace,
  settings: Pick<SlowWorkersSettings, 'slowMs'>,
  { ground, progress }: ScenarioContext,
): Promise<readonly Phase[]> {
  const server = await launch('durable', ground, { environment: besideWorkers });
  const phases: Phase[] = [];
  try {
    for (let pair = 0; pair < pairs; pair += 1) {
      const sides = ['room', 'full'] as const;
      for (const side of pair % 2 === 0 ? sides : sides.toReversed()) {
        progress.show(`payments, ${sidesInWords[side]} (${pair + 1} of ${pairs}) …`);
        const workers = await launchWorkers(ground, place, shortQueue);
        try {
          phases.push(await playPhase(side, server, workers, settings.slowMs));
        } finally {
          await workers.kill();
        }
      }
    }
  } finally {
    await server.kill();
  }
  return phases;
}

export const sidesInWords: Readonly<Record<Phase['side'], string>> = {
  room: 'notifications have room',
  full: 'notifications are full',
};

async function playPhase(
  side: Phase['side'],
  server: Server,
  workers: SlowWorkers,
  slowMs: number,
): Promise<Phase> {
  const held = side === 'full' ? await workers.fillUp(notifications) : 0;
  await workers.work({ slow: side === 'full' ? notifications : [], slowMs });
  const { event, lots } = await server.createShow([payments]);
  await server.openSale(event);
  await Promise.all([
    server.refuseOrders({ event, lot: lots[0]!, orders: payments, perSecond }),
    workers.askPayments(payments, perSecond),
  ]);
  return { side, held, told: await settled(workers) };
}

/** What is told when every payment has come, or it is too late. */
async function settled(workers: SlowWorkers): Promise<Told> {
  const giveUpAt = performance.now() + lastMs;
  for (;;) {
    const told = await workers.tell();
    if (haveCome(told) || performance.now() > giveUpAt) return told;
    await pause(lookMs);
  }
}

/** Payments to make, to cancel, and to look at. */
const paymentKinds = ['payment.create', 'payment.cancel', 'payment.check'] as const;

function haveCome({ taken }: Told): boolean {
  return paymentKinds.every((kind) => (taken[kind] ?? 0) >= payments);
}

export function fullQueueChecks(phases: readonly Phase[]): Check[] {
  return phases.map(({ side, held, told }) => {
    const { 'relay.notification': refused = 0, ...others } = told.refused;
    const isAsMeant = side === 'full' ? refused > 0 && held >= shortQueue : refused === 0;
    const counts = paymentKinds.map((kind) => `${told.taken[kind] ?? 0} ${kind}`);
    return {
      what: `${sidesInWords[side]}: every payment comes, and only notifications are held up`,
      isKept: haveCome(told) && isAsMeant && Object.keys(others).length === 0,
      found: `${counts.join(', ')}, notifications refused ${refused} times${countsText(others)}`,
    };
  });
}
