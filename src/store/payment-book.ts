import type { OrderId } from '@ingressou/protocol';
import type {
  ChargeOrigin,
  ChargeRecord,
  KnownAttempt,
  PaymentAttempt,
  PaymentBook,
  RefundRecord,
} from '../ports/payment-records.ts';
import type { ProviderCharge } from '../ports/payments.ts';
import { nextCheckAt } from './check-times.ts';
import type { Session } from './database.ts';
import { attemptIn, chargeIn, rankOf, refundIn } from './payment-rows.ts';
import { paymentStatements as statements } from './payment-statements.ts';

/** Records as one session writes them: alone, or in a transaction with others. */
export class DatabasePaymentBook implements PaymentBook {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async saveAttempt(attempt: PaymentAttempt): Promise<void> {
    const { order, attempt: number, event, method, amountCents, madeAt, payBy } = attempt;
    const next = nextCheckAt(attempt, madeAt) ?? null;
    const provider = attempt.providerOrder ?? null;
    const values = [order, number, event, method, amountCents, madeAt, payBy, provider, next];
    await this.#session.query(statements.saveAttempt, values);
  }

  async attemptsOf(order: OrderId): Promise<readonly KnownAttempt[]> {
    const attempts = (await this.#session.query(statements.attempts, [order])).map(attemptIn);
    const charges = await this.chargesOf(order);
    const of = ({ attempt }: PaymentAttempt) => charges.filter((each) => each.attempt === attempt);
    return attempts.map((attempt) => ({ ...attempt, charges: of(attempt) }));
  }

  async noteCharge(charge: ProviderCharge, of: ChargeOrigin): Promise<ChargeRecord> {
    const { id, method, status, amountCents, paidCents, refundedCents, pix, refusal } = charge;
    const { order = null, event = null, attempt = null, providerOrder } = of;
    const whose = [id, order, event, attempt, providerOrder];
    const money = [amountCents, paidCents, refundedCents];
    const rest = [pix?.code ?? null, pix?.expiresAt ?? null, refusal ?? null];
    const values = [...whose, method, status, rankOf(status), ...money, ...rest];
    const [noted] = await this.#session.query(statements.noteCharge, values);
    return chargeIn(noted ?? {});
  }

  async chargesOf(order: OrderId): Promise<readonly ChargeRecord[]> {
    return (await this.#session.query(statements.charges, [order])).map(chargeIn);
  }

  async endChecks(order: OrderId, attempt: number): Promise<void> {
    await this.#session.query(statements.endChecks, [order, attempt]);
  }

  async checkAgain(order: OrderId, attempt: number, at: number): Promise<void> {
    await this.#session.query(statements.checkAgain, [order, attempt, at]);
  }

  async saveRefund(refund: RefundRecord): Promise<void> {
    const { id, order = null, event = null, charge, amountCents, status, tries } = refund;
    const rest = [refund.answer ?? null, refund.nextTryAt ?? null];
    const values = [id, order, event, charge, amountCents, status, tries, ...rest];
    await this.#session.query(statements.saveRefund, values);
  }

  async refundsOf(order: OrderId): Promise<readonly RefundRecord[]> {
    return (await this.#session.query(statements.refunds, [order])).map(refundIn);
  }
}
