import { type EventId, pack, type SubjectId } from '@ingressou/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newEvent } from '../../../test/contract/rows.ts';
import { GoldenShow, tellGoldenStory } from '../../../test/setup/golden-show.ts';
import { silentTelemetry } from '../../../test/setup/silent-telemetry.ts';
import { minute } from '../../../test/setup/story.ts';
import { hashRow } from '../../actors/chain.ts';
import type { Fact, FactOf } from '../../domain/facts.ts';
import { type Head, JournalUnavailableError, type Row } from '../../ports/journal.ts';
import { MemoryJournal } from '../../store/memory-journal.ts';
import { Auditor, type AuditorOptions } from './auditor.ts';

// A show that the production actor sells, and an auditor who looks once a minute.

let journal: EditedJournal;
let show: GoldenShow;
let auditor: Auditor | undefined;
let heard: string[];
/** Facts of the golden story. */
let golden: number;

beforeEach(async () => {
  journal = new EditedJournal();
  show = new GoldenShow('one', journal);
  heard = [];
  await tellGoldenStory(show);
  golden = (await show.head()).position;
});
afterEach(async () => {
  await auditor?.close();
  await show.close();
});

describe('the auditor', () => {
  it('counts a history once, and then only what is written behind it', async () => {
    const { position } = await show.head();
    journal.create(newEvent());
    await audit();
    await nextRound();
    expect(heard).toEqual([`adds up: ${position}`]);
    journal.rowsRead = 0;
    await show.tell('reserve h7 eva C 1');
    await nextRound();
    expect(heard.slice(1)).toEqual([`adds up: ${position + 1}`]);
    expect(journal.rowsRead).toBe(1);
  });

  it('looks at every show, however many pages they are', async () => {
    const others = Array.from({ length: 450 }, (_, index) => `show ${index}`);
    for (const name of others) await addShow(name);
    await audit();
    expect(heard.filter((line) => line === 'adds up: 2')).toHaveLength(others.length);
    expect(heard).toHaveLength(others.length + 1);
  });

  it('says once what is broken, and of no show but that one', async () => {
    await addShow('other');
    await oversell('h8');
    await audit();
    await oversell('h9');
    await nextRound();
    expect(heard.filter((line) => line !== 'adds up: 2')).toEqual(['broken: no_oversell']);
  });

  it('goes on where it was when the journal did not answer', async () => {
    const rows = await show.rows();
    journal.rowsUntilSilence = 3;
    journal.rowsRead = 0;
    await audit();
    expect(heard).toEqual(['failed: audit the journal']);
    await nextRound();
    expect(heard.slice(1)).toEqual([`adds up: ${rows.at(-1)?.last}`]);
    expect(journal.rowsRead).toBe(rows.length);
  });

  it('lets no show that cannot be read hide the others', async () => {
    journal.unreadable = show.event;
    await addShow('other');
    await audit();
    expect(heard.toSorted()).toEqual(['adds up: 2', `failed: audit show ${show.event}`]);
  });
});

describe('a broken show', () => {
  it('is sealed, once, when the auditor may', async () => {
    await oversell('h9');
    await audit({ seals: true });
    await nextRound();
    expect(heard).toEqual(['broken: no_oversell', 'sealed']);
    expect(await show.head()).toMatchObject({ isSealed: true });
  });

  it('is only told of when it may not', async () => {
    await oversell('h9');
    await audit({ seals: false });
    expect(heard).toEqual(['broken: no_oversell']);
    expect(await show.head()).toMatchObject({ isSealed: false });
  });

  it('goes on selling when its stock and its record are sound', async () => {
    await append([{ type: 'sale_opened' }]);
    await audit({ seals: true });
    expect(heard).toEqual(['broken: sale_order']);
    expect(await show.head()).toMatchObject({ isSealed: false });
  });

  it('is sealed in a later round when the journal did not hear of it', async () => {
    await oversell('h9');
    journal.sealsToRefuse = 1;
    await audit({ seals: true });
    expect(heard).toEqual(['broken: no_oversell', 'failed: audit the journal']);
    await nextRound();
    expect(heard.slice(2)).toEqual(['sealed']);
  });

  it('is not sealed again when it is sealed', async () => {
    await oversell('h9');
    await journal.seal(show.event);
    await audit({ seals: true });
    expect(heard).toEqual(['broken: no_oversell']);
  });
});

