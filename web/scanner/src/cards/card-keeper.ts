import { backoffMs, type Random } from '@ingressou/client-sdk/backoff';
import type { Clock, Timer } from '@ingressou/client-sdk/clock';
import type { EventId } from '@ingressou/protocol';
import {
  blockOf,
  blockTickets,
  type CardBlock,
  decodeCards,
  holderIn,
} from '@ingressou/protocol/name-cards';
import { decodeTicket, eventNumber } from '@ingressou/protocol/ticket';
import { signal } from '@preact/signals';
import { ApiError } from '../api.ts';
import type { StoredBlock } from '../store/database.ts';
import type { CardShelf } from './card-shelf.ts';

/** Between two blocks: scans and their answers go by the same line. */
const paceMs = 300;
/** A block in which tickets were sold since is asked for again after so long, and any other one. */
const grownMs = 60_000;
const staleMs = 30 * 60_000;
/** After so many failures in a row the next package begins it again. */
const triesMax = 6;
/** How often it is asked whether the show is over. */
const watchMs = 60_000;

export interface CardKeeperOptions {
  readonly event: EventId;
  readonly shelf: CardShelf;
  readonly clock: Clock;
  readonly random: Random;
  /** The server's time. */
  readonly now: () => number;
  /** @throws {ApiError} */
  readonly fetch: (block: number) => Promise<Uint8Array>;
}

/** What there is of cards here. */
export interface CardsState {
  /** The producer wants them, as far as it was heard. */
  readonly isOn: boolean;
  readonly cards: number;
  /** Blocks that have not come yet. */
  readonly missing: number;
}

type Held = Omit<StoredBlock, 'bytes'> & Pick<CardBlock, 'goodUntil'> & { readonly cards: number };

/**
 * The name cards of this device: fetched while the producer wants them, opened one by one with the
 * tickets they are for, and thrown away when the show is over, when the producer wants none any more
 * or when the device is shut out. A name is never written down here.
 */
export class CardKeeper {
  readonly state = signal<CardsState>({ isOn: false, cards: 0, missing: 0 });
  readonly #options: CardKeeperOptions;
  readonly #event: number;
  readonly #held = new Map<number, Held>();
  #isOn = false;
  /** Nothing is on the shelf, as far as this object has seen to it. */
  #isEmpty = false;
  #issued = 0;
  #failures = 0;
  #isFetching = false;
  #isClosed = false;
  #next: Timer | undefined;
  #watch: Timer | undefined;

  constructor(options: CardKeeperOptions) {
    this.#options = options;
    this.#event = eventNumber(options.event);
    this.#keepWatch();
  }

  /** What was kept, unless it is another show's, damaged or too old: then nothing is. */
  async load(): Promise<void> {
    const stored = await this.#options.shelf.all();
    for (const each of stored) {
      const block = this.#read(each);
      if (block === undefined) return await this.wipe();
      this.#note(each, block);
    }
    this.#isOn = stored.length > 0;
    this.#show();
  }

  /** What the newest package says: whether there are cards, and that serials are below `issued`. */
  follow(news: { readonly hasCards: boolean; readonly issued: number }): void {
    if (!news.hasCards) return void this.wipe();
    this.#isOn = true;
    this.#issued = news.issued;
    this.#failures = 0;
    this.#show();
    this.#plan(0);
  }

