import {
  type Connection,
  type ConnectionState,
  connect,
  type EventHandle,
  type PresentShow,
  type Refusal,
  type ReserveAnswer,
  type ShowView,
  type StateReason,
} from '@ingressou/client-sdk';
import type {
  CommandId,
  HoldId,
  HoldView,
  Item,
  LotId,
  OrderView,
  Show,
} from '@ingressou/protocol';
import { batch, effect, signal } from '@preact/signals';
import { type Cart, emptyCart, itemsOf, unitsOf, withQuantity } from './cart.ts';
import { deadlinesOf } from './deadlines.ts';
import { type Ending, endingsOf } from './endings.ts';
import { secondsLeft } from './format.ts';
import type { Identity } from './identity.ts';
import { milestonePassed } from './milestones.ts';
import { Purchases } from './purchases.ts';
import { texts } from './texts.ts';
import { unlessEnded } from './unless-ended.ts';

export interface Link {
  readonly state: ConnectionState;
  readonly reason: StateReason;
  /** When the connection was lost, by `performance.now`. */
  readonly lostAt: number | undefined;
}

/** Something that happened to a hold of mine, until the buyer has read it. */
export interface Notice {
  readonly hold: HoldId;
  readonly text: string;
}

/** A wish whose outcome nobody knows: asked again it must be the very same. */
interface Unresolved {
  readonly id: CommandId;
  readonly wish: string;
}

const tickMs = 250;

/**
 * Everything the page of one show knows, as signals, and what a buyer can do. One of it lives as
 * long as the page; `close` ends its connection.
 */
export class LiveShow {
  readonly show: Show;
  /** False where nobody can sign in: the page only watches. */
  readonly canReserve: boolean;
  readonly view = signal<ShowView | undefined>(undefined);
  readonly link = signal<Link>({ state: 'idle', reason: 'started', lostAt: undefined });
  /** The server's time, in milliseconds since 1970. */
  readonly now = signal(Date.now());
  readonly cart = signal<Cart>(emptyCart);
  readonly isReserving = signal(false);
  /** Why the last reservation was refused. */
  readonly refusal = signal<Refusal | undefined>(undefined);
  readonly notices = signal<readonly Notice[]>([]);
  /** What a screen reader says next. */
  readonly announcement = signal('');
  readonly purchases: Purchases;
  readonly #connection: Connection;
  readonly #handle: EventHandle;
  readonly #endings: (() => void)[] = [];
  /** Holds that the buyer ended here: no notice has to be made of them. */
  readonly #endedHere = new Set<HoldId>();
  #unresolved: Unresolved | undefined;

  constructor(show: Show, identity: Identity) {
    this.show = show;
    this.canReserve = identity !== undefined;
    this.#connection = connect({ url: location.origin, ...identity });
    this.#handle = this.#connection.event(show.id);
    this.purchases = new Purchases({
      handle: this.#handle,
      orders: this.#connection.orders,
      say: (text) => {
        this.announcement.value = text;
      },
    });
    this.#connection.onState((state, before, reason) => this.#onState(state, before, reason));
    this.#handle.watch((view) => this.#onView(view));
    this.#endings.push(this.#keepTime(), this.#watchForNetwork(), this.#announceMilestones());
  }

