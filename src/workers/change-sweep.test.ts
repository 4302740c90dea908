import type { EventId, OrderId } from '@ingressou/protocol';
import { beforeEach, expect, it } from 'vitest';
import { newId } from '../../test/setup/node.ts';
import type { ChargeRecord } from '../ports/payment-records.ts';
import type { ProviderCharge, ProviderOrder } from '../ports/payments.ts';
import { ChangeSweep } from './change-sweep.ts';

const begunAt = 1_767_225_600_000;
const [event, order] = [newId<EventId>(), newId<OrderId>()];
const expired = chargeThatIs('failed', 0);
const paid = chargeThatIs('paid', 5_980);

let now: number;
/** What is known here, what the provider has changed, a page each, and since when it was asked. */
let known: ProviderCharge[];
let pages: ProviderOrder[][];
let asked: number[];
let due: OrderId[];
let sweep: ChangeSweep;

beforeEach(() => {
  [now, known, pages, asked, due] = [begunAt, [], [], [], []];
  sweep = new ChangeSweep({
    payments: {
      changedSince: async (at, page) => {
        asked.push(at);
        return { orders: pages[page - 1] ?? [], hasMore: page < pages.length };
      },
    },
    records: {
      chargesOf: async () => known as unknown as readonly ChargeRecord[],
      checkAgain: async (which) => void due.push(which),
    },
    clock: { now: () => now },
  });
});

const later = async (): Promise<void> => {
  now += 60_000;
  await sweep.goOn();
};

it('has the provider asked again when money came for a code that had expired', async () => {
  known = [expired];
  pages = [[], [orderWith(paid)]];
  await later();
  expect(due).toEqual([order]);
});

it('leaves alone what is known, and what is none of ours', async () => {
  known = [paid];
  pages = [[orderWith(paid), { ...orderWith(expired), order: undefined }]];
  await later();
  expect(due).toEqual([]);
});

it('looks behind what it has seen, and not more often than every minute', async () => {
  await sweep.goOn();
  expect(asked).toEqual([]);
  await later();
  await sweep.goOn();
  await later();
  expect(asked).toEqual([begunAt - 3_600_000, begunAt]);
});

it('reads many pages in parts, one after the other', async () => {
  pages = Array.from({ length: 30 }, () => []);
  pages[29] = [orderWith(paid)];
  await later();
  expect([asked.length, due]).toEqual([20, []]);
  await sweep.goOn();
  expect([asked.length, due]).toEqual([30, [order]]);
});

function chargeThatIs(status: 'failed' | 'paid', paidCents: number): ProviderCharge {
  const charge = { id: 'ch_1', status, method: 'pix', amountCents: 5_980, paidCents } as const;
  return { ...charge, refundedCents: 0, refundingCents: 0, split: [] };
}

function orderWith(charge: ProviderCharge): ProviderOrder {
  const about = { id: 'or_1', order, event, attempt: 1, amountCents: 5_980, currency: 'BRL' };
  return { ...about, status: 'pending', charges: [charge] };
}
