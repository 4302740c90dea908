import type {
  EventId,
  OrderId,
  PaymentMethod,
  PaymentRefusal,
  SubjectId,
} from '@ingressou/protocol';

/**
 * The provider that moves money. Its answers are the truth about it; what it tells by webhooks is a
 * hint to ask. All money is integer cents of BRL. Every call has a deadline.
 */
export interface Payments {
  /**
   * Makes the order at the provider. The same `attempt` of the same order is made once, however
   * often this is called; a refused card is an answer, not an error.
   *
   * @throws {PaymentsUnavailableError} it was made or not: look with `findOrder`, or call again
   * @throws {PaymentRequestError} the provider does not accept the request itself
   */
  create(request: PaymentRequest): Promise<ProviderOrder>;

  /**
   * An order by the provider's own id.
   *
   * @throws {PaymentsUnavailableError}
   */
  order(id: string): Promise<ProviderOrder | undefined>;

  /**
   * All that the provider has under our order, the oldest first: one for each attempt that arrived.
   *
   * @throws {PaymentsUnavailableError}
   */
  findOrders(order: OrderId): Promise<readonly ProviderOrder[]>;

  /**
   * What was made or changed since then, a page at a time from 1, for reconciliation. The provider
   * filters by when an order was made: one that was made more than `changeableMs` before is not
   * found, and a page may be empty though there are more.
   *
   * @throws {PaymentsUnavailableError}
   */
  changedSince(
    at: number,
    page: number,
  ): Promise<{ orders: readonly ProviderOrder[]; hasMore: boolean }>;

  /**
   * Takes what an authorisation set aside. Undefined amount: all of it.
   *
   * @throws {PaymentsUnavailableError}, {PaymentRequestError}
   */
  capture(charge: string, key: string, amountCents?: number): Promise<ProviderCharge>;

  /**
   * Ends a charge, so that nobody can pay it any more. One that was paid meanwhile is left as it is,
   * and the answer tells: no money goes back by this.
   *
   * @throws {PaymentsUnavailableError}, {PaymentRequestError}
   */
  end(charge: string, key: string): Promise<ProviderCharge>;

  /**
   * Gives money back, or ends a charge that nobody has paid. `amountCents` undefined: all of it.
   * The split is reversed in proportion. `key` names this refund for ever.
   *
   * @throws {PaymentsUnavailableError} it was done or not: call again with the same key
   * @throws {PaymentRequestError} for instance, there is less left than that
   */
  refund(charge: string, key: string, amountCents?: number): Promise<ProviderCharge>;

  /**
   * A token that the buyer's browser needs for 3-D Secure; it lives for 20 seconds.
   *
   * @throws {PaymentsUnavailableError}
   */
  challengeToken(): Promise<string>;

  /**
   * Webhooks the provider could not deliver, a page at a time from 1, to have them sent again. A
   * page may be empty though there are more.
   *
   * @throws {PaymentsUnavailableError}
   */
  failedHooks(page: number): Promise<{ hooks: readonly string[]; hasMore: boolean }>;
  /**
   * Resolves when the provider has noted it, also when it knows no such webhook any more.
   *
   * @throws {PaymentsUnavailableError}
   */
  resendHook(hook: string): Promise<void>;
}

export interface PaymentRequest {
  readonly event: EventId;
  readonly order: OrderId;
  readonly subject: SubjectId;
  /** 1 for the first; a new attempt may have another outcome. */
  readonly attempt: number;
  readonly method: PaymentMethod;
  readonly lines: readonly PaymentLine[];
  readonly customer: Customer;
  /** When it must be paid, in milliseconds since 1970. */
  readonly payBy: number;
  /** The provider's clock is not ours: how long that is from now. */
  readonly payInMs: number;
  readonly card?: CardPayment;
  /** The producer's share; the rest, the convenience fee, is the platform's. Absent: all of it. */
  readonly split?: { readonly recipient: string; readonly producerCents: number };
}

export interface PaymentLine {
  readonly code: string;
  readonly description: string;
  readonly quantity: number;
  /** Of one unit. */
  readonly amountCents: number;
}

export interface Customer {
  readonly name: string;
  readonly email: string;
  /** Eleven digits. */
  readonly cpf: string;
  /** With country and area code, digits only. */
  readonly phone: string;
}

/** What the provider's script made of a card in the buyer's browser. Numbers never reach us. */
export interface CardPayment {
  readonly token: string;
  readonly installments: number;
  readonly billing: {
    readonly line1: string;
    readonly zipCode: string;
    readonly city: string;
    readonly uf: string;
  };
  /** What 3-D Secure ended with, if it was done. */
  readonly challenge?: { readonly transaction: string };
}

export interface ProviderOrder {
  readonly id: string;
  /** Our order, when its code is one of ours. */
  readonly order: OrderId | undefined;
  readonly event: EventId | undefined;
  readonly attempt: number | undefined;
  readonly status: 'pending' | 'paid' | 'canceled' | 'failed';
  readonly amountCents: number;
  readonly currency: string;
  readonly charges: readonly ProviderCharge[];
}

/**
 * In the order of a charge's life; an earlier one never follows a later one, but money may come for
 * a charge that ended unpaid.
 */
export type ChargeStatus =
  | 'pending'
  | 'processing'
  /** Set aside on a card, not taken. */
  | 'authorized'
  /** Refused, or a PIX code that expired: money may still come for it. */
  | 'failed'
  | 'paid'
  /** Less or more than asked for. */
  | 'underpaid'
  | 'overpaid'
  /** Ended unpaid, or all of it went back: `paidCents` tells which. */
  | 'canceled'
  | 'chargedback';

export interface ProviderCharge {
  readonly id: string;
  readonly status: ChargeStatus;
  readonly method: PaymentMethod | 'other';
  readonly amountCents: number;
  /** What came in, 0 before; it stays when it went back. */
  readonly paidCents: number;
  /** What went back, and what is on its way back and may still fail: then it is 0 again. */
  readonly refundedCents: number;
  readonly refundingCents: number;
  /** Who gets what, as the provider has it; empty without a split. */
  readonly split: readonly { readonly recipient: string; readonly amountCents: number }[];
  readonly pix?: {
    /** The text behind the QR code, for copy and paste. */
    readonly code: string;
    readonly expiresAt: number;
  };
  /** Why a card was refused. */
  readonly refusal?: Extract<PaymentRefusal, 'card_refused' | 'risk_refused' | 'challenge_failed'>;
}

/** No answer, or one that nobody can read: it may have happened. */
export class PaymentsUnavailableError extends Error {
  override readonly name: string = 'PaymentsUnavailableError';
  constructor(what: string, options?: ErrorOptions) {
    super(`The payment provider did not answer: ${what}.`, options);
  }
}

/**
 * The provider does not accept our key or our address. Nothing happened, and nothing will until an
 * operator acts: an alarm. It counts as unavailable, because the same call is right afterwards.
 */
export class PaymentsForbiddenError extends PaymentsUnavailableError {
  override readonly name = 'PaymentsForbiddenError';
  constructor(status: number) {
    super(`it refuses our credentials with ${status}`);
  }
}

/** The provider understood and refuses the request itself: the same again is refused again. */
export class PaymentRequestError extends Error {
  override readonly name = 'PaymentRequestError';
  readonly status: number;
  /** Which fields, in the provider's words; never their values. */
  readonly fields: readonly string[];
  constructor(status: number, fields: readonly string[]) {
    super(
      `The payment provider refuses the request with ${status}: ${fields.join(', ') || 'no reason'}.`,
    );
    this.status = status;
    this.fields = fields;
  }
}
