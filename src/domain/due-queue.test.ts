import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DueQueue } from './due-queue.ts';

it('gives back what was put in by time, and by arrival at the same time', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const queue = new DueQueue();
      for (const [arrival, at] of times.entries()) queue.push(at, arrival);
      const expected = times
        .map((at, arrival) => ({ at, arrival }))
        .sort((a, b) => a.at - b.at || a.arrival - b.arrival);
      for (const { at, arrival } of expected) {
        expect(queue.peek()).toMatchObject({ at, row: arrival });
        queue.pop();
      }
      expect([queue.peek(), queue.size]).toEqual([undefined, 0]);
    }),
  );
});
