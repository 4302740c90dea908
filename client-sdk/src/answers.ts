import type { CommandId, HoldView, Rejection } from '@ingressou/protocol';

/** What became of a wish. A no is a value to switch over, never thrown. */
export type ReserveAnswer = AcceptedReserve | Refusal;
export type ExtendAnswer = AcceptedExtend | Refusal;
export type ReleaseAnswer = AcceptedRelease | Refusal;

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

/**
 * A no, with the reason and its data. Pass `id` to the same call again to repeat the very same
 * wish: after `outcome_unknown` that is the only repetition that cannot happen twice.
 */
export type Refusal = {
  readonly accepted: false;
  readonly id: CommandId;
  readonly retryable: boolean;
} & Rejection;
