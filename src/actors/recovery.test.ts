import { randomBytes } from 'node:crypto';
import {
  type CommandId,
  type EventId,
  type LotId,
  type NodeId,
  pack,
  type SubjectId,
  uuid7,
} from '@ingressou/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyJournal } from '../../test/setup/faulty-journal.ts';
import { KeptSnapshots } from '../../test/setup/kept-snapshots.ts';
import { silentTelemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import { ToldTenure } from '../../test/setup/told-tenure.ts';
import { snapshotSchema } from '../domain/snapshot.ts';
import type { Answer } from '../ports/commands.ts';
import { hashRow } from './chain.ts';
import { Directory } from './directory.ts';

// One show that was sold a little and sleeps, and what a node finds when it wakes it.

const event = newId<EventId>();
const lot = newId<LotId>();

let clock: SteppedClock;
let store: FaultyJournal;
let snapshots: KeptSnapshots;
let directory: Directory;
let tenure: ToldTenure;
/** What an operator is told. */
let log: string[];

beforeEach(async () => {
  clock = new SteppedClock(Date.UTC(2026, 10, 23));
  store = new FaultyJournal();
  store.create(event);
  snapshots = new KeptSnapshots();
  log = [];
  directory = open();
  await sell();
  // The rows of its second owner are behind the snapshot.
  await directory.close();
  const { kept } = snapshots;
  const snapshot = kept.get(event)!;
  directory = open();
  expect(await reserved(4)).toBe('accepted');
  await directory.close();
  kept.set(event, snapshot);
  log = [];
});
afterEach(() => directory.close());

describe('a snapshot that passes its checksum and does not fit', () => {
  it.each([
    ['nothing at all', {}],
    ['a state that the rows behind it break', undefined],
  ])('holds %s: the show is read from its first row', async (_, body) => {
    const good = snapshots.kept.get(event)!;
    // Another show's, in which nothing was ever opened.
    snapshots.kept.set(event, { ...good, body: body ? pack(body) : await emptyBody() });
    directory = open();
    expect(await reserved(7)).toBe('sold_out');
    expect(await reserved(6)).toBe('accepted');
    expect(log).toEqual(['ignores a snapshot: does not fit']);
  });

  it('does not save a history that is broken itself', async () => {
    snapshots.kept.set(event, { ...snapshots.kept.get(event)!, body: pack({}) });
    store.corrupt(event);
    directory = open();
    expect(await reserved(1)).toBe('sealed');
  });
});

describe('a history that a newer program wrote', () => {
  beforeEach(() => writeUnknown());

  it('is not served and not sealed, and the show is free for whoever knows more', async () => {
    directory = open();
    expect(await reserved(1)).toBe('busy');
    const head = await store.head(event);
    expect(head).toMatchObject({ owner: undefined });
    expect(directory.has(event)).toBe(false);
    expect(log).toEqual(['does not know seat_chosen']);
    expect(await store.claim(event, newId<NodeId>())).toBeDefined();
  });

  it('is not read again for every letter, and the snapshot stays as it was', async () => {
    directory = open();
    const snapshot = snapshots.kept.get(event);
    await reserved(1);
    const { rowsRead } = store;
    const { epoch } = (await store.head(event))!;
    for (let count = 0; count < 20; count += 1) expect(await reserved(1)).toBe('busy');
    expect([store.rowsRead, (await store.head(event))?.epoch]).toEqual([rowsRead, epoch]);
    expect(snapshots.kept.get(event)).toBe(snapshot);
  });

  it('is not shown either', async () => {
    directory = open();
    const reply = await clock.until(directory.ask(event, { type: 'view' }));
    expect(reply).toMatchObject({ accepted: false, rejection: { reason: 'busy' } });
    expect(log).toEqual(['does not know seat_chosen']);
  });
});

/** A row of a fact that nobody here knows, as a newer owner leaves it. */
async function writeUnknown(): Promise<void> {
  const owner = newId<NodeId>();
  const { epoch, position, hash } = (await store.claim(event, owner))!;
  const facts = pack([{ type: 'seat_chosen', seat: 'A1' }]);
  const row = { event, epoch, owner, position, last: position + 1, at: clock.now(), facts };
  await store.append({ ...row, hash: hashRow(hash, row), wakeAt: null });
  await store.release(event, epoch, owner);
}

/** The snapshot of a show that has nothing. */
async function emptyBody(): Promise<Uint8Array> {
  const other = newId<EventId>();
  store.create(other);
  directory = open();
  const id = newId<CommandId>();
  const command = { type: 'create_show' as const, id, holdMs: 1, extendMs: 0, limit: 1 };
  await clock.until(directory.submit(other, command));
  await directory.close();
  const { schema, body } = snapshots.kept.get(other)!;
  expect(schema).toBe(snapshotSchema);
  return body;
}

function open(): Directory {
  tenure = new ToldTenure(newId<NodeId>());
  return new Directory({
    tenure,
    journal: store,
    snapshots,
    clock,
    telemetry: {
      ...silentTelemetry,
      snapshotIgnored: (_event, why) => void log.push(`ignores a snapshot: ${why}`),
      historyNewer: (_event, cause) => void log.push(`does not know ${kindIn(cause)}`),
    },
    mailboxLettersMax: 100,
    turnLettersMax: 50,
    snapshotFacts: 1_000,
    snapshotMs: 60_000,
    idleMs: 600_000,
    onCommitted: () => {},
  });
}

function kindIn(cause: unknown): string | undefined {
  const behind = cause instanceof Error ? cause.cause : undefined;
  return behind instanceof Error ? /kind (\w+)/.exec(behind.message)?.[1] : undefined;
}

async function sell(): Promise<void> {
  const name = { sector: 'Pista', name: 'Lote', priceCents: 100 };
  const id = newId<CommandId>();
  for (const command of [
    { type: 'create_show' as const, id, holdMs: 600_000, extendMs: 0, limit: 100 },
    { type: 'open_lot' as const, id: lot, ...name, quantity: 10 },
    { type: 'open_sale' as const, id: newId<CommandId>() },
  ]) {
    expect(outcomeOf(await clock.until(directory.submit(event, command)))).toBe('accepted');
  }
}

async function reserved(quantity: number): Promise<string> {
  const [id, subject] = [newId<CommandId>(), newId<SubjectId>()];
  const command = { type: 'reserve' as const, id, subject, items: [{ lot, quantity }] };
  return outcomeOf(await clock.until(directory.submit(event, command)));
}

function outcomeOf(answer: Answer): string {
  return answer.accepted ? 'accepted' : answer.rejection.reason;
}

function newId<T extends CommandId | EventId | LotId | NodeId | SubjectId>(): T {
  return uuid7<T>(Date.UTC(2026, 10, 23), randomBytes(16));
}
