import { type Connection, connect, type PresentShow } from '@ingressou/client-sdk';
import type { EventId } from '@ingressou/protocol';
import { WebSocket } from 'undici';
import type { SaleShow } from './shows.ts';
import { isSameStock, type Sightings, type Stock } from './sightings.ts';

/** Somebody who only looks, at a few shows over one connection, and notes what is shown. */
export class Watcher {
  readonly #url: string;
  readonly #connection: Connection;
  readonly #views = new Map<EventId, PresentShow>();
  /** When it came back after its connection was lost, each time. */
  readonly backAt: number[] = [];

  constructor(url: string, shows: readonly SaleShow[], sightings: Sightings) {
    this.#url = url;
    this.#connection = connect({ url, webSocket: WebSocket });
    this.#connection.onState((now, before) => {
      const isBack = now === 'live' && (before === 'resuming' || before === 'stale');
      if (isBack) this.backAt.push(performance.now());
    });
    for (const { event } of shows) {
      this.#connection.event(event).watch((view) => {
        if (!view.isKnown) return;
        sightings.add(view, this.#views.get(event));
        this.#views.set(event, view);
      });
    }
  }

  /** The shows that it does not see as they are now, and what it sees instead, in words. */
  behind(stocks: ReadonlyMap<EventId, Stock>): Map<EventId, string> {
    const behind = new Map<EventId, string>();
    for (const [event, stock] of stocks) {
      const view = this.#views.get(event);
      if (view === undefined) continue;
      const shown = new Map(view.lots.map((lot) => [lot.id, lot.available]));
      if (!view.isStale && isSameStock(shown, stock)) continue;
      const words = view.isStale ? 'knows that it may be old' : 'takes it for new';
      behind.set(event, `${event} at ${this.#url}, but position ${view.position}, and ${words}`);
    }
    return behind;
  }

  /** Whether it has seen every show it looks at, and sees them now. */
  sees(count: number): boolean {
    return this.#connection.state === 'live' && this.#views.size === count;
  }

  close(): void {
    this.#connection.close();
  }
}
