import { describe, expect, it } from 'vitest';
import { SteppedClock } from '../../../test/setup/stepped-clock.ts';
import { Metrics } from './metrics.ts';
import { MetricsReport } from './metrics-report.ts';

const sample = { ms: 10, isOnline: true, isAnswered: true };

function stage() {
  const clock = new SteppedClock(0);
  const metrics = new Metrics();
  const told: number[] = [];
  const wire = { isLive: true, isBroken: false };
  const report = new MetricsReport({
    metrics,
    clock,
    random: () => Uint8Array.of(0, 0, 0),
    isLive: () => wire.isLive,
    async send(scans) {
      told.push(clock.monotonic());
      if (wire.isBroken) throw new Error(`The server does not take ${scans.length} figures.`);
    },
  });
  report.start();
  return { clock, metrics, told, wire, report };
}

describe('the report of a device', () => {
  it('is told every quarter of a minute when there is something, and only then', async () => {
    const { clock, metrics, told } = stage();
    await clock.advance(60_000);
    expect(told).toEqual([]);
    metrics.add(sample);
    await clock.advance(60_000);
    expect(told).toEqual([75_000]);
  });

  it('waits twice as long after each failure, for minutes at most, and loses nothing of it', async () => {
    const { clock, metrics, told, wire } = stage();
    wire.isBroken = true;
    metrics.add(sample);
    await clock.advance(1_000_000);
    const pauses = told.map((at, index) => at - (told[index - 1] ?? 0));
    expect(pauses).toEqual([15_000, 30_000, 60_000, 120_000, 240_000, 240_000, 240_000]);
    wire.isBroken = false;
    await clock.advance(240_000);
    metrics.add(sample);
    await clock.advance(15_000);
    expect(told.slice(7)).toEqual([1_185_000, 1_245_000]);
  });

  it('is not told without a link, nor after the end', async () => {
    const { clock, metrics, told, wire, report } = stage();
    wire.isLive = false;
    metrics.add(sample);
    await clock.advance(60_000);
    wire.isLive = true;
    report.close();
    await clock.advance(60_000);
    expect(told).toEqual([]);
  });
});
