import type { EventId } from '@ingressou/protocol';
import type { Timer } from '../../ports/clock.ts';
import { FollowedShow, type FollowedShowOptions } from './followed-show.ts';

export interface FollowOptions extends FollowedShowOptions {
  /** Shows worked on at the same time. */
  readonly showsAtOnceMax?: number;
}

const showsAtOnceStandard = 16;
/** From the beginning of one pass over a show to that of the next: a hot show is read in gulps. */
const restMs = 50;
/** How often everybody's places are compared with everybody's histories. */
const sweepMs = 1_000;
/** Shows that one sweep finds, and shows that wait for their pass: the others are found later. */
const foundMax = 500;
const waitingMax = 10_000;
/** A show that nothing happens in goes back to whoever meets the next fact. */
const idleMs = 10_000;
/** How long a show that could not be read is left alone; doubled with each failure more. */
const retryMs = 1_000;
const retryMsMax = 60_000;
/** What slow followers are given at the end. */
const closeMs = 5_000;

/**
 * Follows the histories of all shows, together with whoever else does: each show's places are held
 * by one process at a time. `wake` tells it of new facts at once; whatever nobody told is found by
 * a sweep.
 */
export class Follow {
  readonly #options: FollowOptions;
  readonly #shows = new Map<EventId, Attended>();
  readonly #waiting = new Set<EventId>();
  readonly #passes = new Set<Promise<void>>();
  #sweep: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;
  #isSweepTold = false;
  #isClosed = false;

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  /** Begins the first sweep. */
  start(): void {
    this.#sweep = this.#lookAround().then(() => {
      if (!this.#isClosed) this.#timer = this.#options.clock.after(sweepMs, () => this.start());
    });
  }

  /** Says that a show may have new facts. */
  wake(event: EventId): void {
    if (this.#isClosed) return;
    const show = this.#shows.get(event);
    if (show?.isResting) {
      show.isWoken = true;
      return;
    }
    if (this.#waiting.size < waitingMax) this.#waiting.add(event);
    this.#begin();
  }

  /** Ends after the pages in hand, keeps all places and gives them up. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#waiting.clear();
    const shows = [...this.#shows.values()];
    for (const { show, rest } of shows) {
      rest?.cancel();
      show.stop();
    }
    await Promise.all([this.#sweep, ...this.#passes]);
    await Promise.all(shows.map((attended) => this.#end(attended, closeMs)));
  }

  #begin(): void {
    const { showsAtOnceMax = showsAtOnceStandard } = this.#options;
    for (const event of this.#waiting) {
      if (this.#passes.size >= showsAtOnceMax) return;
      this.#waiting.delete(event);
      const pass: Promise<void> = this.#pass(this.#attended(event)).finally(() => {
        this.#passes.delete(pass);
        this.#begin();
      });
      this.#passes.add(pass);
    }
  }

  #attended(event: EventId): Attended {
    const known = this.#shows.get(event);
    if (known !== undefined) return known;
    const show = new FollowedShow(this.#options, event);
    const attended = { show, isResting: false, isWoken: false, failures: 0 };
    this.#shows.set(event, attended);
    return attended;
  }

  /** Never rejects. */
  async #pass(attended: Attended): Promise<void> {
    const { clock } = this.#options;
    const begunAt = clock.monotonic();
    attended.isResting = true;
    attended.isWoken = false;
    let delayMs = restMs;
    try {
      await attended.show.pass();
      attended.failures = 0;
    } catch (cause) {
      delayMs = Math.min(retryMs * 2 ** attended.failures, retryMsMax);
      attended.failures += 1;
      attended.isWoken = true;
      this.#tell(attended, cause);
    }
    if (this.#isClosed) return;
    const leftMs = Math.max(0, begunAt + delayMs - clock.monotonic());
    attended.rest = clock.after(leftMs, () => {
      attended.isResting = false;
      if (attended.isWoken) this.wake(attended.show.event);
    });
  }

  async #lookAround(): Promise<void> {
    const { followers, works, node } = this.#options;
    try {
      const names = works.map(({ name }) => name);
      const behind = await followers.behind(names, node, foundMax);
      for (const event of behind) this.wake(event);
      await Promise.all([...this.#shows.values()].map((attended) => this.#tidy(attended)));
      this.#isSweepTold = false;
    } catch (cause) {
      // Once, however long the database is away.
      if (!this.#isSweepTold) this.#options.telemetry.failed('look for shows to follow', cause);
      this.#isSweepTold = true;
    }
  }

  /** Keeps what lags, and gives up what has come to rest. */
  async #tidy(attended: Attended): Promise<void> {
    await attended.show.save();
    if (!this.#isIdle(attended)) return;
    this.#shows.delete(attended.show.event);
    await this.#end(attended, 0);
  }

  #isIdle({ show: { event, usedAt, isBusy }, isResting }: Attended): boolean {
    if (isResting || isBusy || this.#waiting.has(event)) return false;
    return this.#options.clock.monotonic() >= usedAt + idleMs;
  }

  /** Never rejects: places that are not given up are free when the lease of this process is over. */
  async #end(attended: Attended, waitMs: number): Promise<void> {
    await attended.show.close(waitMs).catch((cause: unknown) => this.#tell(attended, cause));
  }

  #tell({ show }: Attended, cause: unknown): void {
    this.#options.telemetry.failed(`follow show ${show.event}`, cause);
  }
}

/** A show in hand. */
interface Attended {
  readonly show: FollowedShow;
  /** In its pass or right behind it: what wakes it then is remembered. */
  isResting: boolean;
  isWoken: boolean;
  rest?: Timer;
  failures: number;
}
