import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../../../src/payments/simulator/faults.ts';
import type { FaultNode } from '../fault-node.ts';
import { onOrderStage, type Scenario } from '../scenario.ts';

const awayMs = 10_000;
const payMs = 30_000;
/** Longer than a call waits for its answer. */
const slowMs = 12_000;
const slowTimes = 3;
const operations = ['create', 'read', 'list', 'capture', 'refund'] as const;

/** Of each operation: what it did is told wrongly, late, or not at all. */
const faults: readonly Fault[] = operations.flatMap((operation): Fault[] => [
  { operation, share: 0.08, answer: 'error' },
  { operation, share: 0.06, answer: 'error', acts: true },
  { operation, share: 0.06, answer: 'garbage' },
  { operation, share: 0.06, answer: 'reset' },
  { operation, share: 0.02, answer: 'busy' },
  { operation, share: 0.05, times: slowTimes, answer: 'silence' },
  { operation, share: 0.05, times: slowTimes, delayMs: slowMs },
]);

export const f47: Scenario = {
  id: 'F47',
  title: 'the provider answers 500, garbage, late, not at all, and is away for 10 s',
  play: (ground, { orders }) =>
    onOrderStage(ground, 'F47', { orders, queues: 'rabbitmq', payMs, faults }, async (stage) => {
      const selling = [stage.shoppers.buy(orders / 3)];
      await selling[0];
      await stage.provider.clear();
      for (const operation of operations) {
        await stage.provider.orderFault({ operation, answer: 'error' });
      }
      selling.push(stage.shoppers.buy(orders / 3));
      await pause(awayMs);
      await stage.provider.clear();
      for (const fault of faults) await stage.provider.orderFault(fault);
      await Promise.all([...selling, stage.shoppers.buy()]);
      await pause(awayMs);
      await stage.provider.clear();
      const calls = (outcome: string) =>
        stage.metric('ingressou_provider_seconds_count', `outcome="${outcome}"`);
      const [answered, unavailable] = [await calls('answered'), await calls('unavailable')];
      stage.prove(
        `${unavailable} calls had no answer after all their attempts, ${answered} had one`,
        unavailable > 0,
      );
    }),
};

export const f56: Scenario = {
  id: 'F56',
  title: 'the mail server and the store of files are away for 10 s',
  play: (ground, { orders }) =>
    onOrderStage(ground, 'F56', { orders, queues: 'database' }, async (stage) => {
      const selling: Promise<void>[] = [];
      for (const name of ['SMTP_URL', 'S3_URL']) {
        selling.push(stage.shoppers.buy(orders / 3));
        const refused = await away(stage.workers, name);
        stage.prove(`${refused} connections to ${name} were refused`, refused > 0);
      }
      await Promise.all([...selling, stage.shoppers.buy()]);
    }),
};

async function away(workers: readonly FaultNode[], name: string): Promise<number> {
  const ways = workers.map((worker) => worker.way(name));
  const before = ways.map(({ counts }) => counts.refused);
  const targets = ways.map((way) => way.retarget([]));
  for (const way of ways) way.reset();
  await pause(awayMs);
  for (const [index, way] of ways.entries()) way.retarget(targets[index]!);
  return ways.reduce((sum, { counts }, index) => sum + counts.refused - before[index]!, 0);
}
