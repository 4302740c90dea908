import type { EventId } from '@ingressou/protocol';
import { base64, emptyLog } from '@ingressou/protocol/admission';
import { expect, it } from 'vitest';
import { nextRow, type ScanDraft } from './log-rows.ts';
import { savedLog } from './saved-log.ts';

const owner = {
  event: '01890000-0000-7000-8000-000000000001' as EventId,
  device: '01890000-0000-7000-8000-000000000002',
};
const draft: ScanDraft = {
  at: Date.UTC(2026, 0, 1),
  offset: 1_000,
  ticket: { serial: 7, revision: 0 },
  checkpoint: 1,
  gate: 0,
  direction: 'entry',
  mode: 'normal',
  verdict: 'admitted',
  override: 'topped_up',
  hasProof: true,
};

it('saves each scan as it was written and in words, and what it cannot read as it was written', async () => {
  const row = await nextRow(owner, emptyLog, draft);
  const strange = { ...row, seq: 2, bytes: new Uint8Array([1, 2, 3]) };
  const hash = base64(row.hash);
  expect(JSON.parse(savedLog(owner, [row, strange]))).toEqual({
    ...owner,
    scans: [
      {
        seq: 1,
        scan: base64(row.bytes),
        hash,
        at: '2026-01-01T00:00:01.000Z',
        serial: 7,
        direction: 'entry',
        mode: 'normal',
        verdict: 'admitted',
        override: 'topped_up',
      },
      { seq: 2, scan: 'AQID', hash },
    ],
  });
});
