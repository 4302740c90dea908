import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { scanOf } from '../test/scans.ts';
import { verdicts } from './admission-verdicts.ts';
import type { EventId } from './ids.ts';
import { decodeScan, encodeScan, isPassed, overrideReasons, type Scan, scanModes } from './scan.ts';
import {
  batchScansMax,
  chained,
  emptyLog,
  type Hash,
  type LogBatch,
  type LogHead,
  readBatch,
} from './scan-log.ts';

const owner = {
  event: '019c2e0a-7b11-7cc3-9f26-58d1a2b3c4d5' as EventId,
  device: '019c2e0a-0000-7000-8000-00000000000a',
};
const hash: Hash = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** The first so many scans of a log, from behind one of them. */
function batchOf(scans: readonly Scan[], from = 0, to = scans.length): LogBatch {
  const bytes = scans.map(encodeScan);
  const hashes = [emptyLog.hash];
  for (const [at, each] of bytes.entries()) hashes.push(hash(chained(owner, hashes[at]!, each)));
  const before: LogHead = { seq: from, hash: hashes[from]! };
  return { before, scans: bytes.slice(from, to), hash: hashes[to]! };
}

const log = Array.from({ length: 6 }, (_, at) => scanOf({ seq: at + 1, gate: at }));

describe('A scan as bytes', () => {
  const scans: Scan[] = [
    scanOf(),
    scanOf({ offset: undefined, ticket: undefined, verdict: 'not_a_ticket' }),
    scanOf({ seq: 0xffffffff, at: 2 ** 48 - 1, offset: -0x7fffffff }),
    scanOf({ offset: 0x7fffffff, ticket: { serial: 0xfffffffe, revision: 0xffff } }),
    scanOf({ checkpoint: 255, gate: 31, direction: 'exit', hasProof: true }),
    ...scanModes.map((mode) => scanOf({ mode })),
    ...overrideReasons.map((override) => scanOf({ override })),
    ...Object.keys(verdicts).map((verdict) => scanOf({ verdict: verdict as Scan['verdict'] })),
  ];

  it.each(scans)('is read as it was written: %o', (scan) => {
    expect(decodeScan(encodeScan(scan))).toEqual(scan);
  });

  it.each([2 ** 31, -(2 ** 31), 2 ** 32 + 5, -(2 ** 40)])(
    'has no offset when its clock is weeks off: %i ms do not fit',
    (offset) => {
      expect(decodeScan(encodeScan(scanOf({ offset })))).toEqual(scanOf({ offset: undefined }));
    },
  );

  it('is refused when it says what no scan says', () => {
    const bytes = encodeScan(scanOf());
    const changed = (at: number, byte: number) =>
      decodeScan(bytes.map((old, place) => (place === at ? byte : old)));
    expect([changed(22, 4), changed(23, 4), changed(24, 99), changed(25, 10)]).toEqual(
      Array(4).fill(undefined),
    );
    const nobody = encodeScan(scanOf({ ticket: undefined }));
    expect(decodeScan(nobody.map((old, at) => (at === 19 ? 1 : old)))).toBeUndefined();
    expect(decodeScan(bytes.subarray(1))).toBeUndefined();
  });

  it('says whether somebody went through', () => {
    const passed: [Partial<Scan>, boolean][] = [
      [{}, true],
      [{ verdict: 'exited', direction: 'exit' }, true],
      [{ verdict: 'already_used' }, false],
      [{ verdict: 'already_used', override: 'supervisor' }, true],
      [{ verdict: 'proof_needed' }, false],
    ];
    for (const [changes, is] of passed) expect(isPassed(scanOf(changes))).toBe(is);
  });
});

