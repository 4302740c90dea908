import type { EventId, OrderId, PaymentMethod } from '@ingressou/protocol';
import type { ChargeStatus, ProviderCharge } from './payments.ts';

/**
 * What we asked of the payment provider and what it said: the memory of those who create, check and
 * refund payments. Nothing in it names a person.
 */
export interface PaymentRecords extends PaymentBook {
  /**
   * Has the effect of a message, once: runs `effect` and records the message with it, all or
   * nothing. False when the message has had its effect before; `effect` is not called then. Only
   * records are written in `effect`: whoever asks the provider asks it before, and again after a
   * crash, under the same key.
   *
   * @throws {RecordsUnavailableError} it had its effect or not: hand the message in again; or what
   * `effect` threw
   */
  once(
    consumer: string,
    messageId: string,
    effect: (book: PaymentBook) => Promise<void>,
  ): Promise<boolean>;

  /**
   * Attempts to ask the provider about now, at most `max`. Each is given to one caller, and comes
   * back later by itself if nothing was found out.
   *
   * @throws {RecordsUnavailableError}
   */
  dueForCheck(now: number, max: number): Promise<readonly PaymentAttempt[]>;

  /**
   * Refunds to try now, at most `max`. Each is given to one caller for a minute.
   *
   * @throws {RecordsUnavailableError}
   */
  refundsDue(now: number, max: number): Promise<readonly RefundRecord[]>;

  /**
   * Charges that somebody paid, that no attempt of ours asked for and no refund gives back: at most
   * `max`.
   *
   * @throws {RecordsUnavailableError}
   */
  strays(max: number): Promise<readonly ChargeRecord[]>;

  /**
   * Forgets which messages had their effect before `olderThan`; long after anybody would hand them
   * in again.
   *
   * @throws {RecordsUnavailableError}
   */
  forgetHandled(olderThan: number): Promise<void>;
}

/** Records as they are written and read, alone or together. Each throws `RecordsUnavailableError`. */
export interface PaymentBook {
  /**
   * Records an attempt before the provider hears of it, and again with the provider's id. What was
   * recorded first stays.
   */
  saveAttempt(attempt: PaymentAttempt): Promise<void>;

  /** All attempts of an order with what became of them, the oldest first. */
  attemptsOf(order: OrderId): Promise<readonly KnownAttempt[]>;

  /**
   * Joins what the provider says of a charge with what it said before, and returns what is known
   * then. Told in any order, any number of times, it ends in the same.
   */
  noteCharge(charge: ProviderCharge, of: ChargeOrigin): Promise<ChargeRecord>;

  chargesOf(order: OrderId): Promise<readonly ChargeRecord[]>;

  /**
   * Nothing more is to be found out about an attempt, and everybody who must hear of it has: the
   * provider is not asked about it any more. Said before that, a crash in between would leave the
   * order undecided for ever.
   */
  endChecks(order: OrderId, attempt: number): Promise<void>;

  /** Something more has happened to an attempt: it is due for a check at `at`, over or not. */
  checkAgain(order: OrderId, attempt: number, at: number): Promise<void>;

  /** Records a refund or how it goes. A refund that is done does not change any more. */
  saveRefund(refund: RefundRecord): Promise<void>;

  refundsOf(order: OrderId): Promise<readonly RefundRecord[]>;
}

export interface PaymentAttempt {
  readonly event: EventId;
  readonly order: OrderId;
  /** 1 for the first. */
  readonly attempt: number;
  readonly method: PaymentMethod;
  readonly amountCents: number;
  readonly madeAt: number;
  readonly payBy: number;
  /** The provider's own id, once it has answered. */
  readonly providerOrder?: string;
}

export interface KnownAttempt extends PaymentAttempt {
  readonly charges: readonly ChargeRecord[];
}

/** Where a charge belongs, as the provider's order says. */
export interface ChargeOrigin {
  readonly providerOrder: string;
  readonly order?: OrderId | undefined;
  readonly event?: EventId | undefined;
  readonly attempt?: number | undefined;
}

export interface ChargeRecord extends ChargeOrigin {
  readonly id: string;
  readonly status: ChargeStatus;
  readonly method: PaymentMethod | 'other';
  readonly amountCents: number;
  readonly paidCents: number;
  readonly refundedCents: number;
  readonly pix?: { readonly code: string; readonly expiresAt: number };
  readonly refusal?: NonNullable<ProviderCharge['refusal']>;
  /** Nothing more is to be found out by asking again and again. */
  readonly isFinal: boolean;
}

export interface RefundRecord {
  /** The same at the provider. */
  readonly id: string;
  /** Undefined for a charge that belongs to no order of ours. */
  readonly order: OrderId | undefined;
  readonly event: EventId | undefined;
  readonly charge: string;
  readonly amountCents: number;
  readonly status: 'due' | 'sent' | 'done' | 'failed';
  readonly tries: number;
  /** The provider's last word, as a code. */
  readonly answer?: string;
  /** Absent: not to be tried again by itself. */
  readonly nextTryAt?: number;
}

/** The records cannot be reached. Asking again is safe. */
export class RecordsUnavailableError extends Error {
  override readonly name = 'RecordsUnavailableError';
  constructor(options?: ErrorOptions) {
    super('The records of payments cannot be reached.', options);
  }
}
