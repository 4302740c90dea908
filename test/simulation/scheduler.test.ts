import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';
import { RunawayError, Scheduler } from './scheduler.ts';

describe('Virtual time', () => {
  it('passes from moment to moment and ends where it was told', async () => {
    const scheduler = new Scheduler(new Random(1));
    const times: number[] = [];
    for (const ms of [30, 10, 20, 50]) scheduler.after(ms, () => times.push(scheduler.now));
    await scheduler.run(40);
    expect(times).toEqual([10, 20, 30]);
    expect(scheduler.now).toBe(40);
  });

  it('lets every promise have its say before the next moment', async () => {
    const scheduler = new Scheduler(new Random(1));
    const said: string[] = [];
    const speak = async (): Promise<void> => {
      for (let step = 0; step < 1_000; step += 1) await undefined;
      said.push('the promise');
    };
    scheduler.after(1, () => void speak());
    scheduler.after(2, () => said.push('the next moment'));
    await scheduler.run(2);
    expect(said).toEqual(['the promise', 'the next moment']);
  });

  it('puts equal times in an order that only the seed decides', async () => {
    const orders = await Promise.all([1, 1, 2, 3, 4, 5].map(orderOf));
    expect(orders[0]).toBe(orders[1]);
    expect(new Set(orders).size).toBeGreaterThan(1);
  });

  it('skips what was cancelled', async () => {
    const scheduler = new Scheduler(new Random(1));
    let rings = 0;
    const timer = scheduler.after(5, () => {
      rings += 1;
    });
    timer.cancel();
    await scheduler.run(10);
    expect(rings).toBe(0);
  });

  it('says so when a run goes in circles', async () => {
    const scheduler = new Scheduler(new Random(1));
    const again = (): void => void scheduler.after(0, again);
    again();
    await expect(scheduler.run(1)).rejects.toThrow(RunawayError);
  });
});

async function orderOf(seed: number): Promise<string> {
  const scheduler = new Scheduler(new Random(seed));
  const order: string[] = [];
  for (const name of 'abcdef') scheduler.after(1, () => order.push(name));
  await scheduler.run(1);
  return order.join('');
}
