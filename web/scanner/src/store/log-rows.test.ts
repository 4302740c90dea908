import { createHash } from 'node:crypto';
import type { EventId } from '@ingressou/protocol';
import { emptyLog, readBatch } from '@ingressou/protocol/admission';
import { describe, expect, it } from 'vitest';
import {
  emptyState,
  type LogRow,
  type LogState,
  nextRow,
  received,
  type ScanDraft,
  scanOf,
  unsentOf,
} from './log-rows.ts';

const owner = {
  event: '01890000-0000-7000-8000-000000000001' as EventId,
  device: '01890000-0000-7000-8000-000000000002',
};
const draft: ScanDraft = {
  at: 1_767_225_600_000,
  offset: -12,
  ticket: { serial: 7, revision: 0 },
  checkpoint: 1,
  gate: 0,
  direction: 'entry',
  mode: 'normal',
  verdict: 'admitted',
  override: undefined,
  hasProof: false,
};

describe('a log', () => {
  it('is what the server reads without a gap or a doubt', async () => {
    const { rows, state } = await logOf(3);
    const batch = {
      before: emptyLog,
      scans: rows.map(({ bytes }) => bytes),
      hash: state.head.hash,
    };
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
    const read = readBatch(owner, emptyLog, batch, sha256);
    expect(read).toMatchObject({ kind: 'new', scans: rows.map(scanOf) });
  });

  it('counts what the server has not acknowledged', async () => {
    const { rows, state } = await logOf(3);
    expect(unsentOf(state)).toBe(3);
    expect(unsentOf(after(state, rows, 'new', rows[1]!))).toBe(1);
  });

  it('is sent again from where the server stands', async () => {
    const { rows, state } = await logOf(3);
    const ahead = after(state, rows, 'new', rows[2]!);
    expect(after(ahead, rows, 'gap', rows[0]!)).toMatchObject({ acknowledged: { seq: 1 } });
    expect(after(ahead, rows, 'gap', { seq: 0, hash: emptyLog.hash })).toMatchObject({
      acknowledged: emptyLog,
    });
  });

  it.each(['fork', 'broken'] as const)('is kept aside when the server says %s', async (result) => {
    const { rows, state } = await logOf(2);
    const kept = after(state, rows, result, { seq: 0, hash: emptyLog.hash });
    expect(kept).toMatchObject({ quarantine: result, acknowledged: emptyLog });
    expect(unsentOf(kept)).toBe(2);
  });

  it('is kept aside when the server has another story under the same number', async () => {
    const { rows, state } = await logOf(2);
    const other = { seq: 2, hash: new Uint8Array(32).fill(9) };
    expect(after(state, rows, 'duplicate', other)).toMatchObject({ quarantine: 'fork' });
  });

  it('is kept aside when the server wants what was forgotten, or what never was', async () => {
    const { rows, state } = await logOf(2);
    const forgotten = after(state, rows.slice(1), 'gap', rows[0]!);
    expect(forgotten).toMatchObject({ quarantine: 'lost' });
    const future = { seq: 9, hash: new Uint8Array(32) };
    expect(after(state, rows, 'duplicate', future)).toMatchObject({ quarantine: 'lost' });
  });
});

async function logOf(scans: number): Promise<{ rows: LogRow[]; state: LogState }> {
  const rows: LogRow[] = [];
  let state = emptyState;
  for (let scan = 0; scan < scans; scan += 1) {
    const row = await nextRow(owner, state.head, { ...draft, at: draft.at + scan });
    rows.push(row);
    state = { ...state, head: { seq: row.seq, hash: row.hash } };
  }
  return { rows, state };
}

function after(
  state: LogState,
  rows: readonly LogRow[],
  result: Parameters<typeof received>[1]['result'],
  upTo: Pick<LogRow, 'seq' | 'hash'>,
): LogState {
  const hashAt = (seq: number) =>
    seq === 0 ? emptyLog.hash : rows.find((row) => row.seq === seq)?.hash;
  return received(state, { result, upTo }, hashAt);
}
