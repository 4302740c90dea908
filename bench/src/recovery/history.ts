import { randomBytes } from 'node:crypto';
import { type EventId, pack, uuid7 } from '@ingressou/protocol';
import { hashRow } from '../../../src/actors/chain.ts';
import { nextDeadline } from '../../../src/domain/deadlines.ts';
import { shortened, snapshotSchema } from '../../../src/domain/snapshot.ts';
import type { Head, Row } from '../../../src/ports/journal.ts';
import { ProgramError } from '../program.ts';
import { digestOf } from './digest.ts';
import type { History, HistoryPlan, SnapshotPlace } from './messages.ts';
import { type SaleTurn, SimulatedSale } from './simulated-sale.ts';
import { openRecoveryStore, type RecoveryStore } from './store.ts';

/** How often the progress is told. */
const progressRows = 200;

/** Sells a show and writes its journal as its actor would have, one row per turn. */
export async function makeHistory(
  { facts, daysPerMillion, behindFacts }: HistoryPlan,
  onProgress: (facts: number) => void,
): Promise<History> {
  const store = await openRecoveryStore('none');
  const event = uuid7<EventId>(Date.now(), randomBytes(16));
  const sale = new SimulatedSale(event, { facts, days: (daysPerMillion * facts) / 1e6 });
  const journal = new SaleJournal(store, await claim(store, event), sale);
  await journal.append(sale.open());
  let isBehindSaved = false;
  while (journal.position < facts) {
    await journal.append(sale.sell());
    if (journal.rows % progressRows === 0) onProgress(journal.position);
    if (isBehindSaved || journal.position < facts - behindFacts) continue;
    await journal.save('behind');
    isBehindSaved = true;
  }
  await journal.save('head');
  await store.close();
  return journal.history();
}

async function claim({ catalog, journal, node }: RecoveryStore, id: EventId): Promise<Head> {
  const startsAt = Date.now();
  const place = { venue: 'Loopback', city: 'Brasília', uf: 'DF' };
  await catalog.add({ id, slug: `bench-${id}`, title: 'Bench', ...place, startsAt });
  const head = await journal.claim(id, node);
  if (head === undefined) throw new ProgramError('The show that was just made is not there.');
  return head;
}

/** Where a history grows, and what there is to tell of it. */
class SaleJournal {
  readonly #store: RecoveryStore;
  readonly #head: Head;
  readonly #sale: SimulatedSale;
  readonly #mix: Record<string, number> = {};
  #last: Pick<Row, 'last' | 'hash' | 'at'>;
  #bytes = 0;
  rows = 0;

  constructor(store: RecoveryStore, head: Head, sale: SimulatedSale) {
    this.#store = store;
    this.#head = head;
    this.#sale = sale;
    this.#last = { last: head.position, hash: head.hash, at: 0 };
  }

  get position(): number {
    return this.#last.last;
  }

  async append({ at, facts }: SaleTurn): Promise<void> {
    const { event, epoch } = this.#head;
    const { node: owner, journal } = this.#store;
    const { last: position, hash } = this.#last;
    const last = position + facts.length;
    const body = { event, epoch, owner, position, last, at, facts: pack(facts) };
    const wakeAt = nextDeadline(this.#sale.state)?.at ?? null;
    const row = { ...body, hash: hashRow(hash, body), wakeAt };
    await journal.append(row);
    this.#last = row;
    this.#bytes += row.facts.length;
    this.rows += 1;
    for (const { type } of facts) this.#mix[type] = (this.#mix[type] ?? 0) + 1;
  }

  async save(place: SnapshotPlace): Promise<void> {
    const store = await openRecoveryStore(place);
    const { event, generation } = this.#head;
    const { last: position, hash, at } = this.#last;
    const body = pack(shortened(this.#sale.state));
    const schema = snapshotSchema;
    await store.snapshots.save({ event, generation, position, hash, at, schema, body });
    await store.close();
  }

  history(): History {
    const { state } = this.#sale;
    return {
      event: state.event,
      facts: this.position,
      rows: this.rows,
      bytes: this.#bytes,
      mix: this.#mix,
      holds: state.holds.size,
      done: state.done.size,
      digest: digestOf(state),
    };
  }
}
