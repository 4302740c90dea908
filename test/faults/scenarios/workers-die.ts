import type { FaultNode } from '../fault-node.ts';
import type { Moment } from '../orders/killing.ts';
import type { OrderStage } from '../orders/order-stage.ts';
import { onOrderStage, type Scenario } from '../scenario.ts';

/** How often the relaying worker dies. */
const deaths = 5;
const diesWithinMs = 60_000;

export const f9: Scenario = {
  id: 'F9',
  title: 'kill -9 of the relaying worker between the confirm of the broker and its place moving',
  play: (ground, { orders }) =>
    onOrderStage(ground, 'F9', { orders, queues: 'rabbitmq' }, async (stage) => {
      const moments = Array.from({ length: deaths }, () => relaying);
      await dieAt(stage, orders, moments);
      const { twice } = stage.tap;
      stage.prove(`${twice} jobs were published again under their ids`, twice > 0);
    }),
};

export const f10: Scenario = {
  id: 'F10',
  title: 'kill -9 of a worker between its call and the acknowledgement of its job',
  play: (ground, { orders }) =>
    onOrderStage(ground, 'F10', { orders, queues: 'rabbitmq' }, async (stage) => {
      await dieAt(stage, orders, calls);
    }),
};

interface NamedMoment extends Moment {
  /** In words. */
  readonly what: string;
}

const toProvider = (worker: FaultNode) => worker.way('PAGARME_URL');
const toDatabase = (worker: FaultNode) => worker.toDatabase;

const relaying: NamedMoment = {
  what: 'its place moved',
  way: toDatabase,
  text: 'follower_advance',
  cut: 'request',
};
const making: NamedMoment = {
  what: 'a charge was made',
  way: toProvider,
  text: 'POST /core/v5/orders',
  cut: 'reply',
};
const givingBack: NamedMoment = {
  what: 'money went back',
  way: toProvider,
  text: 'DELETE /core/v5/charges/',
  cut: 'reply',
};
const signing: NamedMoment = {
  what: 'codes were kept',
  way: toDatabase,
  text: 'ticket_code_insert',
  cut: 'reply',
};
const mailing: NamedMoment = {
  what: 'a mail left',
  way: (worker) => worker.way('SMTP_URL'),
  text: '\r\n.\r\n',
  cut: 'reply',
};
const calls = [
  making,
  givingBack,
  signing,
  making,
  mailing,
  givingBack,
  { ...signing, what: 'codes were to be kept', cut: 'request' },
  making,
] as const;

/** While people buy, somebody dies in each of these moments and is started again. */
async function dieAt(
  stage: OrderStage,
  orders: number,
  moments: readonly NamedMoment[],
): Promise<void> {
  const some = orders / (moments.length + 1);
  const selling: Promise<void>[] = [];
  for (const moment of moments) {
    const killing = stage.killEach(moment);
    selling.push(stage.shoppers.buy(some));
    await killing.reaches(1, diesWithinMs);
    await killing.end();
    const { dead } = killing;
    stage.prove(`killed when ${moment.what}: ${dead.join(', ')}`, dead.length > 0);
  }
  await Promise.all([...selling, stage.shoppers.buy()]);
}
