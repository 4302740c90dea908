import { describe, expect, it } from 'vitest';
import { figuresOf, Metrics } from './metrics.ts';

const sample = { ms: 10, isOnline: true, isAnswered: true };

describe('the numbers of a device', () => {
  it('are nothing to worry about before the first scan', () => {
    expect(figuresOf([])).toMatchObject({ scans: 0, p95Ms: 0, answeredPercent: 100 });
  });

  it('are of the slowest in twenty, and of the middle', () => {
    const samples = Array.from({ length: 20 }, (_, at) => ({ ...sample, ms: at + 1 }));
    expect(figuresOf(samples)).toMatchObject({ p50Ms: 10, p95Ms: 19 });
  });

  it('tell how many were answered, and how many by the server', () => {
    const samples = [sample, { ...sample, isOnline: false }, { ...sample, isAnswered: false }];
    const { answeredPercent, onlinePercent } = figuresOf([...samples, sample]);
    expect([answeredPercent, onlinePercent]).toEqual([75, 75]);
  });

  it('are told once, in parts, and again only if that failed', async () => {
    const metrics = new Metrics();
    for (let ms = 0; ms < 100; ms += 1) metrics.add({ ...sample, ms });
    const told: number[] = [];
    let isDown = true;
    const send = async (scans: readonly { readonly ms: number }[]) => {
      if (told.length > 0 && isDown) throw new Error('down');
      told.push(...scans.map(({ ms }) => ms));
    };
    await expect(metrics.tell(send)).rejects.toThrow('down');
    isDown = false;
    await metrics.tell(send);
    await metrics.tell(send);
    expect(told).toEqual(Array.from({ length: 100 }, (_, ms) => ms));
  });

  it('are of the newest scans', () => {
    const metrics = new Metrics();
    for (let ms = 0; ms < 1_000; ms += 1) metrics.add({ ...sample, ms });
    expect(metrics.samples.value).toHaveLength(200);
    expect(figuresOf(metrics.samples.value).p50Ms).toBe(899);
  });
});
