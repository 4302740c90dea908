import { setTimeout as pause } from 'node:timers/promises';
import { deliveriesMax } from '../../../src/ports/jobs.ts';
import { comesTrue } from '../comes-true.ts';
import type { FaultNode } from '../fault-node.ts';
import { deadJobs, decide } from '../orders/dead-jobs.ts';
import type { OrderStage } from '../orders/order-stage.ts';
import type { PlanKind } from '../orders/plans.ts';
import { stateOf } from '../process-state.ts';
import { onOrderStage, type Scenario } from '../scenario.ts';

const awayMs = 5_000;
/** What was on its way has arrived. */
const settledMs = 500;
const backWithinMs = 60_000;
/** So that whoever checks out while the broker is away can pay when it is back. */
const payMs = 40_000;
const memoryUsual = '0.1';
const diesWithinMs = 90_000;
/** Of so many somebody pays as everybody does. */
const somebodyPays = 20;
const paying: ReadonlySet<PlanKind> = new Set(['pays', 'pays_by_card', 'pays_too_much']);

export const f42: Scenario = {
  id: 'F42',
  title: 'RabbitMQ is killed, short of memory, and cut off, while people buy',
  play: (ground, { orders }) =>
    onOrderStage(ground, 'F42', { orders, queues: 'rabbitmq', payMs }, async (stage) => {
      const broker = await ground.rabbitmq();
      const some = orders / 5;
      await stage.shoppers.buy(some);
      const selling = [
        await whileAway(stage, some, 'killed', async () => {
          const { pid } = broker;
          await broker.kill();
          stage.prove(`RabbitMQ ${pid} is gone`, (await stateOf(pid)) === undefined);
          await pause(awayMs);
          await broker.start();
        }),
        await whileAway(stage, some, 'short of memory', async () => {
          await broker.control('set_vm_memory_high_watermark', 'absolute', '1MB');
          const isBlocked = await comesTrue(() => isDown(stage), backWithinMs);
          stage.prove('it blocks who publishes', isBlocked);
          await pause(awayMs);
          await broker.control('set_vm_memory_high_watermark', memoryUsual);
        }),
        await whileAway(stage, some, 'cut off', () => cutOff(stage)),
      ];
      await Promise.all([...selling.map(({ done }) => done), stage.shoppers.buy()]);
      stage.expect('every buyer did as planned', stage.shoppers.troubles.length === 0);
    }),
};

/** What buyers notice of it: nothing. Resolves when it is over, with those who still buy. */
async function whileAway(
  stage: OrderStage,
  orders: number,
  how: string,
  fault: () => Promise<void>,
): Promise<{ readonly done: Promise<void> }> {
  const { bought } = stage.shoppers;
  const before = bought.length;
  const begun = fault();
  const done = stage.shoppers.buy(orders);
  await begun;
  const meanwhile = bought.slice(before);
  stage.measured(`reservation and checkout, ${how}`, ...meanwhile.map(({ ms }) => ms));
  stage.prove(`${meanwhile.length} orders were checked out with it ${how}`, meanwhile.length > 0);
  const isBack = await comesTrue(async () => !(await isDown(stage)), backWithinMs);
  stage.expect(`the workers find it again once it was ${how}`, isBack);
  return { done };
}

async function cutOff(stage: OrderStage): Promise<void> {
  const ways = stage.workers.map((worker) => worker.way('RABBITMQ_URL'));
  const jobs = () => stage.metric('ingressou_jobs_published_total');
  for (const way of ways) way.partition();
  await pause(settledMs);
  const before = await jobs();
  await pause(awayMs);
  const published = (await jobs()) - before;
  for (const way of ways) way.heal();
  stage.prove(`${published} jobs were confirmed by it in ${awayMs / 1000} s`, published === 0);
}

async function isDown(stage: OrderStage): Promise<boolean> {
  return (await stage.metric('ingressou_broker_up')) < stage.workers.length;
}

export const f43: Scenario = {
  id: 'F43',
  title: 'jobs that nobody can read, that are for nobody, and one that kills its workers',
  play: (ground, { orders }) =>
    onOrderStage(ground, 'F43', { orders, queues: 'rabbitmq' }, async (stage) => {
      await stage.shoppers.buy(orders / 10);
      for (const [index, { kind, body }] of hopeless.entries()) {
        await stage.tap.send(kind, `hopeless-${index}`, body);
      }
      const deadly = await killers(stage);
      await stage.shoppers.buy();

      const areDead = async () => (await deadJobs(stage.operator)).length >= hopeless.length + 1;
      stage.expect('they all die', await comesTrue(areDead, diesWithinMs, 1_000));
      const dead = await deadJobs(stage.operator);
      for (const { kind, reason } of dead) stage.note(`dead, of ${kind}: ${reason}`);
      stage.prove(`${dead.length} jobs are dead, each with its reason`, dead.length > 0);
      // Others that were each time in the same worker may have died with the one that kills.
      const killed = dead.filter(({ reason }) => reason.includes('delivery_limit'));
      const again = killed.map(({ id }) => id);
      stage.prove(`one of them killed ${deliveriesMax + 1} workers`, again.includes(deadly));
      const replayed = await decide(stage.operator, 'replay', again);
      stage.expect('all that workers died of are replayed', replayed === again.length);
      const others = dead.filter((each) => !killed.includes(each)).map(({ id }) => id);
      const dropped = await decide(stage.operator, 'drop', others);
      stage.prove(
        `an operator replayed ${replayed} and dropped ${dropped}`,
        dropped === hopeless.length,
      );
    }),
};

/** What no version of this program has written. */
const hopeless = [
  { kind: 'ticket.issue', body: Buffer.from([0xff, 0x00, 0x7b]) },
  { kind: 'payment.refund', body: { id: 'hopeless-1', kind: 'payment.refund', body: {} } },
  { kind: 'notification.email', body: { id: 'hopeless-2', kind: 'ticket.issue', body: {} } },
] as const;

/** Whoever mails this order's tickets dies of it, as often as the broker hands it out. */
async function killers(stage: OrderStage): Promise<string> {
  const { bought } = stage.shoppers;
  const before = bought.length;
  const plain = () => bought.slice(before).find(({ plan }) => paying.has(plan.kind));
  // Nobody mails anything until it is known what kills.
  for (const worker of stage.workers) worker.way('SMTP_URL').partition();
  const selling = stage.shoppers.buy(somebodyPays);
  await comesTrue(() => plain() !== undefined, diesWithinMs);
  const { order, show } = plain()!;
  const text = `${order}@example.com`;
  for (const worker of stage.workers) worker.way('SMTP_URL').heal();
  const way = (worker: FaultNode) => worker.way('SMTP_URL');
  const killing = stage.killEach({ way, text, cut: 'request' });
  const isDead = await killing.reaches(deliveriesMax + 1, diesWithinMs);
  stage.expect(`the job kills ${deliveriesMax + 1} times`, isDead);
  await killing.end();
  await selling;
  return `notification.email:${show.event}:1:tickets_ready:${order}`;
}
