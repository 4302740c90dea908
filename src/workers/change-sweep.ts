import type { Clock } from '../ports/clock.ts';
import type { PaymentRecords } from '../ports/payment-records.ts';
import type { Payments, ProviderOrder } from '../ports/payments.ts';

export interface ChangeSweepOptions {
  readonly payments: Pick<Payments, 'changedSince'>;
  readonly records: Pick<PaymentRecords, 'chargesOf' | 'checkAgain'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** From the end of one sweep to the beginning of the next. */
const restMs = 60_000;
/** So far back the first one looks: nobody may have been there for so long. */
const firstMs = 60 * 60_000;
/** By so much the provider's clock may be behind ours. */
const overlapMs = 60_000;
/** Pages that are read at a time; the next time goes on behind them. */
const pagesMax = 20;

/**
 * Finds what changed of payments that nobody asks about any more. They have come to their end, and
 * yet money may come for each of them: for a code that expired, or once more. Webhooks tell; this
 * is for when they do not. It only has the provider asked about them again, so any number may run.
 */
export class ChangeSweep {
  readonly #options: ChangeSweepOptions;
  #since: number;
  #page = 1;
  /** When this sweep began, and when it goes on or the next one begins. */
  #begunAt: number;
  #nextAt: number;

  constructor(options: ChangeSweepOptions) {
    this.#options = options;
    const now = options.clock.now();
    this.#begunAt = now;
    this.#since = now - firstMs;
    this.#nextAt = now + restMs;
  }

  /**
   * Some pages of a sweep that is due.
   *
   * @throws {PaymentsUnavailableError}, {RecordsUnavailableError} the same pages come again
   */
  async goOn(): Promise<void> {
    const { payments, clock } = this.#options;
    const now = clock.now();
    if (now < this.#nextAt) return;
    if (this.#page === 1) this.#begunAt = now;
    for (let pages = 0; pages < pagesMax; pages += 1) {
      const { orders, hasMore } = await payments.changedSince(this.#since, this.#page);
      for (const found of orders) await this.#look(found, now);
      if (!hasMore) return this.#end(now);
      this.#page += 1;
    }
  }

  #end(now: number): void {
    this.#since = this.#begunAt - overlapMs;
    this.#page = 1;
    this.#nextAt = now + restMs;
  }

  async #look(found: ProviderOrder, now: number): Promise<void> {
    const { order, attempt } = found;
    if (order === undefined || attempt === undefined) return;
    if (await this.#isNews(found)) await this.#options.records.checkAgain(order, attempt, now);
  }

  async #isNews({ order, charges }: ProviderOrder): Promise<boolean> {
    const all = order === undefined ? [] : await this.#options.records.chargesOf(order);
    const known = new Map(all.map((charge) => [charge.id, charge]));
    return charges.some(({ id, status, paidCents, refundedCents }) => {
      const before = known.get(id);
      const isSame = before?.status === status && before.paidCents === paidCents;
      return !isSame || before.refundedCents !== refundedCents;
    });
  }
}
