import type { EventId, OrderId, RejectionReason } from '@ingressou/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Command } from '../../src/domain/commands.ts';
import type { Answer } from '../../src/ports/commands.ts';
import { RetryError } from '../../src/ports/jobs.ts';
import type { ProviderCharge, ProviderOrder } from '../../src/ports/payments.ts';
import type { OpenDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { DatabasePaymentRecords } from '../../src/store/payment-records.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { type SettleOptions, settleOrder } from '../../src/workers/handlers/settle-order.ts';
import { newId } from '../setup/node.ts';
import { silentTelemetry } from '../setup/silent-telemetry.ts';

const madeAt = 1_767_225_600_000;
const [event, order] = [newId<EventId>(), newId<OrderId>()];
const refused = (reason: RejectionReason): Answer =>
  ({ accepted: false, rejection: { reason } }) as Answer;

let open: OpenDatabase;
let records: DatabasePaymentRecords;
/** What the show says to each command, and what it was told. */
let answerTo: (command: Command) => Answer;
let told: Command['type'][];
/** What the provider knows now, and what it was asked to end. */
let present: ProviderCharge;
let ended: string[];
let options: SettleOptions;

beforeEach(async () => {
  open = await openPglite();
  await migrate(open.database, 'migrations');
  records = new DatabasePaymentRecords(open.database);
  const attempt = { event, order, attempt: 1, method: 'pix', amountCents: 5_980 } as const;
  await records.saveAttempt({ ...attempt, madeAt, payBy: madeAt + 900_000 });
  answerTo = () => ({ accepted: true });
  [told, ended, present] = [[], [], paid];
  const end = async (charge: string) => {
    ended.push(charge);
    return present;
  };
  options = {
    commands: {
      submit: async (_event, command) => {
        told.push(command.type);
        return answerTo(command);
      },
      ask: async () => ({ accepted: false, rejection: { reason: 'show_not_found' } }),
    },
    payments: { end } as unknown as SettleOptions['payments'],
    records,
    telemetry: silentTelemetry,
    sharesOf: async () => undefined,
  };
});

afterEach(() => open.close());

const isDue = async (at: number) =>
  (await records.dueForCheck(at, 10)).some((due) => due.order === order);

it('asks the provider again until the show has heard what it said', async () => {
  answerTo = () => ({ accepted: false, rejection: { reason: 'busy', retryAfterMs: 1 } });
  await expect(settleOrder(options, orderWith(paid))).rejects.toThrow(RetryError);
  expect(await isDue(madeAt + 5_000)).toBe(true);
  answerTo = () => ({ accepted: true });
  await settleOrder(options, orderWith(paid));
  expect(await isDue(madeAt + 3_600_000)).toBe(false);
});

it('ends a charge that nobody waits for any more', async () => {
  answerTo = () => refused('order_not_pending');
  present = { ...pending, status: 'canceled' };
  await settleOrder(options, orderWith(pending));
  expect(ended).toEqual([pending.id]);
  expect(told).toEqual(['begin_payment']);
});

// The answer to a call that is made again after a crash is the first one.
it('tells what was paid when it hears late that it could be', async () => {
  answerTo = ({ type }) => (type === 'begin_payment' ? refused('order_not_pending') : accepted);
  await settleOrder(options, orderWith(pending));
  expect(told).toEqual(['begin_payment', 'confirm_payment']);
});

const accepted: Answer = { accepted: true };

const paid: ProviderCharge = {
  id: `ch_${order}`,
  status: 'paid',
  method: 'pix',
  amountCents: 5_980,
  paidCents: 5_980,
  refundedCents: 0,
  refundingCents: 0,
  split: [],
};
const pending: ProviderCharge = { ...paid, status: 'pending', paidCents: 0 };

function orderWith(charge: ProviderCharge): ProviderOrder {
  const about = { id: 'or_1', order, event, attempt: 1, amountCents: 5_980, currency: 'BRL' };
  return { ...about, status: charge.status === 'paid' ? 'paid' : 'pending', charges: [charge] };
}
