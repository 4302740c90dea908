import type { OrderStage } from '../orders/order-stage.ts';
import { onOrderStage, type Scenario } from '../scenario.ts';

const shuffleMs = 3_000;
/** Webhooks are there long before. */
const answerLateMs = 1_500;
/** Between what a worker has read and what it does about it, on average. */
const wayMs = 150;

export const f44: Scenario = {
  id: 'F44',
  title: 'every webhook and every job comes three times, in any order',
  play: (ground, { orders }) => {
    const habit = { hookCopies: 3, shuffleMs };
    return onOrderStage(ground, 'F44', { orders, queues: 'rabbitmq', habit }, async (stage) => {
      const dice = stage.random.fork('copies');
      const later = () => dice.fraction() * shuffleMs;
      stage.tap.repeat(() => [later(), later()]);
      await stage.shoppers.buy();
      const known = await received(stage, '"known"');
      stage.prove(`${known} webhooks had come before`, known > 0);
      stage.prove(`${stage.tap.copies} jobs were sent again`, stage.tap.copies > 0);
    });
  },
};

export const f45: Scenario = {
  id: 'F45',
  title: 'webhooks before the answer they follow; paid when it was cancelled, and when it was over',
  play: (ground, { orders }) => {
    const spec = {
      orders,
      queues: 'database',
      habit: { payAfterMs: 0 },
      faults: [{ operation: 'create', delayMs: answerLateMs }],
      emphasis: { cancels_and_pays: 4, pays_after_the_end: 2, pays_late: 2 },
    } as const;
    return onOrderStage(ground, 'F45', spec, async (stage) => {
      for (const worker of stage.workers) {
        worker.way('PAGARME_URL').delay('up', wayMs / 2, wayMs);
      }
      await stage.shoppers.buy();
      stage.afterwards(async () => {
        const { stories } = await stage.evidence();
        const all = [...stories.orders.values()];
        const early = all.filter(({ checkedOutAt, begun, paid }) =>
          [...begun, ...paid].some(({ at }) => at < checkedOutAt + answerLateMs),
        );
        stage.prove(`${early.length} webhooks came before the answer`, early.length > 0);
        const late = stories.refunds.filter(({ due }) => due.why === 'late').map(({ due }) => due);
        const statusOf = (order: string) => stories.orders.get(order)?.status;
        const cancelled = late.filter(({ order }) => statusOf(order) === 'cancelled').length;
        stage.prove(`${cancelled} were paid when they were cancelled`, cancelled > 0);
        const revived = all.filter(({ paid }) => paid.some(({ fact }) => fact.isLate)).length;
        const over = late.length - cancelled + revived;
        stage.prove(`${over} were paid when they were over, ${revived} still sold`, over > 0);
      });
    });
  },
};

export const f46: Scenario = {
  id: 'F46',
  title: 'no webhook ever comes',
  play: (ground, { orders }) => {
    const habit = { dropsHooks: true };
    return onOrderStage(ground, 'F46', { orders, queues: 'database', habit }, async (stage) => {
      await stage.shoppers.buy();
      stage.afterwards(async () => {
        const [row] = await stage.view.query<{ count: string }>('select count(*) from webhook');
        const asked = await stage.metric('ingressou_provider_seconds_count', '"find orders"');
        stage.prove(
          `${row?.count} webhooks came, and the provider was asked ${asked} times`,
          row?.count === '0' && asked > 0,
        );
      });
    });
  },
};

function received(stage: OrderStage, outcome: string): Promise<number> {
  return stage.front.metric('ingressou_webhooks_received_total', outcome);
}
