import { beforeEach, describe, expect, it } from 'vitest';
import { SteppedClock } from '../test/setup/stepped-clock.ts';
import { type LeavingNode, stopMsMax, stopNode } from './node-stop.ts';

describe('A node that is told to stop', () => {
  let clock: SteppedClock;
  let told: string[];
  let failed: string[];

  beforeEach(() => {
    clock = new SteppedClock(0);
    told = [];
    failed = [];
  });

  const ends = (name: string) => async (): Promise<void> => {
    told.push(name);
  };
  const hangs = (name: string) => (): Promise<void> => {
    told.push(name);
    return new Promise(() => {});
  };
  const breaks = (name: string) => async (): Promise<void> => {
    told.push(name);
    throw new Error(`no ${name}`);
  };
  const nodeOf = (how: (name: string) => () => Promise<void>): LeavingNode => {
    const rest = (name: string) => ({ what: name, end: how(name) });
    return {
      workers: how('workers'),
      shows: how('shows'),
      gateway: how('gateway'),
      rest: [rest('delivery'), rest('provider'), rest('others'), rest('store')],
    };
  };
  /** Stopped when the longest time is over. */
  const stopped = async (node: LeavingNode): Promise<void> => {
    const telemetry = { failed: (what: string) => void failed.push(what) };
    const stopping = stopNode(node, { clock, telemetry });
    await clock.advance(stopMsMax);
    await stopping;
  };
  const all = ['workers', 'shows', 'gateway', 'delivery', 'provider', 'others', 'store'];

  it('ends everything in its order', async () => {
    await stopped(nodeOf(ends));
    expect([told, failed]).toEqual([all, []]);
  });

  it('gives its shows away while work goes on, and closes nothing that the work needs', async () => {
    let done = (): void => {};
    const working = new Promise<void>((resolve) => {
      done = resolve;
    });
    const telemetry = { failed: (what: string) => void failed.push(what) };
    const node = { ...nodeOf(ends), workers: () => working };
    const stopping = stopNode(node, { clock, telemetry });
    await clock.settle();
    expect(told).toEqual(['shows', 'gateway']);
    done();
    await stopping;
    expect(told).toEqual(all.slice(1));
  });

  it('does the next thing whatever breaks, and tells of each', async () => {
    await stopped(nodeOf(breaks));
    expect(told).toEqual(all);
    expect(failed).toHaveLength(all.length);
  });

  it('does the next thing whatever hangs, in bounded time', async () => {
    await stopped(nodeOf(hangs));
    expect(told).toEqual(all);
    expect(failed).toHaveLength(all.length);
  });

  it('has no work to end where it is no worker', async () => {
    await stopped({ ...nodeOf(ends), workers: undefined });
    expect(told).toEqual(all.slice(1));
  });
});
