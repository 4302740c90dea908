import type { DeviceId, EventId } from '@ingressou/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { scanOf } from '../../../../protocol/test/scans.ts';
import { ScannerStore } from '../../../../test/setup/scanner-store.ts';
import { saveLog } from './save-log.ts';
import { ScanLog } from './scan-log.ts';

const owner = {
  event: '01938f2e-0000-7000-8000-000000000001' as EventId,
  device: '3f2b8c1d-5a6e-4f70-9b81-2c3d4e5f6071' as DeviceId,
};
let files: Blob[];
let gone: string[];

beforeEach(() => {
  vi.useFakeTimers();
  [files, gone] = [[], []];
  vi.stubGlobal('document', { createElement: () => ({ click() {} }) });
  vi.spyOn(URL, 'createObjectURL').mockImplementation((file) => {
    files.push(file as Blob);
    return 'blob:log';
  });
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void gone.push(url));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it('keeps the file until a slow phone has asked where to put it', async () => {
  const log = await ScanLog.open(new ScannerStore().database, owner);
  const { seq: _seq, ...draft } = scanOf();
  await log.append(draft);
  await saveLog({ log, enrolment: owner });
  expect(JSON.parse((await files[0]?.text()) ?? '')).toMatchObject({
    ...owner,
    scans: [{ seq: 1 }],
  });
  vi.advanceTimersByTime(30_000);
  expect(gone).toEqual([]);
  vi.advanceTimersByTime(600_000);
  expect(gone).toEqual(['blob:log']);
});