  close(): void {
    for (const end of this.#endings) end();
    this.purchases.close();
    this.#connection.close();
  }

  retryNow(): void {
    this.#connection.retryNow();
  }

  choose(lot: LotId, quantity: number): void {
    this.cart.value = withQuantity(this.cart.value, lot, quantity);
    this.refusal.value = undefined;
  }

  /** Reserves what is chosen. Returns the hold, or undefined with `refusal` set. */
  async reserve(): Promise<HoldView | undefined> {
    const items = itemsOf(this.cart.value);
    this.isReserving.value = true;
    this.refusal.value = undefined;
    const answer = await unlessEnded(this.#handle.reserve(items, this.#idFor(items)));
    this.isReserving.value = false;
    return answer && this.#onReserved(items, answer);
  }

  /** Returns why not. */
  async extend(hold: HoldId): Promise<Refusal | undefined> {
    const answer = await unlessEnded(this.#handle.extend(hold));
    if (answer?.accepted === false) return answer;
    if (answer !== undefined) this.announcement.value = texts.extended(answer.expiresAt);
    return undefined;
  }

  /** Returns why not. */
  async release(hold: HoldId): Promise<Refusal | undefined> {
    this.#endedHere.add(hold);
    const answer = await unlessEnded(this.#handle.release(hold));
    if (answer?.accepted === false) return this.#goesOn(hold, answer);
    if (answer !== undefined) this.announcement.value = texts.released;
    return undefined;
  }

  /** Gives an order up before it is paid, and its hold. Returns why not. */
  async giveUp({ id, hold }: OrderView): Promise<Refusal | undefined> {
    this.#endedHere.add(hold);
    const refusal = await this.purchases.cancel(id);
    return refusal && this.#goesOn(hold, refusal);
  }

  #goesOn(hold: HoldId, refusal: Refusal): Refusal {
    this.#endedHere.delete(hold);
    return refusal;
  }

  dismiss(hold: HoldId): void {
    this.notices.value = this.notices.value.filter((notice) => notice.hold !== hold);
  }

  /** Resolves when the show is seen to be so. */
  until(fits: (view: PresentShow) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const stop = effect(() => {
        if (!this.view.value?.isKnown || !fits(this.view.value)) return;
        resolve();
        queueMicrotask(() => stop());
      });
    });
  }

  /** The name of a lot inside a sentence. */
  readonly nameOf = (lot: string): string => {
    const known = this.view.value?.isKnown ? this.view.value.lots : [];
    const found = known.find(({ id }) => id === lot);
    return found === undefined ? lot : texts.lotName(found.sector, found.name);
  };

  /** The same wish again has the same id for as long as its outcome is unknown. */
  #idFor(items: readonly Item[]): { readonly id?: CommandId } {
    const { id, wish } = this.#unresolved ?? {};
    return id !== undefined && wish === JSON.stringify(items) ? { id } : {};
  }

  #onReserved(items: readonly Item[], answer: ReserveAnswer): HoldView | undefined {
    this.#unresolved = undefined;
    if (answer.accepted) {
      batch(() => {
        this.cart.value = emptyCart;
        this.announcement.value = texts.reserved(unitsOf(items));
      });
      return answer.hold;
    }
    const { id, reason } = answer;
    if (reason === 'outcome_unknown') this.#unresolved = { id, wish: JSON.stringify(items) };
    this.refusal.value = answer;
    return undefined;
  }

  #onState(state: ConnectionState, before: ConnectionState, reason: StateReason): void {
    const lostAt = before === 'live' ? performance.now() : this.link.value.lostAt;
    const isBack = state === 'live' && before === 'stale';
    this.link.value = { state, reason, lostAt: state === 'live' ? undefined : lostAt };
    if (state === 'live' && this.canReserve) void this.purchases.look();
    if (isBack) this.announcement.value = texts.back;
    if (state === 'stale') this.announcement.value = texts.offline;
  }

  #onView(view: ShowView): void {
    const before = this.view.value;
    batch(() => {
      this.now.value = this.#connection.serverNow();
      this.view.value = view;
      if (!view.isKnown) return;
      this.purchases.follow(before?.isKnown ? before : undefined, view);
      if (!before?.isKnown) return;
      if (before.sale.status !== 'open' && view.sale.status === 'open') {
        this.announcement.value = texts.saleIsOpen;
      }
      this.#noteEndings(before, view);
    });
  }

  #noteEndings(before: PresentShow, after: PresentShow): void {
    const living = after.holds.filter(({ status }) => status === 'held').map(({ id }) => id);
    const kept = this.notices.value.filter(({ hold }) => !living.includes(hold));
    const endings = endingsOf(before.holds, after.holds);
    const fresh = endings.filter(({ id }) => !this.#endedHere.has(id)).map(noticeOf);
    if (fresh.length > 0 || kept.length < this.notices.value.length) {
      this.notices.value = [...kept, ...fresh];
    }
  }

  #keepTime(): () => void {
    const timer = setInterval(() => {
      this.now.value = this.#connection.serverNow();
    }, tickMs);
    return () => clearInterval(timer);
  }

  /** A phone that comes out of a tunnel or a pocket does not wait out the back-off. */
  #watchForNetwork(): () => void {
    const retry = () => this.#connection.retryNow();
    addEventListener('online', retry);
    document.addEventListener('visibilitychange', retry);
    return () => {
      removeEventListener('online', retry);
      document.removeEventListener('visibilitychange', retry);
    };
  }

  #announceMilestones(): () => void {
    const before = new Map<string, number>();
    return effect(() => {
      for (const { key, at, say } of deadlinesOf(this.view.value)) {
        const seconds = secondsLeft(at, this.now.value);
        const mark = milestonePassed(before.get(key) ?? seconds, seconds);
        before.set(key, seconds);
        if (mark !== undefined) this.announcement.value = say(seconds);
      }
    });
  }
}

function noticeOf({ id, how, units }: Ending): Notice {
  return { hold: id, text: texts.ending[how](units) };
}