describe('A log that is uploaded', () => {
  const known = (seq: number): LogHead => batchOf(log, seq).before;

  it('is taken in from its beginning, and from where it was left', () => {
    const all = readBatch(owner, emptyLog, batchOf(log), hash);
    expect(all).toEqual({ kind: 'new', scans: log, head: { seq: 6, hash: batchOf(log).hash } });
    const rest = readBatch(owner, known(4), batchOf(log, 4), hash);
    expect(rest).toMatchObject({ kind: 'new', scans: log.slice(4) });
  });

  it('is taken in once, however often and in whatever pieces it comes', () => {
    expect(readBatch(owner, known(6), batchOf(log), hash)).toEqual({ kind: 'duplicate' });
    expect(readBatch(owner, known(6), batchOf(log, 1, 3), hash)).toEqual({ kind: 'duplicate' });
    expect(readBatch(owner, known(6), batchOf(log, 6), hash)).toEqual({ kind: 'duplicate' });
    const over = readBatch(owner, known(3), batchOf(log, 1), hash);
    expect(over).toMatchObject({ kind: 'new', scans: log.slice(3) });
  });

  it('has a gap when scans are missing in front', () => {
    expect(readBatch(owner, known(2), batchOf(log, 3), hash)).toEqual({ kind: 'gap' });
  });

  it('is a fork when it tells another story of what is known', () => {
    const other = log.map((scan, at) => (at === 1 ? { ...scan, gate: 9 } : scan));
    expect(readBatch(owner, known(4), batchOf(other), hash)).toEqual({ kind: 'fork' });
    expect(readBatch(owner, known(4), batchOf(other, 4), hash)).toEqual({ kind: 'fork' });
    expect(readBatch(owner, known(4), batchOf(other, 0, 4), hash)).toEqual({ kind: 'fork' });
  });

  it('is broken when a bit of it changed, at every byte', () => {
    const { before, scans, hash: last } = batchOf(log);
    for (const [which, scan] of scans.entries()) {
      for (let at = 0; at < scan.length; at += 1) {
        const flipped = scan.map((byte, place) => (place === at ? byte ^ 1 : byte));
        const changed = scans.map((each, place) => (place === which ? flipped : each));
        const batch = { before, scans: changed, hash: last };
        expect(readBatch(owner, emptyLog, batch, hash)).toEqual({ kind: 'broken' });
      }
    }
  });

  it('is broken when scans were left out, doubled or exchanged', () => {
    const { before, scans, hash: last } = batchOf(log);
    const [one, two, ...rest] = scans;
    for (const wrong of [[one!, ...rest], [one!, one!, two!, ...rest], [two!, one!, ...rest], []]) {
      const batch = { before, scans: wrong, hash: last };
      expect(readBatch(owner, emptyLog, batch, hash)).toEqual({ kind: 'broken' });
    }
  });

  it('is broken when it begins nowhere', () => {
    const batch = batchOf(log);
    const { hash: zeros } = emptyLog;
    const places = [Number.NaN, -1, 0.5].map((seq) => ({ seq, hash: zeros }));
    for (const before of [...places, { seq: 0, hash: new Uint8Array(31) }]) {
      for (const scans of [batch.scans, []]) {
        const read = readBatch(owner, emptyLog, { ...batch, before, scans }, hash);
        expect(read).toEqual({ kind: 'broken' });
        const still = { before, scans, hash: before.hash };
        expect(readBatch(owner, emptyLog, still, hash)).toEqual({ kind: 'broken' });
      }
    }
  });

  it('is broken when it is another device’s, another show’s, or longer than one upload', () => {
    const batch = batchOf(log);
    const other = '019c2e0a-0000-7000-8000-00000000000b';
    for (const changed of [{ device: other }, { event: other as EventId }]) {
      const read = readBatch({ ...owner, ...changed }, emptyLog, batch, hash);
      expect(read).toEqual({ kind: 'broken' });
    }
    const many = Array.from({ length: batchScansMax + 1 }, (_, at) => scanOf({ seq: at + 1 }));
    expect(readBatch(owner, emptyLog, batchOf(many), hash)).toEqual({ kind: 'broken' });
  });
});
