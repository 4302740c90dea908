import { describe, expect, it } from 'vitest';
import { silentTelemetry } from '../../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../../test/setup/stepped-clock.ts';
import { JobsUnavailableError, type QueueDepth } from '../../ports/jobs.ts';
import { DepthWatch } from './depth-watch.ts';

describe('The watch over the queues', () => {
  it('tells their depths at once and again and again, and an outage once', async () => {
    const clock = new SteppedClock(0);
    const told: string[] = [];
    let waiting: number | undefined = 1;
    const queues = {
      async depths(): Promise<readonly QueueDepth[]> {
        if (waiting === undefined) throw new JobsUnavailableError();
        return [{ kind: 'payment.create', waiting, later: 0, oldestMs: 0 }];
      },
    };
    const telemetry = {
      ...silentTelemetry,
      queuesMeasured: ([depth]: readonly QueueDepth[]) => told.push(`${depth?.waiting} wait`),
      failed: (what: string) => told.push(what),
    };
    const watch = new DepthWatch({ queues, clock, telemetry });
    await clock.advance(0);
    waiting = 7;
    await clock.advance(15_000);
    waiting = undefined;
    await clock.advance(60_000);
    waiting = 0;
    await clock.advance(15_000);
    expect(told).toEqual(['1 wait', '7 wait', 'measure the queues', '0 wait']);
    await watch.end();
    await clock.advance(60_000);
    expect(told).toHaveLength(4);
  });
});
