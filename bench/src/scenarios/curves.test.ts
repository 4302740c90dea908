import { expect, it } from 'vitest';
import { Random } from '../../../test/simulation/random.ts';
import { arrivalTimes } from './curves.ts';

it('spreads each second over itself, in order, and the same for the same seed', () => {
  const curve = [3, 0, 50];
  const times = arrivalTimes(curve, new Random(7));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const perSecond = curve.map((_, second) =>
    times.filter((at) => Math.floor(at / 1000) === second),
  );
  expect(perSecond.map((each) => each.length)).toEqual(curve);
  expect(arrivalTimes(curve, new Random(7))).toEqual(times);
  expect(arrivalTimes(curve, new Random(8))).not.toEqual(times);
});
