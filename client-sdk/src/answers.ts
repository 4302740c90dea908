import type { CommandId, HoldView, OrderId, Rejection } from '@ingressou/protocol';

/** What became of a wish. A no is a value to switch over, never thrown. */
export type ReserveAnswer = AcceptedReserve | Refusal;
export type ExtendAnswer = AcceptedExtend | Refusal;
export type ReleaseAnswer = AcceptedRelease | Refusal;
export type CheckoutAnswer = AcceptedCheckout | Refusal;
export type CancelAnswer = AcceptedCancel | Refusal;
export type RefundAnswer = AcceptedRefund | Refusal;

/** The hold is durable: it is the buyer's until it expires, whatever crashes. */
export interface AcceptedReserve {
  readonly accepted: true;
  readonly hold: HoldView;
}

export interface AcceptedExtend {
  readonly accepted: true;
  /** When the hold ends now, in milliseconds since 1970 by the server's clock. */
  readonly expiresAt: number;
}

export interface AcceptedRelease {
  readonly accepted: true;
}

/** The order is made; what there is to pay with comes with the view's `orders` a moment later. */
export interface AcceptedCheckout {
  readonly accepted: true;
  readonly order: OrderId;
  /** When the hold ends now: some time after the order must be paid. */
  readonly holdExpiresAt: number;
}

export interface AcceptedCancel {
  readonly accepted: true;
}

/** The tickets admit nobody any more and the money is on its way. */
export interface AcceptedRefund {
  readonly accepted: true;
}

/**
 * A no, with the reason and its data. Pass `id` to the same call again to repeat the very same
 * wish: after `outcome_unknown` that is the only repetition that cannot happen twice.
 */
export type Refusal = {
  readonly accepted: false;
  readonly id: CommandId;
  readonly retryable: boolean;
} & Rejection;
