import type { EventId, OrderId } from '@ingressou/protocol';
import { expect, it } from 'vitest';
import { newId } from '../../test/setup/node.ts';
import type { KnownAttempt } from '../ports/payment-records.ts';
import { Housekeeping, type HousekeepingOptions } from './housekeeping.ts';

const day = 24 * 60 * 60 * 1000;
const now = 1_767_225_600_000;

interface Told {
  readonly swept: (readonly [number, ReadonlySet<OrderId>])[];
  readonly forgotten: string[];
  readonly failures: string[];
}

function stage(changes: Partial<HousekeepingOptions> = {}) {
  const event = newId<EventId>();
  const [listed, paid, never] = [newId<OrderId>(), newId<OrderId>(), newId<OrderId>()];
  const told: Told = { swept: [], forgotten: [], failures: [] };
  const pages = [[listed, paid], [never]];
  const timers: (() => void)[] = [];
  const options: HousekeepingOptions = {
    details: {
      async sweep(olderThan, known) {
        const page = pages.shift() ?? [];
        if (page.length === 0) return 0;
        told.swept.push([olderThan, await known(page.map((order) => ({ order, event })))]);
        return page.length;
      },
    },
    records: {
      attemptsOf: async (order) => (order === paid ? [{} as KnownAttempt] : []),
      forgetHandled: async (olderThan) => void told.forgotten.push(`handled ${now - olderThan}`),
    },
    readModels: { order: async (_event, order) => (order === listed ? 'behind' : undefined) },
    inbox: { forget: async (olderThan) => void told.forgotten.push(`webhooks ${now - olderThan}`) },
    clock: {
      now: () => now,
      monotonic: () => now,
      soon: (task) => task(),
      after(_delayMs, task) {
        timers.push(task);
        return { cancel: () => void timers.splice(0) };
      },
    },
    telemetry: { failed: (what) => void told.failures.push(what) },
    ...changes,
  };
  return { housekeeping: new Housekeeping(options), told, timers, listed, paid };
}

it('forgets what is old, and no details of an order that anybody has heard of', async () => {
  const { housekeeping, told, listed, paid } = stage();
  await housekeeping.tidy();
  expect(told.swept).toEqual([
    [now - 3 * day, new Set([listed, paid])],
    [now - 3 * day, new Set()],
  ]);
  expect(told.forgotten.sort()).toEqual([`handled ${30 * day}`, `webhooks ${14 * day}`]);
});

it('sweeps nothing while nobody can say which orders there are', async () => {
  const order = () => Promise.reject(new Error('away'));
  const { housekeeping, told } = stage({ readModels: { order } });
  await housekeeping.tidy();
  expect(told.swept).toEqual([]);
  expect(told.failures).toEqual(['forget what is old']);
  expect(told.forgotten).toHaveLength(2);
});

it('comes back in an hour until it is closed', async () => {
  const { housekeeping, timers } = stage();
  housekeeping.start();
  await expect.poll(() => timers.length).toBe(1);
  await housekeeping.close();
  expect(timers).toEqual([]);
});
