import type { EventId, NodeId } from '@ingressou/protocol';
import { assert } from '../domain/assert.ts';
import { FencedError, type Head, type Journal, type Row, SealedError } from '../ports/journal.ts';

/**
 * The journal without a disk, for benches that ask what durability costs and for tests. Nothing
 * in it survives the process.
 */
export class MemoryJournal implements Journal {
  readonly #shows = new Map<EventId, Show>();

  /** Begins the empty history that a catalogue makes together with a show. */
  create(event: EventId): void {
    assert(!this.#shows.has(event), 'a show is created once');
    this.#shows.set(event, new Show());
  }

  async claim(event: EventId, owner: NodeId): Promise<Head | undefined> {
    const show = this.#shows.get(event);
    if (show === undefined) return undefined;
    if (show.isSealed) throw new SealedError(event);
    show.epoch += 1;
    show.owner = owner;
    return headOf(event, show);
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

  async due(now: number, max: number): Promise<EventId[]> {
    return [...this.#shows]
      .filter(([, show]) => !show.isSealed && show.wakeAt !== null && show.wakeAt <= now)
      .sort(([a, one], [b, other]) => one.wakeAt! - other.wakeAt! || (a < b ? -1 : 1))
      .slice(0, max)
      .map(([event]) => event);
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
  const { epoch, owner, position, rows } = show;
  const hash = rows.at(-1)?.hash ?? new Uint8Array();
  return { event, epoch, owner, position, hash, generation: 1 };
}
