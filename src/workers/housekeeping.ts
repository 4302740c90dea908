import type { OrderId } from '@ingressou/protocol';
import type { Clock, Timer } from '../ports/clock.ts';
import type { OrderDetailsStore, OrderName } from '../ports/order-details.ts';
import type { PaymentRecords } from '../ports/payment-records.ts';
import type { ReadModels } from '../ports/read-models.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { WebhookInbox } from '../ports/webhooks.ts';

export interface HousekeepingOptions {
  readonly details: Pick<OrderDetailsStore, 'sweep'>;
  readonly records: Pick<PaymentRecords, 'attemptsOf' | 'forgetHandled'>;
  readonly readModels: Pick<ReadModels, 'order'>;
  readonly inbox: Pick<WebhookInbox, 'forget'>;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'failed'>;
}

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
/** An order can be made of details for a day; the others are for lists that are behind. */
const detailsMs = 3 * dayMs;
/** Time enough to find out what a provider has told; their bodies name people. */
const webhooksMs = 14 * dayMs;
/** Nobody hands a message in again after so long. */
const handledMs = 30 * dayMs;
/** Sweeps of one hour. */
const sweepsMax = 100;

/**
 * Forgets, once an hour, what nobody needs any more: above all whatever names people. Any number may
 * run, beside each other.
 */
export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #timer: Timer | undefined;
  #round: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#round = this.tidy().then(() => {
      if (!this.#isClosed) this.#timer = this.#options.clock.after(hourMs, () => this.start());
    });
  }

  /** Ends after the round in hand. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#round;
  }

  /** One round. Never rejects: what could not be forgotten now is in an hour. */
  async tidy(): Promise<void> {
    const { records, inbox, clock, telemetry } = this.#options;
    const now = clock.now();
    const outcomes = await Promise.allSettled([
      this.#sweepDetails(now - detailsMs),
      inbox.forget(now - webhooksMs),
      records.forgetHandled(now - handledMs),
    ]);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') telemetry.failed('forget what is old', outcome.reason);
    }
  }

  async #sweepDetails(olderThan: number): Promise<void> {
    const { details } = this.#options;
    for (let sweeps = 0; sweeps < sweepsMax && !this.#isClosed; sweeps += 1) {
      const count = await details.sweep(olderThan, (orders) => this.#made(orders));
      if (count === 0) return;
    }
  }

  /** Those of which an order was made, as either of two says that hear of it apart. */
  async #made(orders: readonly OrderName[]): Promise<ReadonlySet<OrderId>> {
    const { readModels, records } = this.#options;
    const made = new Set<OrderId>();
    for (const { order, event } of orders) {
      const isListed = (await readModels.order(event, order)) !== undefined;
      if (isListed || (await records.attemptsOf(order)).length > 0) made.add(order);
    }
    return made;
  }
}
