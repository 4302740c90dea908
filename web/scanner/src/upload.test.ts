import type { DeviceId, EventId, GateCommand, ServerMessage } from '@ingressou/protocol';
import { base64, logBatch } from '@ingressou/protocol/admission';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { scanOf } from '../../../protocol/test/scans.ts';
import { keyRanges, ScannerStore } from '../../../test/setup/scanner-store.ts';
import { SteppedClock } from '../../../test/setup/stepped-clock.ts';
import { ScanLog } from './store/scan-log.ts';
import { Upload } from './upload.ts';

// A log on a disk, and a server that takes it, does not answer, or says that it does not fit.

vi.stubGlobal('IDBKeyRange', keyRanges);

const owner = {
  event: '01938f2e-0000-7000-8000-000000000001' as EventId,
  device: '3f2b8c1d-5a6e-4f70-9b81-2c3d4e5f6071' as DeviceId,
};
type Batch = Extract<GateCommand, { readonly type: 'scan_batch' }>;
type Result = Extract<ServerMessage, { readonly type: 'merged' }>['result'];

let clock: SteppedClock;
let store: ScannerStore;
let log: ScanLog;
let upload: Upload;
let isLive: boolean;
/** How often all was through. */
let done: number;
/** What is said to each upload; the last word is said to all after it. */
let says: ('silence' | 'no' | Result)[];
let asked: { readonly at: number; readonly scans: number }[];

beforeEach(async () => {
  clock = new SteppedClock(1_795_464_000_000);
  store = new ScannerStore();
  log = await ScanLog.open(store.database, owner);
  [isLive, done, says, asked] = [true, 0, ['new'], []];
  upload = new Upload({
    event: owner.event,
    clock,
    random: () => Uint8Array.of(128, 0, 0),
    log,
    isLive: () => isLive,
    onDone: () => {
      done += 1;
    },
    now: () => clock.now(),
    ask: async (batch) => answerTo(batch),
  });
});

describe('the upload of a log', () => {
  it('gathers what is written in a row, and forgets nothing before the server has it', async () => {
    await write(3);
    expect(log.unsent).toBe(3);
    await clock.advance(1_000);
    expect(asked).toEqual([{ at: 300, scans: 3 }]);
    expect(log.unsent).toBe(0);
    await log.forget(3);
    // The last one stays: its hash is where the next upload begins.
    expect([...store.rows.log.keys()]).toEqual([3]);
  });

  it('goes in as many parts as it takes', async () => {
    await write(230);
    await clock.advance(1_000);
    expect(asked.map(({ scans }) => scans)).toEqual([100, 100, 30]);
    expect(log.unsent).toBe(0);
  });

  it('that is not answered comes again, later each time, and is kept meanwhile', async () => {
    says = ['silence', 'no', 'silence', 'new'];
    await write(2);
    await clock.advance(10_000);
    const pauses = asked.map(({ at }, index) => at - (asked[index - 1]?.at ?? 0));
    expect(pauses).toEqual([300, 500, 1_000, 2_000]);
    expect([log.unsent, done]).toEqual([0, 1]);
  });

  it('comes again when the disk does not take what the server said', async () => {
    await write(2);
    store.isFull = true;
    await clock.advance(1_000);
    expect([asked.length, log.unsent, done]).toEqual([2, 2, 0]);
    store.isFull = false;
    await clock.advance(1_000);
    expect([asked.length, log.unsent, done]).toEqual([3, 0, 1]);
  });

  it('waits for a link, and is begun by it', async () => {
    [isLive, says] = [false, ['silence', 'new']];
    await write(2);
    await clock.advance(60_000);
    expect(asked).toHaveLength(1);
    isLive = true;
    await clock.until(upload.run());
    expect([log.unsent, done]).toEqual([0, 1]);
  });

  it.each(['fork', 'broken'] as const)(
    'stops at %s, keeps everything and shows it',
    async (result) => {
      says = [result];
      await write(2);
      await clock.advance(60_000);
      expect(asked).toHaveLength(1);
      expect(log.state.value.quarantine).toBe(result);
      expect([log.unsent, store.rows.log.size]).toEqual([2, 2]);
      await write(1);
      await clock.advance(60_000);
      expect([asked.length, log.unsent]).toEqual([1, 3]);
    },
  );

  it('of rows that the browser threw away sends nothing made up, and counts them still', async () => {
    await write(2);
    store.rows.log.clear();
    await clock.advance(60_000);
    expect(asked).toEqual([]);
    expect(log.unsent).toBe(2);
  });
});

async function write(count: number): Promise<void> {
  for (let scan = 0; scan < count; scan += 1) {
    const { seq: _seq, ...draft } = scanOf();
    await log.append(draft);
  }
  upload.soon();
}

function answerTo({ id: re, log: text }: Batch): ServerMessage | undefined {
  const batch = logBatch(text);
  if (batch === undefined) throw new Error('It is no log.');
  asked.push({ at: clock.monotonic(), scans: batch.scans.length });
  const said = says.length > 1 ? says.shift() : says[0];
  if (said === undefined || said === 'silence') return undefined;
  if (said === 'no') {
    return { type: 'rejected', re, retryable: true, reason: 'busy', retryAfterMs: 250 };
  }
  const upTo = said === 'new' ? batch.before.seq + batch.scans.length : batch.before.seq;
  const hash = base64(said === 'new' ? batch.hash : batch.before.hash);
  const counts = { incidents: 0, quarantined: 0 };
  return { type: 'merged', re, event: owner.event, result: said, upTo, hash, ...counts };
}
