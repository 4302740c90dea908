import type { Clock, Timer } from '../ports/clock.ts';
import type { PaymentRecords } from '../ports/payment-records.ts';
import { PaymentsUnavailableError } from '../ports/payments.ts';
import { ChangeSweep } from './change-sweep.ts';
import { checkOrder } from './handlers/check-payment.ts';
import { type RefundOptions, tryRefund } from './handlers/refund-payment.ts';

export interface ReconcilerOptions extends RefundOptions {
  readonly records: PaymentRecords;
  readonly clock: Clock;
}

/** From the end of one round to the beginning of the next. */
const roundMs = 2_000;
/** Attempts and refunds of one round, each, and questions that wait for the provider at a time. */
const roundMax = 50;
const atOnceMax = 4;

/**
 * Asks the provider about everything that is not settled, whether or not a webhook told of it, and
 * takes refunds to their end. Any number may run: each attempt is given to one of them.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #sweep: ChangeSweep;
  #timer: Timer | undefined;
  #round: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#sweep = new ChangeSweep(options);
  }

  start(): void {
    this.#round = this.#lookAround().then(() => {
      if (!this.#isClosed) this.#timer = this.#options.clock.after(roundMs, () => this.start());
    });
  }

  /** Ends after the questions in hand. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#round;
  }

  /** Never rejects: whatever could not be asked is due again by itself. */
  async #lookAround(): Promise<void> {
    const { records, clock, telemetry } = this.#options;
    try {
      const attempts = await records.dueForCheck(clock.now(), roundMax);
      await this.#each(attempts, ({ order }) => checkOrder(this.#options, order));
      const refunds = await records.refundsDue(clock.now(), roundMax);
      await this.#each(refunds, (refund) => tryRefund(this.#options, refund));
      if (!this.#isClosed) await this.#sweep.goOn();
    } catch (cause) {
      telemetry.failed('reconcile payments', cause);
    }
  }

  /** A few at a time; the rest of the round is left when the provider is away. */
  async #each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    for (let from = 0; from < items.length && !this.#isClosed; from += atOnceMax) {
      const some = items.slice(from, from + atOnceMax);
      const outcomes = await Promise.allSettled(some.map((item) => work(item)));
      const causes = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
      );
      for (const cause of causes) this.#options.telemetry.failed('reconcile a payment', cause);
      if (causes.some((cause) => cause instanceof PaymentsUnavailableError)) return;
    }
  }
}
