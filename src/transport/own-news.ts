import type { EventId, HoldView, OrderId, OrderView, SubjectId } from '@ingressou/protocol';
import type { Clock, Timer } from '../ports/clock.ts';
import type { Commands, Refused } from '../ports/commands.ts';
import { isRetryable } from './is-retryable.ts';
import type { PendingOrders } from './pending-orders.ts';
import { isAhead, type Point, pointOf } from './point.ts';
import type { SessionRegistry } from './session-registry.ts';
import type { Watcher } from './watcher.ts';

/** Asked about at a time: the owner of the show keeps room for those who buy. */
const askedAtOnceMax = 64;
/** Pause after a show could not be asked. */
const askAgainMs = 1_000;
/** So often it could not; then those windows hear of it when they come again. */
const attemptsMax = 60;
/** More than a gateway has windows. */
const wantedMax = 100_000;

export interface OwnNewsOptions {
  readonly commands: Commands;
  readonly registry: SessionRegistry;
  readonly pending: PendingOrders;
  readonly clock: Clock;
  /** Nobody is to be told of anything any more. */
  readonly onIdle: () => void;
}

/** The live and paid holds of somebody in one show, and their pending and paid orders. */
export interface Belongings {
  readonly holds: readonly HoldView[];
  readonly orders: readonly OrderView[];
  /** Where in the show's history the holds were like this, and the orders. */
  readonly heldAt: Point;
  readonly orderedAt: Point;
}

export async function belongingsOf(
  commands: Commands,
  event: EventId,
  subject: SubjectId,
): Promise<Belongings | Refused> {
  const [holds, orders] = await Promise.all([
    commands.ask(event, { type: 'holds', subject }),
    commands.ask(event, { type: 'orders', subject }),
  ]);
  if (!holds.accepted) return holds;
  if (!orders.accepted) return orders;
  const [heldAt, orderedAt] = [pointOf(holds), pointOf(orders)];
  return { holds: holds.value, orders: orders.value, heldAt, orderedAt };
}

/**
 * What people are told of what is theirs in one show when its facts alone do not say it: how an
 * order is now, and everything they have once facts were missed. The show is asked, about a few at
 * a time, and again while it cannot answer, as long as anybody is there to be told.
 */
export class OwnNews {
  readonly #event: EventId;
  readonly #options: OwnNewsOptions;
  /** By what it is about, orders first. */
  readonly #orders = new Map<string, Wanted>();
  readonly #rest = new Map<string, Wanted>();
  #asked = 0;
  #pause: Timer | undefined;

  constructor(event: EventId, options: OwnNewsOptions) {
    this.#event = event;
    this.#options = options;
  }

  /** All windows of the subject hear of the order as of `least` or later, and of its hold. */
  tellOrder(order: OrderId, subject: SubjectId, least: Point): void {
    this.#want({ subject, order, least, attempts: 0 });
  }

  /** Those windows of the subject that watch the show hear of all they have, as of `least` or later. */
  tellAll(subject: SubjectId, least: Point = beginning): void {
    this.#want({ subject, order: undefined, least, attempts: 0 });
  }

  /** Windows of the subject hear of all they have, and of the orders they knew that came to nothing. */
  tellFound(windows: readonly Watcher[], subject: SubjectId, found: Belongings): void {
    const { orders, orderedAt } = found;
    const ended = this.#options.pending.ended(windows, this.#event, orders);
    this.#send(windows, found);
    for (const order of ended) this.tellOrder(order, subject, orderedAt);
    this.#ask();
  }

  #want(wanted: Wanted): void {
    const { subject, order, least } = wanted;
    const waiting = order === undefined ? this.#rest : this.#orders;
    const key = order ?? subject;
    const known = waiting.get(key);
    if (known === undefined && waiting.size >= wantedMax) return;
    if (known === undefined || isAhead(least, known.least)) waiting.set(key, wanted);
    this.#ask();
  }

  #ask(): void {
    while (this.#asked < askedAtOnceMax && this.#pause === undefined) {
      const wanted = takeFirst(this.#orders) ?? takeFirst(this.#rest);
      if (wanted === undefined) break;
      if (this.#windowsOf(wanted).length === 0) continue;
      this.#asked += 1;
      void this.#tell(wanted).then((isTold) => {
        this.#asked -= 1;
        if (!isTold) this.#askLater(wanted);
        this.#ask();
      });
    }
    if (this.#asked === 0 && this.#pause === undefined) this.#options.onIdle();
  }

  #askLater(wanted: Wanted): void {
    this.#pause ??= this.#options.clock.after(askAgainMs, () => {
      this.#pause = undefined;
      this.#ask();
    });
    const attempts = wanted.attempts + 1;
    if (attempts < attemptsMax) this.#want({ ...wanted, attempts });
  }

  /** False when it is worth asking again. */
  #tell(wanted: Wanted): Promise<boolean> {
    const { order } = wanted;
    return order === undefined ? this.#tellBelongings(wanted) : this.#tellOrder(wanted, order);
  }

  async #tellOrder(wanted: Wanted, id: OrderId): Promise<boolean> {
    const question = { type: 'order', order: id, subject: wanted.subject } as const;
    const reply = await this.#options.commands.ask(this.#event, question);
    if (!reply.accepted) return !isRetryable(reply);
    const orderedAt = pointOf(reply);
    if (reply.value !== null) {
      const { hold, order } = reply.value;
      const told = { holds: [hold], orders: [order], orderedAt };
      this.#send(this.#windowsOf(wanted), told);
    }
    return !isAhead(wanted.least, orderedAt);
  }

  async #tellBelongings(wanted: Wanted): Promise<boolean> {
    const { subject, least } = wanted;
    const told = await belongingsOf(this.#options.commands, this.#event, subject);
    if ('accepted' in told) return !isRetryable(told);
    this.tellFound(this.#windowsOf(wanted), subject, told);
    return !isAhead(least, told.heldAt) && !isAhead(least, told.orderedAt);
  }

  #send(
    windows: readonly Watcher[],
    { holds, orders, orderedAt }: Omit<Belongings, 'heldAt'>,
  ): void {
    const event = this.#event;
    for (const window of windows) {
      for (const hold of holds) window.send({ type: 'hold', event, hold });
      for (const order of orders) window.send({ type: 'order', event, ...orderedAt, order });
      this.#options.pending.note(window, event, orders);
    }
  }

  #windowsOf({ subject, order }: Wanted): readonly Watcher[] {
    const theirs = [...(this.#options.registry.of(subject) ?? [])];
    return order === undefined ? theirs.filter(({ watched }) => watched.has(this.#event)) : theirs;
  }
}

interface Wanted {
  readonly subject: SubjectId;
  /** Undefined for all that the subject has. */
  readonly order: OrderId | undefined;
  /**
   * An answer from before this does not count: an owner that is about to lose the show, and whoever
   * has read it while it slept, answer as it was when they knew no better.
   */
  readonly least: Point;
  /** How often it could not be asked. */
  readonly attempts: number;
}

const beginning: Point = { generation: 0, position: 0 };

function takeFirst(waiting: Map<string, Wanted>): Wanted | undefined {
  for (const [key, wanted] of waiting) {
    waiting.delete(key);
    return wanted;
  }
  return undefined;
}