describe('what was seen once', () => {
  const withoutEnd = (rows: readonly Row[]) => rows.slice(0, -2);
  /** As if it had always been so: only who remembers the old hashes can tell. */
  const retold = (rows: readonly Row[]) => {
    const told = rows.findLastIndex(({ at }) => at < rows.at(-1)!.at) + 1;
    return chained(rows.map((row, index) => (index === told ? { ...row, at: row.at - 1 } : row)));
  };

  it.each([undefined, 0])('is missed when the end is gone (room for %s)', async (notesMax) => {
    await audit(notesMax === undefined ? {} : { notesMax });
    journal.edit = withoutEnd;
    await nextRound();
    expect(heard.slice(1)).toEqual(['broken: whole_history']);
  });

  it('is missed once: what is written in its place is counted as it is', async () => {
    await audit();
    const { length } = await show.rows();
    journal.edit = (rows) =>
      chained(rows.filter((_, index) => index < length - 2 || index >= length));
    await nextRound();
    for (const row of ['pause p8', 'open o9', 'pause p9']) await show.tell(row);
    await nextRound();
    expect(heard.slice(1)).toEqual(['broken: whole_history']);
  });

  it.each(['', 'pause p9'])('is missed when it is told otherwise (then: "%s")', async (row) => {
    await audit({ notesMax: 0 });
    if (row !== '') await show.tell(row);
    journal.edit = retold;
    await nextRound();
    expect(heard.slice(1)).toEqual(['broken: whole_history']);
  });

  it.each([
    ['lost', (rows: readonly Row[]) => rows.slice(0, -3), -2],
    ['replaced', retold, 1],
  ])('may be %s by a restore that has raised the generation', async (_what, edit, more) => {
    await audit();
    await show.tell('pause p9');
    journal.edit = edit;
    journal.generation = 2;
    await nextRound();
    expect(heard).toEqual([`adds up: ${golden}`, `adds up: ${golden + more}`]);
  });

  it('is an epoch too: an owner of long ago cannot come back', async () => {
    await audit();
    journal.epoch = 1;
    await nextRound();
    expect(heard.slice(1)).toEqual(['broken: one_writer']);
  });

  it('is counted from the first row when there was no room for it and it has changed', async () => {
    await audit({ notesMax: 0 });
    journal.rowsRead = 0;
    await nextRound();
    expect(journal.rowsRead).toBe(0);
    await show.tell('pause p9');
    await nextRound();
    expect(journal.rowsRead).toBe((await show.rows()).length);
  });
});

it('keeps a count while there is room for it, from round to round', async () => {
  await audit({ notesMax: 40 });
  journal.rowsRead = 0;
  for (const row of ['pause p6', 'open o7', 'pause p8', 'open o9', 'pause p0']) {
    await show.tell(row);
    await nextRound();
  }
  expect(journal.rowsRead).toBe(5);
});

describe('the pace', () => {
  beforeEach(async () => {
    for (let count = 0; count < 10; count += 1) await fill(500);
    await show.changeNode();
  });

  it('leaves room: a sale goes on while a history is counted', async () => {
    start({ factsPerSecondMax: 1_000 });
    await show.clock.advance(2_500);
    expect(await show.tell('reserve h8 eva B 1')).toBe('accepted');
    expect(heard).toEqual([]);
    await show.clock.advance(5_000);
    expect(heard).toEqual([`adds up: ${golden + 5_000}`]);
  });

  it('is that of rounds: a long one is followed by the next one at its time', async () => {
    start({ factsPerSecondMax: 100 });
    await show.clock.advance(55_000);
    expect(heard).toEqual([`adds up: ${golden + 5_000}`]);
    await show.tell('reserve h8 eva B 1');
    await show.clock.advance(5_000);
    expect(heard.slice(1)).toEqual([`adds up: ${golden + 5_002}`]);
  });

  it('ends between two rounds when the auditor is closed', async () => {
    await audit();
    const { lists } = journal;
    await auditor?.close();
    await nextRound();
    expect(journal.lists).toBe(lists);
  });

  it('is broken off when the auditor is closed, and nothing is told', async () => {
    await addShow('other');
    const closing = start({ factsPerSecondMax: 1 });
    await show.clock.settle();
    const { rowsRead, lists } = journal;
    await closing.close();
    await show.clock.advance(60 * minute);
    expect(heard).toEqual([]);
    expect([journal.rowsRead, journal.lists]).toEqual([rowsRead, lists]);
  });
});

