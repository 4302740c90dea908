import type net from 'node:net';
import type { Random } from '../simulation/random.ts';

/** `up` is from the client to the server. */
export type Direction = 'up' | 'down';

/** What the weather does to one direction of every connection. */
export interface Weather {
  /** `hold`: bytes wait, as packets that are sent again. `swallow`: they are gone. */
  passage: 'open' | 'hold' | 'swallow';
  delayMs: number;
  /** Added to the delay: at least 0 and less than this. */
  jitterMs: number;
}

export interface FlowOptions {
  readonly from: net.Socket;
  readonly to: net.Socket;
  readonly weather: Readonly<Weather>;
  readonly random: Random;
}

/** Bytes on their way, or the end behind them. */
type Parcel = { readonly dueAt: number } & (
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'end' }
  | { readonly kind: 'destroy'; readonly isReset: boolean }
);

/** One direction of one connection: keeps the order of bytes, however late they are. */
export class Flow {
  readonly #options: FlowOptions;
  readonly #parcels: Parcel[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastDueAt = 0;

  constructor(options: FlowOptions) {
    this.#options = options;
    this.obey();
  }

  pass(bytes: Buffer): void {
    this.#take({ kind: 'bytes', bytes, dueAt: this.#dueAt() });
  }

  end(): void {
    this.#take({ kind: 'end', dueAt: this.#dueAt() });
  }

  destroy(isReset: boolean): void {
    this.#take({ kind: 'destroy', isReset, dueAt: this.#dueAt() });
  }

  /** The weather has changed. */
  obey(): void {
    const { from, weather } = this.#options;
    // Not even the end of what is held is noticed: the other side may die unheard.
    if (weather.passage === 'hold') from.pause();
    else from.resume();
    this.#deliver();
  }

  /** Nothing more is delivered. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#parcels.length = 0;
  }

  #dueAt(): number {
    const { delayMs, jitterMs } = this.#options.weather;
    const dueAt = performance.now() + delayMs + this.#options.random.fraction() * jitterMs;
    this.#lastDueAt = Math.max(this.#lastDueAt, dueAt);
    return this.#lastDueAt;
  }

  #take(parcel: Parcel): void {
    this.#parcels.push(parcel);
    this.#deliver();
  }

  #deliver(): void {
    clearTimeout(this.#timer);
    if (this.#options.weather.passage === 'hold') return;
    for (;;) {
      const [next] = this.#parcels;
      if (next === undefined) return;
      const waitMs = next.dueAt - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#deliver(), waitMs);
        return;
      }
      this.#parcels.shift();
      this.#hand(next);
    }
  }

  #hand(parcel: Parcel): void {
    const { from, to } = this.#options;
    switch (parcel.kind) {
      case 'bytes':
        if (to.destroyed || to.write(parcel.bytes)) return;
        from.pause();
        to.once('drain', () => this.obey());
        return;
      case 'end':
        to.end();
        return;
      case 'destroy':
        if (parcel.isReset) to.resetAndDestroy();
        else to.destroy();
    }
  }
}
