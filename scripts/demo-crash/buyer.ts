import {
  type Connection,
  ConnectionEndedError,
  connect,
  type EventHandle,
  type PresentShow,
} from '@ingressou/client-sdk';
import type { SubjectId } from '@ingressou/protocol';
import { WebSocket } from 'undici';
import type { Random } from '../../test/simulation/random.ts';
import { pause } from '../node-process.ts';
import type { Ledger } from './ledger.ts';

export interface BuyerOptions {
  readonly url: string;
  readonly token: string;
  readonly subject: SubjectId;
  readonly event: string;
  readonly random: Random;
  readonly ledger: Ledger;
}

const betweenMs = 100;
const releaseChance = 0.3;
const quantityMax = 2;

/** A buyer without rest: reserves and gives back, again and again, through every crash. */
export class Buyer {
  readonly subject: SubjectId;
  readonly #options: BuyerOptions;
  readonly #connection: Connection;
  readonly #event: EventHandle;
  /** What this buyer was told is theirs and has not tried to give back. */
  readonly #mine = new Set<string>();
  #view: PresentShow | undefined;
  #isStopped = false;
  #commandsInFlight = 0;

  constructor(options: BuyerOptions) {
    this.#options = options;
    this.subject = options.subject;
    const { url, token, event } = options;
    this.#connection = connect({ url, token, webSocket: WebSocket });
    this.#event = this.#connection.event(event);
    this.#event.watch((view) => {
      this.#view = view.isKnown ? view : undefined;
    });
  }

  get isLive(): boolean {
    return this.#connection.state === 'live';
  }

  get hasView(): boolean {
    return this.#view !== undefined;
  }

  get isOpen(): boolean {
    return this.#view?.sale.status === 'open';
  }

  get commandsInFlight(): number {
    return this.#commandsInFlight;
  }

  /** Resolves after `stop`, when the last command is answered. */
  async shop(): Promise<void> {
    const { random } = this.#options;
    try {
      while (!this.#isStopped) {
        await pause(random.fraction() * betweenMs);
        const [oldest] = this.#mine;
        if (oldest !== undefined && random.chance(releaseChance)) await this.#release(oldest);
        else await this.#reserve();
      }
    } catch (error) {
      // Closed before its time: the run is over, and says why itself.
      if (!(error instanceof ConnectionEndedError)) throw error;
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  close(): void {
    this.#connection.close();
  }

  async #reserve(): Promise<void> {
    const { random, ledger } = this.#options;
    const lots = this.#view?.lots.filter(({ available }) => available > 0) ?? [];
    if (lots.length === 0) return;
    const items = [{ lot: random.pick(lots).id, quantity: random.between(1, quantityMax) }];
    const answer = await this.#awaited(this.#event.reserve(items));
    if (!answer.accepted) {
      // A buyer at the limit has to give something back first.
      if (answer.reason === 'purchase_limit') return this.#releaseOldest();
      return ledger.refused(answer.reason);
    }
    ledger.promise(this.subject, answer.hold);
    this.#mine.add(answer.hold.id);
  }

  async #releaseOldest(): Promise<void> {
    const [oldest] = this.#mine;
    if (oldest !== undefined) await this.#release(oldest);
  }

  async #release(hold: string): Promise<void> {
    const { ledger } = this.#options;
    this.#mine.delete(hold);
    ledger.askRelease(hold);
    const answer = await this.#awaited(this.#event.release(hold));
    if (answer.accepted) ledger.released(hold);
    else ledger.releaseRefused(hold, answer.reason);
  }

  async #awaited<T>(answer: Promise<T>): Promise<T> {
    this.#commandsInFlight += 1;
    try {
      return await answer;
    } finally {
      this.#commandsInFlight -= 1;
    }
  }
}
