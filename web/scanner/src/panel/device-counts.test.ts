import { expect, it } from 'vitest';
import { countsOf } from './device-counts.ts';

it.each([
  { story: 'all is sent', unsent: 0, quarantined: 0, said: '7 leituras' },
  { story: 'some are on their way', unsent: 2, quarantined: 0, said: '7 leituras · 2 a enviar' },
  {
    story: 'its log is held: nothing is on its way',
    unsent: 3,
    quarantined: 3,
    said: '7 leituras · 3 retidas',
  },
  { story: 'it goes on alone since', unsent: 5, quarantined: 3, said: '7 leituras · 5 retidas' },
])('what a producer reads of a device: $story', ({ said, ...counts }) => {
  expect(countsOf({ scans: 7, ...counts })).toBe(said);
});
