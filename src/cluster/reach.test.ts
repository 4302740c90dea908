import { describe, expect, it } from 'vitest';
import { Reach } from './reach.ts';

// One row per moment: what happens, the time, when the lease ends as it is read then, the advice.

const stories: Record<string, string> = {
  'nothing is known against a node': `
    ask  at 0     lease 1200  -> send
    ask  at 9000  lease 10200 -> send`,
  'a node whose lease is not prolonged is waited for': `
    lost at 1000
    ask  at 1000  lease 2000  -> wait
    ask  at 1500  lease 2010  -> wait
    ask  at 1990  lease 1990  -> wait`,
  'a node whose lease is prolonged is tried again, and given up after a second': `
    lost at 1000
    ask  at 1000  lease 2000  -> wait
    ask  at 1100  lease 2250  -> wait
    ask  at 1250  lease 2250  -> send
    lost at 1260
    ask  at 1300  lease 2250  -> wait
    ask  at 1999  lease 3000  -> send
    lost at 2050
    ask  at 2060  lease 3100  -> turn_away
    ask  at 2240  lease 3100  -> turn_away
    ask  at 2250  lease 3100  -> send
    ask  at 2251  lease 3100  -> turn_away`,
  'a lease that was read while the clock of the database was stepped back is read again': `
    lost at 1000
    ask  at 1000  lease 3602000 -> wait
    ask  at 1100  lease 2300  -> wait
    ask  at 1350  lease 2550  -> send
    arrived
    ask  at 1400  lease 2550  -> send`,
  'a receipt ends the trouble': `
    lost at 1000
    ask  at 1000  lease 2000  -> wait
    arrived
    ask  at 1001  lease 2000  -> send
    lost at 5000
    ask  at 5000  lease 6000  -> wait
    ask  at 5900  lease 6000  -> wait`,
};

describe('The reach of a node', () => {
  it.each(Object.entries(stories))('%s', (_, story) => {
    const reach = new Reach();
    for (const row of story.trim().split('\n')) {
      const [verb = '', , at = '', , lease = '', , advice] = row.trim().split(/\s+/);
      if (verb === 'lost') reach.lost(Number(at));
      else if (verb === 'arrived') reach.arrived();
      else expect(reach.advice(Number(lease), Number(at)), row).toBe(advice);
    }
  });

  it('is doubted for two seconds after the last loss', () => {
    const reach = new Reach();
    expect(reach.isShunned(0)).toBe(false);
    reach.lost(1_000);
    reach.lost(3_000);
    expect([4_999, 5_000].map((now) => reach.isShunned(now))).toEqual([true, false]);
    reach.lost(6_000);
    reach.arrived();
    expect(reach.isShunned(6_001)).toBe(false);
  });
});
