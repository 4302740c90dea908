import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const lowest = () => Uint8Array.of(0, 0, 0);
const middle = () => Uint8Array.of(128, 0, 0);

describe('the back-off', () => {
  const rows = [
    { attempt: 0, floorMs: 0, earliest: 0, typical: 500 },
    { attempt: 1, floorMs: 0, earliest: 0, typical: 1_000 },
    { attempt: 4, floorMs: 0, earliest: 0, typical: 4_000 },
    { attempt: 9, floorMs: 0, earliest: 0, typical: 4_000 },
    { attempt: 5_000, floorMs: 0, earliest: 0, typical: 4_000 },
    { attempt: 0, floorMs: 5_000, earliest: 5_000, typical: 5_500 },
  ];
  it.each(rows)('of attempt $attempt from $floorMs ms is about $typical ms', (row) => {
    expect(backoffMs(row.attempt, lowest, row.floorMs)).toBe(row.earliest);
    expect(backoffMs(row.attempt, middle, row.floorMs)).toBe(row.typical);
  });
});
