import {
  type Connection,
  ConnectionEndedError,
  connect,
  type EventHandle,
  type PresentShow,
  type Refusal,
} from '@ingressou/client-sdk';
import { WebSocket } from 'undici';
import type { Random } from '../../test/simulation/random.ts';
import type { Deed, Tally } from './tally.ts';

export interface BuyerOptions {
  readonly url: string;
  readonly token: () => Promise<string>;
  readonly event: string;
  /** Decides everything this buyer does. */
  readonly random: Random;
  readonly tally: Tally;
}

/** How people are: they look first, hesitate, and sometimes change their minds. */
const hesitateMs = 1_500;
const secondThoughtMs = 5_000;
const quantityMax = 4;
const triesMax = 3;
const extendChance = 0.15;
const releaseChance = 0.2;

/**
 * One simulated buyer: watches, reserves once the sale is open, tries another lot when one is
 * sold out, and then extends the hold, gives it back, or leaves it to expire.
 */
export class Buyer {
  readonly #options: BuyerOptions;
  readonly #connection: Connection;
  readonly #event: EventHandle;
  #view: PresentShow | undefined;
  #onOpen: (() => void) | undefined;
  #isClosed = false;

  constructor(options: BuyerOptions) {
    const { url, token, tally } = options;
    this.#options = options;
    this.#connection = connect({ url, token, webSocket: WebSocket });
    this.#connection.onState((now, before) => {
      if (now === 'live') tally.live += 1;
      if (before === 'live') tally.live -= 1;
      if (now === 'live' && before !== 'connecting') tally.reconnections += 1;
    });
    this.#event = this.#connection.event(options.event);
    this.#event.watch((view) => {
      if (!view.isKnown) return;
      this.#view = view;
      if (view.sale.status === 'open') this.#onOpen?.();
    });
  }

  /** Does what this buyer does; resolves when nothing is left to do, or on `close`. */
  async shop(): Promise<void> {
    try {
      await this.#saleOpen();
      await this.#pause(hesitateMs);
      const hold = await this.#reserve();
      if (hold !== undefined) await this.#decideLater(hold);
    } catch (error) {
      // The connection was closed under a command: the time of this crowd is over.
      if (!(error instanceof ConnectionEndedError)) throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#onOpen?.();
    this.#connection.close();
  }

  /** Each try names a lot that still seems free; of equal ones the dice choose. */
  async #reserve(): Promise<string | undefined> {
    const { random } = this.#options;
    for (let attempt = 0; attempt < triesMax && !this.#isClosed; attempt += 1) {
      const free = this.#view?.lots.filter(({ available }) => available > 0) ?? [];
      if (free.length === 0) return undefined;
      const { id, available } = random.pick(free);
      const quantity = Math.min(available, random.between(1, quantityMax));
      const answer = await this.#timed('reserve', () =>
        this.#event.reserve([{ lot: id, quantity }]),
      );
      if (answer.accepted) return answer.hold.id;
      if (answer.reason !== 'sold_out') return undefined;
      await this.#pause(hesitateMs);
    }
    return undefined;
  }

  async #decideLater(hold: string): Promise<void> {
    const mood = this.#options.random.fraction();
    await this.#pause(secondThoughtMs);
    if (this.#isClosed) return;
    if (mood < releaseChance) await this.#timed('release', () => this.#event.release(hold));
    else if (mood < releaseChance + extendChance) {
      await this.#timed('extend', () => this.#event.extend(hold));
    }
  }

  async #timed<A extends { readonly accepted: true } | Refusal>(
    deed: Deed,
    ask: () => Promise<A>,
  ): Promise<A> {
    const askedAt = performance.now();
    const answer = await ask();
    this.#options.tally.answered(deed, answer, performance.now() - askedAt);
    return answer;
  }

  #saleOpen(): Promise<void> {
    return new Promise((open) => {
      this.#onOpen = open;
      if (this.#isClosed || this.#view?.sale.status === 'open') open();
    });
  }

  /** A pause of that mean length, as long as those between independent events are. */
  #pause(meanMs: number): Promise<void> {
    const ms = -Math.log(1 - this.#options.random.fraction()) * meanMs;
    return new Promise((resolve) => {
      setTimeout(resolve, ms);
    });
  }
}
