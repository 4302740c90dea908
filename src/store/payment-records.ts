import {
  type ChargeRecord,
  type PaymentAttempt,
  type PaymentBook,
  type PaymentRecords,
  RecordsUnavailableError,
  type RefundRecord,
} from '../ports/payment-records.ts';
import { nextCheckAt } from './check-times.ts';
import {
  ConnectionLostError,
  type Database,
  DatabaseUnavailableError,
  type Session,
  StatementError,
} from './database.ts';
import { forgetHandled, once } from './handled.ts';
import { DatabasePaymentBook } from './payment-book.ts';
import { attemptIn, chargeIn, refundIn } from './payment-rows.ts';
import { paymentStatements as statements } from './payment-statements.ts';

/** How long whoever was given a refund has before somebody else is. */
const refundClaimMs = 60_000;

/** The records in PostgreSQL. */
export class DatabasePaymentRecords implements PaymentRecords {
  readonly #database: Database;
  readonly #book: PaymentBook;

  constructor(database: Database) {
    this.#database = database;
    this.#book = new DatabasePaymentBook(database);
  }

  saveAttempt: PaymentBook['saveAttempt'] = (attempt) => told(this.#book.saveAttempt(attempt));
  attemptsOf: PaymentBook['attemptsOf'] = (order) => told(this.#book.attemptsOf(order));
  noteCharge: PaymentBook['noteCharge'] = (charge, of) => told(this.#book.noteCharge(charge, of));
  chargesOf: PaymentBook['chargesOf'] = (order) => told(this.#book.chargesOf(order));
  endChecks: PaymentBook['endChecks'] = (order, number) =>
    told(this.#book.endChecks(order, number));
  checkAgain: PaymentBook['checkAgain'] = (order, number, at) =>
    told(this.#book.checkAgain(order, number, at));
  saveRefund: PaymentBook['saveRefund'] = (refund) => told(this.#book.saveRefund(refund));
  refundsOf: PaymentBook['refundsOf'] = (order) => told(this.#book.refundsOf(order));

  once(
    consumer: string,
    messageId: string,
    effect: (book: PaymentBook) => Promise<void>,
  ): Promise<boolean> {
    const work = (session: Session) => effect(new DatabasePaymentBook(session));
    return told(once(this.#database, consumer, messageId, work));
  }

  dueForCheck(now: number, max: number): Promise<readonly PaymentAttempt[]> {
    return told(
      this.#database.transaction(async (session) => {
        const rows = await session.query(statements.due, [now, max]);
        const attempts = rows.map(attemptIn);
        if (attempts.length > 0) await session.query(statements.setNext, nextOf(attempts, now));
        return attempts;
      }),
    );
  }

  async refundsDue(now: number, max: number): Promise<readonly RefundRecord[]> {
    const values = [now, max, now + refundClaimMs];
    return (await told(this.#database.query(statements.refundsDue, values))).map(refundIn);
  }

  async strays(max: number): Promise<readonly ChargeRecord[]> {
    return (await told(this.#database.query(statements.strays, [max]))).map(chargeIn);
  }

  async forgetHandled(olderThan: number): Promise<void> {
    await told(forgetHandled(this.#database, olderThan));
  }
}

/** For each attempt its order, number and next check, as three PostgreSQL arrays. */
function nextOf(attempts: readonly PaymentAttempt[], now: number): string[] {
  const next = attempts.map((attempt) => nextCheckAt(attempt, now) ?? 'NULL');
  const columns = [attempts.map(({ order }) => order), attempts.map((each) => each.attempt), next];
  return columns.map((column) => `{${column.join(',')}}`);
}

/** What an effect throws stays as it is; only the database's own failures are ours to name. */
async function told<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (cause) {
    if (failures.some((failure) => cause instanceof failure)) {
      throw new RecordsUnavailableError({ cause });
    }
    throw cause;
  }
}

const failures = [StatementError, ConnectionLostError, DatabaseUnavailableError] as const;
