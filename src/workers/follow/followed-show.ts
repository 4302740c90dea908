import type { EventId, NodeId } from '@ingressou/protocol';
import type { Clock } from '../../ports/clock.ts';
import type { Head, Journal } from '../../ports/journal.ts';
import { Follower, type FollowerOptions } from './follower.ts';
import { pagesOf } from './pages.ts';
import type { FollowedFacts, Work } from './work.ts';

export interface FollowedShowOptions extends FollowerOptions {
  readonly journal: Pick<Journal, 'head' | 'read'>;
  readonly node: NodeId;
  readonly works: readonly Work[];
}

/** From one try to get the places that others had to the next. */
const claimMs = 1_000;
/** How long followers that are done with a page wait for one that is not; then they go on. */
const patienceMs = 1_000;

/**
 * One show, as far as this process follows it. Every page of its history is read once for all
 * followers that are together; one that failed or is slow falls behind and catches up alone.
 */
export class FollowedShow {
  readonly event: EventId;
  /** When it was last worked on. */
  usedAt: number;
  readonly #options: FollowedShowOptions;
  #followers: Follower[] = [];
  readonly #takes = new Set<Promise<void>>();
  #claimAt = Number.NEGATIVE_INFINITY;
  #isEnding = false;

  constructor(options: FollowedShowOptions, event: EventId) {
    this.#options = options;
    this.event = event;
    this.usedAt = options.clock.monotonic();
  }

  /**
   * Follows the show up to where it is now.
   *
   * @throws {FollowersUnavailableError}, {JournalUnavailableError} or what is wrong with a row
   */
  async pass(): Promise<void> {
    this.usedAt = this.#options.clock.monotonic();
    this.#dropLost();
    await this.#claimMissing();
    if (!this.#followers.some(({ isReady }) => isReady)) return;
    const head = await this.#options.journal.head(this.event);
    if (head === undefined) return;
    if (this.#followers.some(({ place }) => place.generation !== head.generation)) {
      // Whatever they knew was of another history. The next pass begins where the claim says.
      await this.#claimAnew();
      return;
    }
    await this.#catchUp(head);
    await this.save();
  }

  /** Whether a slow follower is still at work. */
  get isBusy(): boolean {
    return this.#takes.size > 0;
  }

  /** Ends the pass that runs after the page in hand. */
  stop(): void {
    this.#isEnding = true;
  }

  /** Keeps places that lag, at most once a second unless it `must`. Never rejects. */
  async save(must = false): Promise<void> {
    await Promise.all(this.#followers.map((follower) => follower.save(must)));
  }

  /**
   * Keeps all places and gives them up, when its pass has ended. Followers that are slow have
   * `waitMs` to end, too.
   *
   * @throws {FollowersUnavailableError}
   */
  async close(waitMs: number): Promise<void> {
    await within(this.#options.clock, waitMs, Promise.all(this.#takes));
    await this.save(true);
    const places = this.#followers.filter(({ isLost }) => !isLost).map(({ place }) => place);
    this.#followers = [];
    await this.#options.followers.release(places);
  }

  /** Those that can take facts now that they have not. */
  #behind({ position: end }: Head): readonly Follower[] {
    return this.#followers.filter(({ isReady, position }) => isReady && position < end);
  }

  /** Again for those that the last reading left behind, as long as anybody comes nearer. */
  async #catchUp(head: Head): Promise<void> {
    let [left, last] = [this.#left(head), Number.POSITIVE_INFINITY];
    while (!this.#isEnding && left > 0 && left < last) {
      await this.#read(head);
      [left, last] = [this.#left(head), left];
    }
  }

  /** Facts that those who can have still to take, all together. */
  #left(head: Head): number {
    return this.#behind(head).reduce((sum, { position }) => sum + head.position - position, 0);
  }

  /** From the one that is furthest behind, for as long as anybody can go on. */
  async #read(head: Head): Promise<void> {
    const { journal, clock } = this.#options;
    const after = Math.min(...this.#behind(head).map(({ position }) => position));
    let to = after;
    for await (const page of pagesOf(journal, head, after, clock)) {
      await this.#hand(page);
      to = page.to;
      const goesOn = this.#followers.some(({ isReady, position }) => isReady && position >= to);
      if (this.#isEnding || !goesOn) return;
    }
    if (to < head.position) throw new MissingFactsError(this.event, to);
  }

  /** To all that have come to this page. */
  async #hand(page: FollowedFacts): Promise<void> {
    const takers = this.#followers.filter(({ isReady, position }) => {
      return isReady && position >= page.from && position < page.to;
    });
    const takes = takers.map((follower) => this.#track(follower.take(page)));
    await within(this.#options.clock, patienceMs, Promise.all(takes));
    this.#dropLost();
  }

  #dropLost(): void {
    this.#followers = this.#followers.filter(({ isLost }) => !isLost);
  }

  async #claimMissing(): Promise<void> {
    const { works, clock } = this.#options;
    const had = new Set(this.#followers.map(({ work }) => work));
    const missing = works.filter((work) => !had.has(work));
    if (missing.length === 0 || clock.monotonic() < this.#claimAt) return;
    this.#claimAt = clock.monotonic() + claimMs;
    await this.#claim(missing);
  }

  async #claimAnew(): Promise<void> {
    this.#followers = [];
    await this.#claim(this.#options.works);
  }

  async #claim(works: readonly Work[]): Promise<void> {
    const { followers, node } = this.#options;
    const places = await followers.claim(
      works.map(({ name }) => name),
      this.event,
      node,
    );
    for (const place of places) {
      const work = works.find(({ name }) => name === place.name);
      if (work !== undefined) this.#followers.push(new Follower(this.#options, work, place));
    }
  }

  #track(take: Promise<void>): Promise<void> {
    this.#takes.add(take);
    return take.finally(() => this.#takes.delete(take));
  }
}

/** The head of a show tells of facts that cannot be read. */
class MissingFactsError extends Error {
  override readonly name = 'MissingFactsError';
  constructor(event: EventId, position: number) {
    super(`Show ${event} has facts behind ${position} that its journal does not give.`);
  }
}

/** Resolves with the work, or when its time is over. */
async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  let cancel = (): void => {};
  const over = new Promise<void>((resolve) => {
    const timer = clock.after(ms, resolve);
    cancel = () => timer.cancel();
  });
  await Promise.race([work, over]).finally(cancel);
}