  /** Who comes with a code. Undefined when there is no card that it opens. */
  async holderOf(code: string): Promise<string | undefined> {
    const read = decodeTicket(code);
    if (typeof read === 'string' || !this.#isOn) return undefined;
    const stored = await this.#options.shelf.get(blockOf(read.ticket.serial));
    const block = stored && this.#read(stored);
    return block && (await holderIn(block, read));
  }

  /** Throws all of them away. */
  async wipe(): Promise<void> {
    this.#isOn = false;
    this.#next?.cancel();
    this.#next = undefined;
    this.#held.clear();
    this.#show();
    if (this.#isEmpty) return;
    try {
      await this.#options.shelf.clear();
      this.#isEmpty = !this.#isFetching;
    } catch {
      // A disk that does not take it: the next package, or the next look at the clock, tries again.
    }
  }

  /** Fetches nothing more; what is kept stays. */
  close(): void {
    this.#isClosed = true;
    this.#next?.cancel();
    this.#watch?.cancel();
  }

  #keepWatch(): void {
    this.#watch = this.#options.clock.after(watchMs, () => {
      if (this.#isOver()) void this.wipe();
      if (!this.#isClosed) this.#keepWatch();
    });
  }

  #isOver(): boolean {
    const now = this.#options.now();
    return [...this.#held.values()].some(({ goodUntil }) => now >= goodUntil);
  }

  #plan(ms: number): void {
    if (this.#isClosed || this.#isFetching || this.#due() === undefined) return;
    this.#next ??= this.#options.clock.after(ms, () => {
      this.#next = undefined;
      void this.#step();
    });
  }

  async #step(): Promise<void> {
    const block = this.#due();
    if (block === undefined) return;
    this.#isFetching = true;
    const outcome = await this.#take(block);
    this.#isFetching = false;
    if (outcome === 'none') return await this.wipe();
    if (outcome === 'dropped') return;
    this.#failures = outcome === 'failed' ? this.#failures + 1 : 0;
    if (this.#failures >= triesMax) return;
    const { random } = this.#options;
    this.#plan(outcome === 'failed' ? backoffMs(this.#failures, random, paceMs) : paceMs);
  }

  async #take(block: number): Promise<'taken' | 'dropped' | 'none' | 'failed'> {
    const { shelf, fetch, now } = this.#options;
    try {
      const stored = { block, bytes: await fetch(block), issued: this.#issued, fetchedAt: now() };
      const read = this.#read(stored);
      if (read === undefined) return 'failed';
      if (!this.#isOn || this.#isClosed) return 'dropped';
      this.#isEmpty = false;
      await shelf.put(stored);
      // Wiped while it was written: it goes, too.
      if (!this.#isOn) return 'none';
      this.#note(stored, read);
      this.#show();
      return 'taken';
    } catch (error) {
      // Shut out, or there are none: what is here must go. Anything else may get better.
      return error instanceof ApiError && isNo(error.status) ? 'none' : 'failed';
    }
  }

  /** Those that are missing first, then those in which tickets were sold, then the oldest. */
  #due(): number | undefined {
    if (!this.#isOn) return undefined;
    const wanted = Array.from({ length: this.#wanted() }, (_, block) => block);
    const now = this.#options.now();
    const isOlder = (block: number, ms: number) =>
      now - (this.#held.get(block)?.fetchedAt ?? 0) >= ms;
    return (
      wanted.find((block) => !this.#held.has(block)) ??
      wanted.find((block) => this.#hasGrown(block) && isOlder(block, grownMs)) ??
      wanted.find((block) => isOlder(block, staleMs))
    );
  }

  #hasGrown(block: number): boolean {
    const end = (block + 1) * blockTickets;
    return Math.min(end, this.#issued) > (this.#held.get(block)?.issued ?? 0);
  }

  /** How many blocks have tickets. */
  #wanted(): number {
    return this.#issued <= 1 ? 0 : blockOf(this.#issued - 1) + 1;
  }

  #read({ bytes, block }: Pick<StoredBlock, 'bytes' | 'block'>): CardBlock | undefined {
    const read = decodeCards(bytes, { event: this.#event, block });
    if (typeof read === 'string') return undefined;
    return this.#options.now() < read.goodUntil ? read : undefined;
  }

  #note({ block, issued, fetchedAt }: StoredBlock, { goodUntil, cards }: CardBlock): void {
    this.#held.set(block, { block, issued, fetchedAt, goodUntil, cards: cards.length });
  }

  #show(): void {
    const cards = [...this.#held.values()].reduce((sum, held) => sum + held.cards, 0);
    const missing = this.#isOn ? Math.max(0, this.#wanted() - this.#held.size) : 0;
    this.state.value = { isOn: this.#isOn, cards, missing };
  }
}

function isNo(status: number): boolean {
  return status === 403 || status === 404;
}
