import { beforeEach, expect, it } from 'vitest';
import { type Detector, orElse } from './detector.ts';

const picture = {} as HTMLVideoElement;
let isBroken: boolean;
/** How often the other one was asked for. */
let opened: number;
let isOtherThere: boolean;
let detector: Detector;

beforeEach(() => {
  isBroken = true;
  isOtherThere = true;
  opened = 0;
  const own: Detector = {
    async detect() {
      if (isBroken) throw new DOMException('No service.', 'NotSupportedError');
      return [{ rawValue: 'own' }];
    },
  };
  detector = orElse(own, async () => {
    opened += 1;
    if (!isOtherThere) throw new Error('not loaded');
    return { detect: async () => [{ rawValue: 'other' }] };
  });
});

it('a detector that reads no picture any more is replaced, for good', async () => {
  expect(await look(12)).toEqual([...Array(9).fill('failed'), 'other', 'other', 'other']);
  isBroken = false;
  expect(await look(1)).toEqual(['other']);
  expect(opened).toBe(1);
});

it('a detector that loses some pictures is not', async () => {
  await look(9);
  isBroken = false;
  expect(await look(1)).toEqual(['own']);
  isBroken = true;
  expect(await look(9)).toEqual(Array(9).fill('failed'));
  expect(opened).toBe(0);
});

it('another one that cannot be loaded is asked for again', async () => {
  isOtherThere = false;
  expect(await look(19)).toEqual(Array(19).fill('failed'));
  isOtherThere = true;
  expect(await look(1)).toEqual(['other']);
});

async function look(times: number): Promise<(string | undefined)[]> {
  const seen: (string | undefined)[] = [];
  for (let time = 0; time < times; time += 1) {
    const found = await detector.detect(picture).catch(() => [{ rawValue: 'failed' }]);
    seen.push(found[0]?.rawValue);
  }
  return seen;
}
