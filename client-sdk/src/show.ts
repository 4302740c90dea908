import type {
  ClientMessage,
  EventId,
  HoldId,
  HoldView,
  LotView,
  OrderId,
  OrderView,
  Rejection,
  ResumePoint,
  Sale,
  ServerMessage,
} from '@ingressou/protocol';
import { backoffMs, type Random } from './backoff.ts';
import type { Clock, Timer } from './clock.ts';
import { Listeners } from './listeners.ts';
import { holdOf, type MyHolds, withHold } from './my-holds.ts';
import { type MyOrders, orderOf, type ToldOrder, withOrder } from './my-orders.ts';
import type { ServerClock } from './server-clock.ts';
import { type KnownShow, type Told, tellDelta, tellState } from './show-watch.ts';

/** What a watcher gets, anew and never changed afterwards, whenever something changed. */
export type ShowView = PresentShow | AbsentShow;

export interface PresentShow {
  readonly isKnown: true;
  readonly event: EventId;
  readonly generation: number;
  /** The number of the last fact that is in this view. */
  readonly position: number;
  readonly sale: Sale;
  /** Units one buyer may hold and own together. */
  readonly limit: number;
  readonly lots: readonly LotView[];
  /** Mine: the live ones and those that ended while watching, oldest first. */
  readonly holds: readonly HoldView[];
  /** Mine: those that are pending or paid, and those that ended while watching, oldest first. */
  readonly orders: readonly OrderView[];
  /** The connection is lost or something was missed: this was true, but may not be now. */
  readonly isStale: boolean;
  /** Server's clock minus this machine's, in milliseconds. */
  readonly clockOffsetMs: number;
}

/** The server does not show it: it does not exist, or this socket watches too many. */
export interface AbsentShow {
  readonly isKnown: false;
  readonly event: EventId;
  readonly rejection: Rejection;
  readonly isStale: boolean;
}

/** The server's answer was older than what it had announced; it needs a moment. */
const behindMs = 500;

export interface ShowOptions {
  readonly event: EventId;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly random: Random;
  readonly isLive: () => boolean;
  readonly send: (message: ClientMessage) => void;
}

type About<T extends ServerMessage['type']> = Extract<ServerMessage, { readonly type: T }>;

/** One watched show: what is known of it, my holds in it, and who is told. */
export class Show {
  readonly #options: ShowOptions;
  readonly #watchers = new Listeners<[ShowView]>();
  #known: KnownShow | undefined;
  #holds: MyHolds = [];
  #orders: MyOrders = [];
  #rejection: Rejection | undefined;
  /** The newest position that is known to exist. */
  #announced: Pick<KnownShow, 'generation' | 'position'> | undefined;
  /** The server sends what happens from here on. */
  #isFollowed = false;
  /** A `watch` is on its way or waits for its time: one is enough. */
  #isAsked = false;
  #refusals = 0;
  #timer: Timer | undefined;

  constructor(options: ShowOptions) {
    this.#options = options;
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  /** The new watcher hears what is known in the next microtask. */
  watch(listener: (view: ShowView) => void): () => void {
    let isListening = true;
    const remove = this.#watchers.add(listener);
    queueMicrotask(() => {
      const view = this.#view();
      if (isListening && view !== undefined) listener(view);
    });
    return () => {
      isListening = false;
      remove();
    };
  }

  get resumePoint(): ResumePoint | undefined {
    if (this.#known === undefined) return undefined;
    const { generation, position } = this.#known;
    return { event: this.#options.event, generation, position };
  }

  /** Asks for `state`, which is followed by my holds. */
  ask(): void {
    if (this.#isAsked || !this.#options.isLive()) return;
    this.#isAsked = true;
    this.#options.send({ type: 'watch', event: this.#options.event });
  }

  /** The socket is live and follows this show from its resume point; these are all mine. */
  resumed(holds: readonly HoldView[], orders: readonly ToldOrder[]): void {
    this.#holds = holds;
    this.#orders = orders;
    this.#announced = undefined;
    this.#isFollowed = true;
    this.#tell();
  }

  /** The same, but nobody could say yet what is mine: what I had stays until I am told. */
  resumedUnanswered(): void {
    this.resumed(this.#holds, this.#orders);
  }

  /** The socket is live and does not know of this show yet. */
  restart(): void {
    this.#holds = [];
    this.#orders = [];
    this.ask();
  }

  lost(): void {
    this.stop();
    this.#isFollowed = false;
    this.#tell();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#isAsked = false;
  }

  hearState(state: About<'state'>): void {
    this.stop();
    this.#isFollowed = true;
    this.#refusals = 0;
    this.#rejection = undefined;
    this.#hear(tellState(this.#known, state));
    if (this.#isBehind()) this.#askAfter(behindMs);
  }

  hearDelta(delta: About<'delta'>): void {
    const told = tellDelta(this.#known, delta);
    if (told.outcome === 'gap' || told.outcome === 'restored') {
      this.#announced = { generation: delta.generation, position: delta.to };
    }
    this.#hear(told);
  }

  /** The server refused `watch`, or the show ended. */
  hearRejected(rejection: Rejection): void {
    this.#isFollowed = false;
    if (!('retryAfterMs' in rejection)) return this.#refuse(rejection);
    this.#askAfter(backoffMs(this.#refusals, this.#options.random, rejection.retryAfterMs));
    this.#refusals += 1;
    this.#tell();
  }

  learnHold(hold: HoldView): void {
    this.#holds = withHold(this.#holds, hold);
    this.#tell();
  }

  learnOrder(order: ToldOrder): void {
    this.#orders = withOrder(this.#orders, order);
    this.#tell();
  }

  order(id: OrderId): OrderView | undefined {
    return orderOf(this.#orders, id);
  }

  hold(id: HoldId): HoldView | undefined {
    return holdOf(this.#holds, id);
  }

  #hear(told: Told): void {
    switch (told.outcome) {
      case 'news':
        // Holds stay: a history is only restored while no server runs, and `welcome` listed them.
        this.#known = told.show;
        return this.#tell();
      case 'old':
        return;
      case 'gap':
        this.ask();
        return this.#tell();
      case 'restored':
        this.#holds = [];
        this.#orders = [];
        this.ask();
        return this.#tell();
    }
  }

  #askAfter(delayMs: number): void {
    this.stop();
    this.#isAsked = true;
    this.#timer = this.#options.clock.after(delayMs, () => {
      this.#isAsked = false;
      this.ask();
    });
  }

  #refuse(rejection: Rejection): void {
    this.stop();
    this.#known = undefined;
    this.#rejection = rejection;
    this.#tell();
  }

  #isBehind(): boolean {
    const { generation = 0, position = 0 } = this.#announced ?? {};
    if (this.#known === undefined) return true;
    if (this.#known.generation !== generation) return this.#known.generation < generation;
    return this.#known.position < position;
  }

  #tell(): void {
    const view = this.#view();
    if (view !== undefined) this.#watchers.tell(view);
  }

  /** Undefined until the server has said something. */
  #view(): ShowView | undefined {
    const { event, serverClock, isLive } = this.#options;
    if (this.#rejection !== undefined) {
      return { isKnown: false, event, rejection: this.#rejection, isStale: !isLive() };
    }
    if (this.#known === undefined) return undefined;
    const isStale = !this.#isFollowed || this.#isBehind();
    const { offsetMs: clockOffsetMs } = serverClock;
    const holds = this.#holds;
    const orders = this.#orders.map(({ order }) => order);
    return { isKnown: true, event, ...this.#known, holds, orders, isStale, clockOffsetMs };
  }
}
