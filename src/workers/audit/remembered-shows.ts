import type { EventId } from '@ingressou/protocol';
import type { Head } from '../../ports/journal.ts';
import { CountedHistory, type Mark } from './counted-history.ts';

/** Where a show was when it was last counted to its head. */
type Seen = Mark & Pick<Head, 'generation' | 'epoch'>;

interface Kept {
  readonly history: CountedHistory;
  readonly generation: number;
}

/**
 * What the auditor keeps from round to round: of every show a mark of some hundred bytes, and of
 * those counted last their whole count, up to `notesMax` notes in all. The others are counted
 * again from their first row when they change.
 */
export class RememberedShows {
  readonly #notesMax: number;
  readonly #seen = new Map<EventId, Seen>();
  /** Longest unused first. */
  readonly #kept = new Map<EventId, Kept>();
  #notes = 0;

  constructor(notesMax: number) {
    this.#notesMax = notesMax;
  }

  /** Whether nothing was written since, so that there is nothing to count. */
  isUnchanged({ event, position, hash, epoch }: Head): boolean {
    const seen = this.#seen.get(event);
    if (seen === undefined) return position === 0;
    const isSamePlace = seen.position === position && Buffer.compare(seen.hash, hash) === 0;
    return isSamePlace && seen.epoch <= epoch;
  }

  /**
   * Takes out the count that leads to `head`, or begins one. What was seen before must be met in it
   * again, unless a restore that may have lost facts has raised the generation since.
   */
  take({ event, position, generation }: Head): CountedHistory {
    const kept = this.#takeOut(event);
    const leadsThere = kept?.generation === generation && kept.history.position <= position;
    if (leadsThere) return kept.history;
    const seen = this.#seen.get(event);
    return new CountedHistory(event, seen?.generation === generation ? seen : undefined);
  }

  /** Keeps a count for as long as there is room, whether or not it has come to an end. */
  keep(history: CountedHistory, generation: number): void {
    this.#kept.set(history.event, { history, generation });
    this.#notes += weightOf(history);
    for (const [oldest] of this.#kept) {
      if (this.#notes <= this.#notesMax) return;
      this.#takeOut(oldest);
    }
  }

  /** Remembers that a show was counted to this head. */
  mark({ event, position, hash, epoch, generation }: Head): void {
    this.#seen.set(event, { position, hash, epoch, generation });
  }

  #takeOut(event: EventId): Kept | undefined {
    const kept = this.#kept.get(event);
    if (kept === undefined) return undefined;
    this.#kept.delete(event);
    this.#notes -= weightOf(kept.history);
    return kept;
  }
}

/** A count does not grow while it is kept: it weighs the same when it goes as when it came. */
function weightOf({ model }: CountedHistory): number {
  return 1 + model.notes;
}
