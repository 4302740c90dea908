import type { Clock } from '../../ports/clock.ts';
import type { Followers, Place } from '../../ports/followers.ts';
import { JobsUnavailableError } from '../../ports/jobs.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { pageBehind } from './pages.ts';
import type { FollowedFacts, Taken, Work } from './work.ts';

export interface FollowerOptions {
  readonly followers: Followers;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'failed' | 'factsFollowed'>;
}

/** How long a follower leaves a show alone after its first failure there; doubled with each more. */
const retryMs = 1_000;
const retryMsMax = 60_000;
/** Queues that were away are back for everybody at once: who waits longer makes orders late. */
const queuesRetryMsMax = 2_000;
/** How far in time the kept place of a follower that had nothing to do may lag. */
const saveMs = 1_000;

/** One follower in one show: its work, how far it has come, and how far anybody knows it has. */
export class Follower {
  readonly work: Work;
  /** Everything up to this fact is done; the place that is kept may be behind. */
  position: number;
  /** Somebody else has taken the place over. */
  isLost = false;
  readonly #options: FollowerOptions;
  #place: Place;
  #savedAt: number;
  #isBusy = false;
  #failures = 0;
  #retryAt = Number.NEGATIVE_INFINITY;

  constructor(options: FollowerOptions, work: Work, place: Place) {
    this.#options = options;
    this.work = work;
    this.#place = place;
    this.position = place.position;
    this.#savedAt = options.clock.monotonic();
  }

  get place(): Place {
    return this.#place;
  }

  /** Whether it can take facts now: neither at work nor waiting after a failure. */
  get isReady(): boolean {
    return !this.isLost && !this.#isBusy && this.#options.clock.monotonic() >= this.#retryAt;
  }

  /** Takes what of the page lies behind its position. Never rejects. */
  async take(page: FollowedFacts): Promise<void> {
    this.#isBusy = true;
    try {
      const taken = await this.work.take(pageBehind(page, this.position), this.#place);
      this.#failures = 0;
      await this.#settle(page, taken);
    } catch (cause) {
      this.#fail(cause);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Keeps a place that lags, at most once a second unless it `must`. Never rejects. */
  async save(must = false): Promise<void> {
    const { clock } = this.#options;
    const isDue = must || clock.monotonic() >= this.#savedAt + saveMs;
    const lags = this.position > this.#place.position;
    if (!isDue || !lags || this.isLost || this.#isBusy) return;
    await this.#advance().catch((cause: unknown) => this.#tell(cause));
  }

  async #settle(page: FollowedFacts, taken: Taken): Promise<void> {
    this.#count(page);
    if (typeof taken === 'object') {
      this.#move(taken.place);
      // Where the work is, its effects are: even back, if the database has lost some of them.
      if (taken.place !== undefined) this.position = taken.place.position;
      return;
    }
    this.position = page.to;
    // What was done stays done: a place that cannot be kept now is kept later.
    if (taken === 'done') await this.#advance().catch((cause: unknown) => this.#tell(cause));
  }

  async #advance(): Promise<void> {
    this.#move(await this.#options.followers.advance(this.#place, this.position));
  }

  #move(place: Place | undefined): void {
    this.#savedAt = this.#options.clock.monotonic();
    if (place === undefined) {
      this.isLost = true;
      return;
    }
    this.#place = place;
  }

  #fail(cause: unknown): void {
    const isAway = cause instanceof JobsUnavailableError;
    const delayMsMax = isAway ? queuesRetryMsMax : retryMsMax;
    const delayMs = Math.min(retryMs * 2 ** this.#failures, delayMsMax);
    this.#failures += 1;
    this.#retryAt = this.#options.clock.monotonic() + delayMs;
    this.#tell(cause);
  }

  #count({ facts }: FollowedFacts): void {
    const last = facts.at(-1);
    if (last === undefined) return;
    const lagMs = Math.max(0, this.#options.clock.now() - last.at);
    this.#options.telemetry.factsFollowed({ follower: this.work.name, facts: facts.length, lagMs });
  }

  #tell(cause: unknown): void {
    this.#options.telemetry.failed(`follow show ${this.#place.event} as ${this.work.name}`, cause);
  }
}
