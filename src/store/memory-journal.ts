import type { EventId, NodeId } from '@ingressou/protocol';
import { assert } from '../domain/assert.ts';
import {
  type Due,
  FencedError,
  type Head,
  type Journal,
  JournalUnavailableError,
  type Location,
  OwnedError,
  type Row,
  SealedError,
} from '../ports/journal.ts';

export interface MemoryJournalOptions {
  /** Whether the lease of a process runs. Without it there are no leases: whoever claims, owns. */
  readonly isAlive?: (node: NodeId) => boolean;
}

/**
 * The journal without a disk, for benches that ask what durability costs and for tests. Nothing
 * in it survives the process.
 */
export class MemoryJournal implements Journal {
  readonly #shows = new Map<EventId, Show>();
  readonly #isAlive: ((node: NodeId) => boolean) | undefined;

  constructor({ isAlive }: MemoryJournalOptions = {}) {
    this.#isAlive = isAlive;
  }

  /** Begins the empty history that a catalogue makes together with a show. */
  create(event: EventId): void {
    assert(!this.#shows.has(event), 'a show is created once');
    this.#shows.set(event, new Show());
  }

  async claim(event: EventId, owner: NodeId, insteadOf?: number): Promise<Head | undefined> {
    const show = this.#shows.get(event);
    if (show === undefined) return undefined;
    if (show.isSealed) throw new SealedError(event);
    if (this.#isAlive?.(owner) === false) {
      throw new JournalUnavailableError({ cause: 'The lease of the claimer is over.' });
    }
    if (show.epoch !== insteadOf && this.#isOthers(show, owner)) {
      throw new OwnedError(event, show.owner!, show.epoch);
    }
    show.epoch += 1;
    show.owner = owner;
    return headOf(event, show);
  }

  async release(event: EventId, epoch: number, owner: NodeId): Promise<void> {
    const show = this.#shows.get(event);
    if (show?.epoch === epoch && show.owner === owner) show.owner = undefined;
  }

  /** Without leases an owner lives as long as this process. */
  async locate(event: EventId): Promise<Location | undefined> {
    const show = this.#shows.get(event);
    if (show === undefined) return undefined;
    const { owner, epoch } = show;
    const isAlive = owner !== undefined && this.#isAlive?.(owner) !== false;
    return { owner, epoch, leftMs: isAlive ? Number.POSITIVE_INFINITY : 0 };
  }

  async head(event: EventId): Promise<Head | undefined> {
    const show = this.#shows.get(event);
    return show && headOf(event, show);
  }

  async append(row: Row): Promise<void> {
    assert(row.last > row.position, 'a row has facts');
    const outcome = this.#look(row);
    if (outcome === 'fenced') throw new FencedError(row.event, row.epoch);
    if (outcome === 'committed') return;
    const show = this.#shows.get(row.event)!;
    show.rows.push({ ...row, wakeAt: null });
    show.wakeAt = row.wakeAt;
  }

  async outcome(row: Row): Promise<'committed' | 'absent' | 'fenced'> {
    return this.#look(row);
  }

  async *read(event: EventId, after: number, upTo: number): AsyncIterable<Row> {
    for (const row of this.#shows.get(event)?.rows ?? []) {
      if (row.last > upTo) return;
      if (row.last > after) yield row;
    }
  }

  async seal(event: EventId): Promise<void> {
    const show = this.#shows.get(event);
    if (show !== undefined) show.isSealed = true;
  }

  async due(node: NodeId, now: number, max: number): Promise<Due[]> {
    return [...this.#shows]
      .filter(([, show]) => !show.isSealed && show.wakeAt !== null && show.wakeAt <= now)
      .filter(([, show]) => !this.#isOthers(show, node))
      .sort(([a, one], [b, other]) => one.wakeAt! - other.wakeAt! || (a < b ? -1 : 1))
      .slice(0, max)
      .map(([event, { owner }]) => ({ event, owner }));
  }

  async list(after: EventId | undefined, max: number): Promise<Head[]> {
    return [...this.#shows]
      .filter(([event]) => after === undefined || event > after)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, max)
      .map(([event, show]) => headOf(event, show));
  }

  /** Whether another process with a running lease owns it. */
  #isOthers({ owner }: Show, node: NodeId): boolean {
    return owner !== undefined && owner !== node && this.#isAlive?.(owner) === true;
  }

  #look(row: Row): 'committed' | 'absent' | 'fenced' {
    const show = this.#shows.get(row.event);
    if (show === undefined) return 'fenced';
    const kept = show.rows.findLast(({ last }) => last <= row.last);
    if (kept?.last === row.last && Buffer.compare(kept.hash, row.hash) === 0) return 'committed';
    const isWriter = show.epoch === row.epoch && show.owner === row.owner && !show.isSealed;
    return isWriter && show.position === row.position ? 'absent' : 'fenced';
  }
}

/** What a database keeps in `event_head` and `journal`. */
class Show {
  epoch = 0;
  owner: NodeId | undefined;
  wakeAt: number | null = null;
  isSealed = false;
  readonly rows: Row[] = [];

  get position(): number {
    return this.rows.at(-1)?.last ?? 0;
  }
}

function headOf(event: EventId, show: Show): Head {
  const { epoch, owner, position, rows, isSealed } = show;
  const hash = rows.at(-1)?.hash ?? new Uint8Array();
  return { event, epoch, owner, position, hash, generation: 1, isSealed };
}