/** The first round of an auditor, to its end. */
async function audit(options: Partial<AuditorOptions> = {}): Promise<void> {
  start({ factsPerSecondMax: Number.POSITIVE_INFINITY, ...options });
  await show.clock.advance(0);
}

async function nextRound(): Promise<void> {
  await show.clock.advance(minute);
}

function start(options: Partial<AuditorOptions>): Auditor {
  const telemetry = {
    ...silentTelemetry,
    promiseBroken: (_event: EventId, invariant: string) => heard.push(`broken: ${invariant}`),
    showAudited: (_event: EventId, position: number) => heard.push(`adds up: ${position}`),
    showSealed: () => heard.push('sealed'),
    failed: (what: string) => heard.push(`failed: ${what}`),
  };
  auditor = new Auditor({ journal, clock: show.clock, telemetry, seals: false, ...options });
  auditor.start();
  return auditor;
}

/** Another show, with the two facts of its creation. */
async function addShow(name: string): Promise<void> {
  const other = new GoldenShow(name, journal, show.clock);
  await other.tell('create c 4');
  await other.close();
}

/** One unit more of a lot than is free. */
async function oversell(name: string): Promise<void> {
  const id = show.story.id<FactOf<'reserved'>['id']>(name);
  const subject = show.story.id<SubjectId>('eva');
  const items = [{ lot: show.story.id<FactOf<'lot_opened'>['id']>('A'), quantity: 2 }];
  const expiresAt = show.clock.now() + 10 * minute;
  await append([{ type: 'reserved', id, wish: 1, subject, items, expiresAt }]);
}

/** Facts that change nothing of what is for sale. */
async function fill(count: number): Promise<void> {
  const { position } = await show.head();
  const facts = Array.from({ length: count }, (_, index): Fact => {
    const id = show.story.id<FactOf<'sale_paused'>['id']>(`o${position + index}`);
    return { type: 'sale_opened', id, wish: 1 };
  });
  await append(facts);
}

/** A row that no rule was asked about, as a broken actor would write it. */
async function append(facts: readonly Fact[]): Promise<void> {
  const { event, epoch, owner, position, hash } = await show.head();
  const last = position + facts.length;
  const turn = { event, epoch, owner: owner!, position, last, at: show.clock.now() };
  const row = { ...turn, facts: pack(facts) };
  await journal.append({ ...row, hash: hashRow(hash, row), wakeAt: null });
}

function chained(rows: readonly Row[]): Row[] {
  let hash: Uint8Array = new Uint8Array();
  return rows.map((row) => {
    hash = hashRow(hash, row);
    return { ...row, hash };
  });
}

/** The journal in memory, behind whatever was done to it when nobody looked. */
class EditedJournal extends MemoryJournal {
  edit = (rows: readonly Row[]): readonly Row[] => rows;
  generation = 1;
  epoch: number | undefined;
  unreadable: EventId | undefined;
  rowsUntilSilence = Number.POSITIVE_INFINITY;
  sealsToRefuse = 0;
  rowsRead = 0;
  lists = 0;

  override async list(after: EventId | undefined, max: number): Promise<Head[]> {
    this.lists += 1;
    const heads = await super.list(after, max);
    return await Promise.all(heads.map((head) => this.#edited(head)));
  }

  override async *read(event: EventId, after: number, upTo: number): AsyncIterable<Row> {
    if (event === this.unreadable) throw new Error('a column holds something else');
    for (const row of await this.#rows(event)) {
      if (row.last <= after || row.last > upTo) continue;
      if (this.rowsUntilSilence === 0) {
        this.rowsUntilSilence = Number.POSITIVE_INFINITY;
        throw new JournalUnavailableError({ cause: 'told so' });
      }
      this.rowsUntilSilence -= 1;
      this.rowsRead += 1;
      yield row;
    }
  }

  override async seal(event: EventId): Promise<void> {
    this.sealsToRefuse -= 1;
    if (this.sealsToRefuse >= 0) throw new JournalUnavailableError({ cause: 'told so' });
    await super.seal(event);
  }

  async #edited(head: Head): Promise<Head> {
    const { last = 0, hash = head.hash } = (await this.#rows(head.event)).at(-1) ?? {};
    const { generation, epoch = head.epoch } = this;
    return { ...head, position: last, hash, generation, epoch };
  }

  async #rows(event: EventId): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for await (const row of super.read(event, 0, Number.MAX_SAFE_INTEGER)) rows.push(row);
    return this.edit(rows);
  }
}
