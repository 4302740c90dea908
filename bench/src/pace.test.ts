import { expect, it } from 'vitest';
import { measurePace } from './pace.ts';

it('the pace of a machine is four numbers, none of which is nothing', async () => {
  for (const [name, value] of Object.entries(await measurePace())) {
    expect(value, name).toBeGreaterThan(0);
    expect(Number.isFinite(value), name).toBe(true);
  }
});
