import { randomBytes } from 'node:crypto';
import {
  type CommandId,
  type EventId,
  type LotId,
  type NodeId,
  type SubjectId,
  uuid7,
} from '@ingressou/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyJournal } from '../../test/setup/faulty-journal.ts';
import { KeptSnapshots } from '../../test/setup/kept-snapshots.ts';
import { silentTelemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import { ToldTenure } from '../../test/setup/told-tenure.ts';
import type { Command } from '../domain/commands.ts';
import type { Answer, Committed } from '../ports/commands.ts';
import type { Snapshot } from '../ports/snapshots.ts';
import { Directory } from './directory.ts';

// One show, one node; the journal can be told to fail, time only moves when it is told to.

let clock: SteppedClock;
let store: FaultyJournal;
let snapshots: KeptSnapshots;
let committed: Committed[];
let onCommitted: (row: Committed) => void;
let failures: string[];
let directory: Directory;
let tenure: ToldTenure;

const event = newId<EventId>();
const lot = newId<LotId>();

beforeEach(async () => {
  clock = new SteppedClock(Date.UTC(2026, 10, 23));
  store = new FaultyJournal();
  store.create(event);
  snapshots = new KeptSnapshots();
  committed = [];
  onCommitted = (row) => committed.push(row);
  failures = [];
  directory = open();
  await sell();
});
afterEach(() => directory.close());

describe('a show', () => {
  it('answers only when the row is durable, and takes what waits meanwhile as one turn', async () => {
    const release = store.holdAppends();
    const answers: Answer[] = [];
    for (let count = 0; count < 5; count += 1) {
      void directory.submit(event, reserve()).then((answer) => answers.push(answer));
      await clock.settle();
    }
    expect(answers).toEqual([]);
    release();
    await clock.settle();
    expect(answers.map(({ accepted }) => accepted)).toEqual([true, true, true, true, true]);
    expect(committed.slice(-2).map(({ facts }) => facts.length)).toEqual([1, 4]);
  });

  it('answers though somebody who is told of its rows throws', async () => {
    const release = store.holdAppends();
    const first = answered(reserve());
    await clock.settle();
    const second = answered(reserve());
    onCommitted = () => {
      throw new Error('a viewer broke');
    };
    release();
    expect([await first, await second]).toEqual(['accepted', 'accepted']);
    expect(failures).toEqual(['tell of a committed row', 'tell of a committed row']);
  });

  it('holds back even a no, until what it saw is durable', async () => {
    const release = store.holdAppends();
    const first = directory.submit(event, reserve(10));
    const second = directory.submit(event, reserve(1));
    const answers: string[] = [];
    void first.then(() => answers.push('yes'));
    void second.then((answer) => answers.push(answer.accepted ? 'yes' : answer.rejection.reason));
    await clock.settle();
    expect(answers).toEqual([]);
    release();
    await clock.settle();
    expect(answers).toEqual(['yes', 'sold_out']);
  });

  it('expires holds by one timer, in their turn, without any command', async () => {
    await answered(reserve(10));
    await clock.advance(60_000);
    expect(committed.at(-1)?.facts.map(({ type }) => type)).toEqual(['expired']);
    expect(await answered(reserve(10))).toBe('accepted');
  });

  it('turns letters away when its mailbox is full', async () => {
    const release = store.holdAppends();
    const first = directory.submit(event, reserve());
    await clock.settle();
    const rest = Array.from({ length: 101 }, () => directory.submit(event, reserve(1)));
    expect(await rest.at(-1)).toEqual({
      accepted: false,
      rejection: { reason: 'busy', retryAfterMs: 250 },
    });
    release();
    await clock.settle();
    await Promise.all([first, ...rest]);
  });

  it('that does not exist is not found, and can still be created later', async () => {
    const other = newId<EventId>();
    const refused = await clock.until(directory.submit(other, reserve()));
    expect(outcomeOf(refused)).toBe('show_not_found');
    store.create(other);
    const created = directory.submit(other, createShow());
    expect(await clock.until(created)).toEqual(expect.objectContaining({ accepted: true }));
  });
});

describe('a lost reply', () => {
  it('of a row that is there is a yes', async () => {
    store.loseNext('after');
    expect(await answered(reserve(10))).toBe('accepted');
    expect(await answered(reserve(1))).toBe('sold_out');
  });

  it('of a row that is not there is sent again', async () => {
    store.loseNext('before');
    expect(await answered(reserve(10))).toBe('accepted');
    expect(await answered(reserve(1))).toBe('sold_out');
  });

  it('that stays unknown is said to be unknown, and the next try settles it', async () => {
    store.loseNext('after');
    store.isSilent = true;
    const command = reserve(10);
    const answer = directory.submit(event, command);
    await clock.advance(3_000);
    expect(outcomeOf(await answer)).toBe('outcome_unknown');
    store.isSilent = false;
    expect(await answered(command)).toBe('accepted');
    expect(committed.flatMap(({ facts }) => facts).filter((f) => f.type === 'owned')).toHaveLength(
      2,
    );
    expect(await answered(reserve(1))).toBe('sold_out');
  });

  it('of a show that somebody else has claimed is fenced, and its letters may try again', async () => {
    await store.claim(event, newId<NodeId>());
    expect(await answered(reserve(10))).toBe('busy');
    expect(await answered(reserve(10))).toBe('accepted');
  });
});

describe('a broken rule', () => {
  it('costs the one command that breaks it, alone, and nobody else', async () => {
    const poison = { ...reserve(1), items: null as never };
    const answers = [reserve(), poison, reserve()].map((each) => directory.submit(event, each));
    await clock.settle();
    expect((await Promise.all(answers)).map(outcomeOf)).toEqual([
      'accepted',
      'internal_error',
      'accepted',
    ]);
    expect(await answered(poison)).toBe('internal_error');
    expect(await answered(reserve())).toBe('accepted');
  });

  it('in the history seals the show', async () => {
    await answered(reserve());
    await directory.close();
    store.corrupt(event);
    snapshots.kept.clear();
    directory = open();
    expect(await answered(reserve())).toBe('sealed');
    expect(await answered(reserve())).toBe('sealed');
  });
});

describe('a snapshot', () => {
  it('is saved when the node closes, and recovery goes on from it', async () => {
    const command = reserve(9);
    await answered(command);
    await directory.close();
    expect(snapshots.kept.get(event)?.position).toBe(committed.at(-1)?.to);
    directory = open();
    const reads = store.rowsRead;
    expect(await answered(command)).toBe('accepted');
    expect(store.rowsRead - reads).toBe(1); // only the row that vouches for the snapshot
    expect(await answered(reserve(2))).toBe('sold_out');
  });

  it.each([
    ['of another schema', { schema: 999 }],
    ['of another generation', { generation: 2 }],
    ['from the future', { position: 1_000 }],
    ['of another history', { hash: new Uint8Array(32) }],
    ['in the middle of a row', { position: 1 }],
  ])('%s is ignored', async (_name, flaw: Partial<Snapshot>) => {
    await answered(reserve(9));
    await directory.close();
    const good = snapshots.kept.get(event)!;
    snapshots.kept.set(event, { ...good, body: new Uint8Array([0x80]), ...flaw });
    directory = open();
    expect(await answered(reserve(2))).toBe('sold_out');
  });

  it('is taken every so many facts while the show is sold', async () => {
    for (let count = 0; count < 10; count += 1) await answered(reserve(1));
    expect(snapshots.kept.get(event)?.position).toBeGreaterThan(5);
  });
});

describe('a sleeping show', () => {
  it('is read without being claimed, and woken by its deadline', async () => {
    await answered(reserve(10));
    await directory.close();
    directory = open();
    const view = await clock.until(directory.ask(event, { type: 'view' }));
    expect(view).toMatchObject({ accepted: true });
    expect((await store.head(event))?.epoch).toBe(1);
    await directory.wakeDue(() => true);
    expect((await store.head(event))?.epoch).toBe(1);
    clock.jump(61_000);
    await directory.wakeDue(() => true);
    await clock.settle();
    expect((await store.head(event))?.epoch).toBe(2);
    expect(committed.at(-1)?.facts.map(({ type }) => type)).toEqual(['owned', 'expired']);
  });

  it('that is ours and not here is woken by its deadline, wherever it should live', async () => {
    await answered(reserve(10));
    tenure.lapse();
    expect(await answered(reserve(1))).toBe('busy');
    tenure.renew();
    clock.jump(61_000);
    await directory.wakeDue(() => false);
    await clock.settle();
    expect(directory.served()).toEqual([event]);
  });

  it('falls asleep when it is idle and no deadline is near, and wakes for the next letter', async () => {
    await answered(reserve(1));
    await clock.advance(599_000);
    directory.sleepIdle();
    expect(await answered(reserve(1))).toBe('accepted');
    expect((await store.head(event))?.epoch).toBe(1);
    await clock.advance(660_000);
    directory.sleepIdle();
    expect(await answered(reserve(1))).toBe('accepted');
    expect((await store.head(event))?.epoch).toBe(2);
    expect(snapshots.kept.get(event)?.position).toBeGreaterThan(0);
  });

  it('answers questions about holds with what is durable', async () => {
    const subject = newId<SubjectId>();
    const command = { ...reserve(2), subject };
    await answered(command);
    const reply = await clock.until(directory.ask(event, { type: 'holds', subject }));
    expect(reply).toMatchObject({ value: [{ id: command.id, status: 'held' }] });
  });
});

describe('a lease', () => {
  it('that ends while a row is on its way leaves nothing to tell, not even a no', async () => {
    const release = store.holdAppends();
    const yes = directory.submit(event, reserve(10));
    await clock.settle();
    const no = directory.submit(event, reserve(1));
    tenure.lapse();
    release();
    expect(await clock.until(yes)).toMatchObject({
      rejection: { reason: 'outcome_unknown' },
      elsewhere: { node: undefined },
    });
    expect(await clock.until(no)).toMatchObject({ rejection: { reason: 'busy' }, elsewhere: {} });
    expect(directory.has(event)).toBe(false);
  });

  it('that was interrupted ends every actor, and the show is claimed again', async () => {
    const wish = reserve(1);
    await answered(wish);
    tenure.lapse();
    tenure.renew();
    expect(await answered(wish)).toBe('busy');
    expect(await answered(wish)).toBe('accepted');
    expect((await store.head(event))?.epoch).toBe(2);
  });

  it('that is over lets nothing be claimed', async () => {
    await directory.close();
    directory = open();
    tenure.lapse();
    expect(await answered(reserve(1))).toBe('busy');
    expect((await store.head(event))?.epoch).toBe(1);
  });
});

describe('a show that lives elsewhere', () => {
  const other = newId<NodeId>();

  beforeEach(async () => {
    await directory.close();
    await store.claim(event, other);
    store.living = other;
    directory = open();
  });

  it('is not claimed: the answer says who has it', async () => {
    const answer = await clock.until(directory.submit(event, reserve(1)));
    expect(answer).toMatchObject({ rejection: { reason: 'busy' }, elsewhere: { node: other } });
    expect(directory.has(event)).toBe(false);
  });

  it('is claimed once its owner is known to be silent, though its lease runs', async () => {
    tenure.silent.add(other);
    expect(await answered(reserve(1))).toBe('accepted');
    expect((await store.head(event))?.owner).toBe(tenure.node);
  });
});

describe('a show that is given away', () => {
  const other = newId<NodeId>();

  it('answers what it has, is saved and released, and sends on what came meanwhile', async () => {
    const release = store.holdAppends();
    const taken = directory.submit(event, reserve(1));
    await clock.settle();
    const moved = directory.release(event, other);
    const late = directory.submit(event, reserve(1));
    release();
    await clock.until(moved);
    expect(outcomeOf(await taken)).toBe('accepted');
    expect(await late).toMatchObject({ rejection: { reason: 'busy' }, elsewhere: { node: other } });
    expect(directory.has(event)).toBe(false);
    const head = await store.head(event);
    expect(head?.owner).toBeUndefined();
    expect(snapshots.kept.get(event)?.position).toBe(head?.position);
  });

  it('is not taken by a process that leaves', async () => {
    await clock.until(directory.release(event, other));
    tenure.isLeaving = true;
    const answer = await clock.until(directory.submit(event, reserve(1)));
    expect(answer).toMatchObject({ rejection: { reason: 'busy' }, elsewhere: {} });
    expect((await store.head(event))?.owner).toBeUndefined();
  });

  it('is woken without being asked for', async () => {
    await clock.until(directory.release(event, other));
    expect(await clock.until(directory.wake(event))).toBe(true);
    expect(directory.served()).toEqual([event]);
  });

  it('to somebody who was frozen and does not know that it was lost is claimed anew', async () => {
    const claimed = await store.claim(event, other);
    await store.release(event, claimed?.epoch ?? 0, other);
    expect(await clock.until(directory.wake(event))).toBe(true);
    expect((await store.head(event))?.owner).toBe(tenure.node);
    expect(await answered(reserve(1))).toBe('accepted');
  });
});

function open(): Directory {
  tenure = new ToldTenure(newId<NodeId>());
  return new Directory({
    tenure,
    journal: store,
    snapshots,
    clock,
    telemetry: { ...silentTelemetry, failed: (what) => void failures.push(what) },
    mailboxLettersMax: 100,
    turnLettersMax: 50,
    snapshotFacts: 5,
    snapshotMs: 60_000,
    idleMs: 600_000,
    onCommitted: (row) => onCommitted(row),
  });
}

async function sell(): Promise<void> {
  const name = { sector: 'Pista', name: 'Lote', priceCents: 100 };
  for (const command of [
    createShow(),
    { type: 'open_lot', id: lot, ...name, quantity: 10 },
    { type: 'open_sale', id: newId<CommandId>() },
  ] satisfies Command[]) {
    await answered(command);
  }
}

function createShow(): Command {
  const id = newId<CommandId>();
  return { type: 'create_show', id, holdMs: 60_000, extendMs: 0, limit: 100 };
}

function reserve(quantity = 1) {
  const [id, subject] = [newId<CommandId>(), newId<SubjectId>()];
  return { type: 'reserve' as const, id, subject, items: [{ lot, quantity }] };
}

/** What became of a command: `accepted` or the reason of the no. */
async function answered(command: Command): Promise<string> {
  return outcomeOf(await clock.until(directory.submit(event, command)));
}

function outcomeOf(answer: Answer): string {
  return answer.accepted ? 'accepted' : answer.rejection.reason;
}

function newId<T extends CommandId | EventId | LotId | NodeId | SubjectId>(): T {
  return uuid7<T>(Date.UTC(2026, 10, 23), randomBytes(16));
}
