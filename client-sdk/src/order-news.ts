import type { OrderId, OrderStatus, OrderView } from '@ingressou/protocol';
import { onAbort, throwIfAborted } from './aborts.ts';
import type { Clock } from './clock.ts';
import { RequestError } from './errors.ts';
import { Listeners } from './listeners.ts';

/** Between two questions about an order that the live connection does not tell of. */
const askEveryMs = 5_000;
/** Of one that it does tell of: what it did not hear does not keep anybody waiting for ever. */
const doubtEveryMs = 30_000;

export interface OrderNewsOptions {
  readonly clock: Clock;
  /** As the live connection has it now: undefined while it is not live or does not tell of it. */
  readonly known: (order: OrderId) => OrderView | undefined;
  /** Asks the server, which may not know of it yet. */
  readonly ask: (order: OrderId, signal: AbortSignal) => Promise<OrderView | undefined>;
  /** Aborted when the connection is closed. */
  readonly closed: AbortSignal;
}

/** Who waits for orders, and how they hear: by the live connection, or else by asking. */
export class OrderNews {
  readonly #options: OrderNewsOptions;
  readonly #changes = new Listeners<[]>();

  constructor(options: OrderNewsOptions) {
    this.#options = options;
  }

  /** The live connection told of an order, or is lost, or is back. */
  changed(): void {
    this.#changes.tell();
  }

  /** Resolves when the order is `wanted`, or has become what does not lead to it. */
  async waitFor(order: OrderId, wanted: OrderStatus, signal?: AbortSignal): Promise<OrderView> {
    const { closed } = this.#options;
    const signals = signal === undefined ? [closed] : [closed, signal];
    let isSilent = false;
    for (;;) {
      throwIfAborted(signals);
      const told = isSilent ? undefined : this.#options.known(order);
      const found = told ?? (await this.#ask(order, signals));
      if (found !== undefined && !isOnTheWay(found, wanted)) return found;
      const isKnown = this.#options.known(order) !== undefined;
      isSilent = false;
      // What overtook the question is already known.
      if (found === undefined && isKnown) continue;
      isSilent = await this.#pause(isKnown ? doubtEveryMs : askEveryMs, signals);
    }
  }

  /** A question that fails is asked again with the next one; one that is overtaken ends. */
  async #ask(order: OrderId, signals: readonly AbortSignal[]): Promise<OrderView | undefined> {
    const { known, ask } = this.#options;
    const asking = new AbortController();
    const end = () => asking.abort();
    const ends = [
      onAbort(signals, end),
      this.#changes.add(() => known(order) !== undefined && end()),
    ];
    try {
      return await ask(order, asking.signal);
    } catch (error) {
      if (asking.signal.aborted) return undefined;
      if (error instanceof RequestError && error.status !== 401) return undefined;
      throw error;
    } finally {
      for (const each of ends) each();
    }
  }

  /** Until something is told, or it is time to ask: then it is true that nothing was. */
  async #pause(delayMs: number, signals: readonly AbortSignal[]): Promise<boolean> {
    const ends: (() => void)[] = [];
    const isSilent = await new Promise<boolean>((resolve) => {
      const end = () => resolve(false);
      const timer = this.#options.clock.after(delayMs, () => resolve(true));
      ends.push(() => timer.cancel(), this.#changes.add(end), onAbort(signals, end));
    });
    for (const end of ends) end();
    return isSilent;
  }
}

/** `OrderStatus` draws the ways: what failed may be paid after all, but nobody waits for that. */
function isOnTheWay({ status }: OrderView, wanted: OrderStatus): boolean {
  if (status === wanted) return false;
  return status === 'pending' || (status === 'paid' && wanted === 'refunded');
}
