import { describe, expect, it } from 'vitest';
import { scanOf } from '../test/scans.ts';
import { limits } from './limits.ts';
import { logBatch, logText } from './log-text.ts';
import { encodeScan } from './scan.ts';
import { emptyLog } from './scan-log.ts';

const hash = new Uint8Array(32).fill(7);

describe('Part of a log as text', () => {
  it.each([1, 2, limits.uploadScansMax])('is the same when it is read again: %i scans', (count) => {
    const scans = Array.from({ length: count }, (_, at) => encodeScan(scanOf({ seq: at + 1 })));
    const batch = { before: emptyLog, scans, hash };
    expect(logBatch(logText(batch))).toEqual(batch);
  });

  it('is no more than a frame takes', () => {
    const scans = Array(limits.uploadScansMax + 1).fill(encodeScan(scanOf()));
    expect(() => logText({ before: emptyLog, scans, hash })).toThrow(RangeError);
  });

  it.each(['A', '====', 'AAAA', '<b>'])('that is none is undefined: %j', (scans) => {
    const text = logText({ before: emptyLog, scans: [encodeScan(scanOf())], hash });
    expect(logBatch({ ...text, scans })).toBeUndefined();
  });
});
