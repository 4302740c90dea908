import { expect, it } from 'vitest';
import { batchOf } from './issue-figures.ts';

it('tells what one worker does in a second, in the middle of the rounds', () => {
  const batches = [
    { orders: 100, tickets: 250, ms: 1_000, cpuMs: 500 },
    { orders: 100, tickets: 240, ms: 500, cpuMs: 480 },
    { orders: 100, tickets: 260, ms: 2_000, cpuMs: 130 },
  ];
  expect(batchOf(batches)).toEqual({
    ticketsPerSecond: { median: 250, min: 130, max: 480, rounds: [250, 480, 130] },
    ordersPerSecond: 100,
    cpuMsPerTicket: 2,
  });
});
