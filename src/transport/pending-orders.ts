import type { EventId, OrderId, OrderView } from '@ingressou/protocol';
import type { Watcher } from './watcher.ts';

/**
 * Orders that windows were told are pending. A list of what somebody has does not say how an order
 * ended that is not in it any more: whoever waits for it must hear that too.
 */
export class PendingOrders {
  readonly #told = new WeakMap<Watcher, Map<OrderId, EventId>>();

  /** The window is told of these. */
  note(window: Watcher, event: EventId, orders: readonly OrderView[]): void {
    for (const { id, status } of orders) {
      const theirs = this.#told.get(window) ?? new Map<OrderId, EventId>();
      if (status === 'pending') this.#told.set(window, theirs.set(id, event));
      else theirs.delete(id);
    }
  }

  /** Those of a show that a window waits for, and that are not among the orders there are. */
  ended(windows: Iterable<Watcher>, event: EventId, orders: readonly OrderView[]): Set<OrderId> {
    const ended = new Set<OrderId>();
    for (const window of windows) {
      for (const [id, show] of this.#told.get(window) ?? []) if (show === event) ended.add(id);
    }
    for (const { id } of orders) ended.delete(id);
    return ended;
  }
}
