import type { Clock, Timer } from '../ports/clock.ts';

/** One question for the database's time, by our own monotonic clock. */
export interface Sample {
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The database's clock somewhere in between. */
  readonly now: number;
}

export interface DatabaseClockOptions {
  readonly clock: Clock;
  /** The database's clock stepped by so much. */
  readonly onJump: (byMs: number) => void;
}

/** A difference beyond this is a step, not a drift or a slow reply. */
const jumpMs = 500;
/** Samples that must agree on a new time before it is believed: 2 s of heartbeats. */
const steadySamples = 8;
/** After a doubt everybody else gets a whole lease to hear of it too. */
const settleMs = 1_200;

/**
 * The database's time between two answers of the database: every node then has the same, however
 * wrong the clock of its machine is. Each sample bounds how far the two clocks can be apart; what
 * is held moves only as far as the bounds ask, so that a slow reply does not make time jump.
 */
export class DatabaseClock implements Clock {
  readonly #clock: Clock;
  readonly #onJump: (byMs: number) => void;
  /** The database's clock minus our monotonic one. */
  #offset: number | undefined;
  /** A time that some samples insist on, though it is far from what is held. */
  #rumour: { readonly offset: number; readonly samples: number } | undefined;
  /** Until when the last doubt is not forgotten, on our monotonic clock. */
  #doubtfulUntil = Number.NEGATIVE_INFINITY;

  constructor({ clock, onJump }: DatabaseClockOptions) {
    this.#clock = clock;
    this.#onJump = onJump;
  }

  /** Whether all samples of the last seconds agree with each other. */
  get isSteady(): boolean {
    const isKnown = this.#offset !== undefined && this.#rumour === undefined;
    return isKnown && this.#clock.monotonic() >= this.#doubtfulUntil;
  }

  observe(sample: Sample): void {
    const held = this.#offset;
    if (held === undefined) {
      this.#offset = middleOf(sample);
      return;
    }
    const fitted = nearest(held, sample);
    if (Math.abs(fitted - held) <= jumpMs) {
      this.#offset = fitted;
      this.#rumour = undefined;
      return;
    }
    this.#doubt(sample, fitted - held);
  }

  /** The machine's own time until the database was heard. */
  now(): number {
    if (this.#offset === undefined) return this.#clock.now();
    return Math.floor(this.#clock.monotonic() + this.#offset);
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(delayMs: number, task: () => void): Timer {
    return this.#clock.after(delayMs, task);
  }

  soon(task: () => void): void {
    this.#clock.soon(task);
  }

  /** A step is believed once the database has insisted on it for a while: it is the clock. */
  #doubt(sample: Sample, byMs: number): void {
    const known = this.#rumour;
    const offset = known === undefined ? middleOf(sample) : nearest(known.offset, sample);
    this.#doubtfulUntil = sample.receivedAt + settleMs;
    const isSame = known !== undefined && Math.abs(offset - known.offset) <= jumpMs;
    if (!isSame) this.#onJump(byMs);
    const samples = isSame ? known.samples + 1 : 1;
    this.#rumour = { offset: isSame ? offset : middleOf(sample), samples };
    if (samples < steadySamples) return;
    this.#offset = this.#rumour.offset;
    this.#rumour = undefined;
  }
}

function middleOf({ sentAt, receivedAt, now }: Sample): number {
  return now - (sentAt + receivedAt) / 2;
}

/** The offset nearest to `held` that this sample allows. */
function nearest(held: number, { sentAt, receivedAt, now }: Sample): number {
  return Math.min(Math.max(held, now - receivedAt), now - sentAt);
}
