import { type EventId, type NodeId, pack } from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { FaultyJournal } from '../../test/setup/faulty-journal.ts';
import { silentTelemetry as telemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import type { Row } from '../ports/journal.ts';
import { hashRow } from './chain.ts';
import { commit, UnsettledError } from './commit.ts';

const event = 'a-show' as EventId;
const owner = 'a-node' as NodeId;
/** Longer than there is to settle a row. */
const lateMs = 2_500;

let clock: SteppedClock;
let journal: FaultyJournal;
let row: Row;

beforeEach(async () => {
  clock = new SteppedClock(0);
  journal = new FaultyJournal();
  journal.create(event);
  const { epoch, position, hash } = (await journal.claim(event, owner))!;
  const body = { event, epoch, owner, position, last: 1, at: 0, facts: pack([{ type: 'owned' }]) };
  row = { ...body, hash: hashRow(hash, body), wakeAt: null };
});

describe('a row whose reply is lost when its time is already over', () => {
  it('is asked for once, and durable if it is there', async () => {
    const committed = appendedLate('after');
    await expect(clock.until(committed)).resolves.toBeUndefined();
  });

  it('is not sent again if it is not there', async () => {
    const committed = appendedLate('before');
    await expect(clock.until(committed)).rejects.toThrow(UnsettledError);
    expect((await journal.head(event))?.position).toBe(0);
  });

  it('stays unknown when nobody answers that question', async () => {
    journal.isSilent = true;
    await expect(clock.until(appendedLate('after'))).rejects.toThrow(UnsettledError);
  });
});

/** The database has the row or not, and its connection dies after a while. */
function appendedLate(loss: 'before' | 'after'): Promise<void> {
  const release = journal.holdAppends();
  journal.loseNext(loss);
  const committed = commit({ journal, clock, telemetry }, row);
  clock.jump(lateMs);
  release();
  return committed;
}
