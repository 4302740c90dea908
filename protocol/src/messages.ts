import type { GateClientMessage, GateServerMessage } from './gate-messages.ts';
import type { CommandId, EventId, HoldId, LotId, OrderId, SubjectId } from './ids.ts';
import type { OrderStatus } from './order-status.ts';
import type { Rejection, RejectionReason } from './rejections.ts';

/** Times are milliseconds since 1970 by the server's clock; money is integer cents of BRL. */

export type Role = 'ADMIN' | 'PRODUTOR' | 'CLIENTE' | 'CHECKIN';

/** `quantity` units of one lot. */
export interface Item {
  readonly lot: LotId;
  readonly quantity: number;
}

/** Where a client stood when it lost its socket. */
export interface ResumePoint {
  readonly event: EventId;
  readonly generation: number;
  readonly position: number;
}

/** `cancelled`: the show does not take place; everybody gets their money back. */
export type SaleStatus = 'closed' | 'scheduled' | 'open' | 'paused' | 'cancelled';

export interface Sale {
  readonly status: SaleStatus;
  /** Present while `scheduled`. */
  readonly opensAt?: number;
}

/** A lot as everybody may see it. */
export interface LotView {
  readonly id: LotId;
  readonly sector: string;
  readonly name: string;
  readonly priceCents: number;
  /** The convenience fee of one unit, which comes on top. */
  readonly feeCents: number;
  /** Half price (meia-entrada): whoever comes with it proves the right to it at the gate. */
  readonly isHalf: boolean;
  /** Its tickets admit whom they are made out to and nobody else. */
  readonly isNominal?: boolean;
  /** Its tickets are shown as codes that change, by the phone that has them. */
  readonly isRotating?: boolean;
  /** Of those: paper is enough, too. */
  readonly isPrintable?: boolean;
  readonly quantity: number;
  readonly available: number;
}

/** `refunded`: it was paid, and every ticket of it was given back. */
export type HoldStatus = 'held' | 'released' | 'expired' | 'paid' | 'refunded';

/** A hold as its owner sees it. */
export interface HoldView {
  readonly id: HoldId;
  readonly status: HoldStatus;
  readonly items: readonly Item[];
  /** When it ends; for a hold that is over, when it did. */
  readonly expiresAt: number;
  readonly canExtend: boolean;
}

export type PaymentMethod = 'pix' | 'card';

/** Units of one lot at the price of the checkout, in cents for each. */
export interface OrderLine extends Item {
  readonly priceCents: number;
  /** The convenience fee. */
  readonly feeCents: number;
}

/** `revoked`: refunded or charged back; it admits nobody. */
export type TicketStatus = 'valid' | 'revoked';

/** A ticket as its buyer sees it: the number `serial` of its show. */
export interface TicketView {
  readonly serial: number;
  readonly lot: LotId;
  readonly status: TicketStatus;
  /** Grows when it is issued again; older codes are void. */
  readonly revision: number;
}

/** An order as its buyer sees it. */
export interface OrderView {
  readonly id: OrderId;
  readonly hold: HoldId;
  readonly status: OrderStatus;
  readonly method: PaymentMethod;
  readonly lines: readonly OrderLine[];
  readonly ticketsCents: number;
  readonly feeCents: number;
  /** While `pending`: until when it can be paid. */
  readonly payBy: number;
  /** There is something to pay with: a PIX code, or a card that is being charged. */
  readonly isPayable: boolean;
  /** Why the payment was refused. */
  readonly refusal?: PaymentRefusal;
  readonly paidAt?: number;
  /** Empty until it is paid. */
  readonly tickets: readonly TicketView[];
  /** Their codes are signed: they can be shown and downloaded. */
  readonly hasCodes: boolean;
  /** On its way back to the buyer, and back already. */
  readonly refundDueCents: number;
  readonly refundedCents: number;
}

/** Why an order could not be paid, for the buyer's next step. */
export type PaymentRefusal =
  /** The bank said no: another card or PIX may do. */
  | 'card_refused'
  /** The provider's fraud check said no. */
  | 'risk_refused'
  /** The bank wanted the buyer to prove who they are, and they did not. */
  | 'challenge_failed'
  /** Less came in than was asked for; it goes back. */
  | 'underpaid'
  /** The provider does not accept the buyer's data. */
  | 'details_refused'
  /** The provider could not be reached in time. */
  | 'provider_unavailable';

export type ClientMessage =
  /** First, within `limits.helloMs`. Without a token the socket may only watch. */
  | { readonly type: 'hello'; readonly token?: string; readonly resume?: readonly ResumePoint[] }
  /** Asks for `state` now and `delta` from then on. */
  | { readonly type: 'watch'; readonly event: EventId }
  | { readonly type: 'unwatch'; readonly event: EventId }
  /** Takes all items or none; the hold's id is this command's id. */
  | {
      readonly type: 'reserve';
      readonly id: CommandId;
      readonly event: EventId;
      readonly items: readonly Item[];
    }
  /** Gives a hold more time, once. */
  | {
      readonly type: 'extend';
      readonly id: CommandId;
      readonly event: EventId;
      readonly hold: HoldId;
    }
  | {
      readonly type: 'release';
      readonly id: CommandId;
      readonly event: EventId;
      readonly hold: HoldId;
    }
  /**
   * Makes an order of a hold, which then lives until its payment is due and a little longer. The
   * order's id is this command's id, under which who buys was told before (`POST
   * /v1/orders/ID/details`).
   */
  | {
      readonly type: 'checkout';
      readonly id: CommandId;
      readonly event: EventId;
      readonly hold: HoldId;
      readonly method: PaymentMethod;
    }
  /** Gives up an order that is not paid, and its hold. */
  | {
      readonly type: 'cancel';
      readonly id: CommandId;
      readonly event: EventId;
      readonly order: OrderId;
    }
  /** Gives tickets of a paid order back, all of them unless some are named. */
  | {
      readonly type: 'refund';
      readonly id: CommandId;
      readonly event: EventId;
      readonly order: OrderId;
      readonly serials?: readonly number[];
    }
  | { readonly type: 'ping' }
  | GateClientMessage;

/** What a client may wish of a show, answered by `accepted` or `rejected`. */
export type ClientCommand = Exclude<
  Extract<ClientMessage, { readonly id: CommandId }>,
  GateClientMessage
>;
/** What a gate may wish, answered by `verdict`, `merged`, `accepted` or `rejected`. */
export type GateCommand = Exclude<
  Extract<GateClientMessage, { readonly id: CommandId }>,
  SeeIncidents
>;

/** What somebody who looks after the gates may wish, answered by `accepted` or `rejected`. */
export type SeeIncidents = Extract<GateClientMessage, { readonly type: 'see_incidents' }>;

export type ServerMessage =
  /**
   * Answers `hello`. The shows named in `resume` are watched again; `holds` are the buyer's live
   * ones among them, `orders` those that are pending or paid. Of the shows in `unanswered` nobody
   * could say: what was known of both there stays until `hold` and `order` tell of it.
   */
  | {
      readonly type: 'welcome';
      readonly version: number;
      readonly at: number;
      readonly subject?: SubjectId;
      readonly role?: Role;
      readonly heartbeatMs: number;
      readonly holds: readonly { readonly event: EventId; readonly hold: HoldView }[];
      readonly orders: readonly {
        readonly event: EventId;
        readonly point: { readonly generation: number; readonly position: number };
        readonly order: OrderView;
      }[];
      readonly unanswered?: readonly EventId[];
    }
  /** Everything public about a show, as it was after the fact numbered `position`. */
  | {
      readonly type: 'state';
      readonly event: EventId;
      readonly generation: number;
      readonly position: number;
      readonly at: number;
      readonly sale: Sale;
      readonly limit: number;
      readonly lots: readonly LotView[];
    }
  /**
   * Absolute values of what changed. Apply when `from` ≤ mine < `to`, ignore when `to` ≤ mine,
   * else ask for `state`; a higher generation drops everything known.
   */
  | {
      readonly type: 'delta';
      readonly event: EventId;
      readonly generation: number;
      readonly from: number;
      readonly to: number;
      readonly sale?: Sale;
      readonly lots: readonly { readonly id: LotId; readonly available: number }[];
    }
  /** The command `re` is durable; `expiresAt` of the hold it made or extended. */
  | { readonly type: 'accepted'; readonly re: CommandId; readonly expiresAt?: number }
  | ({
      readonly type: 'rejected';
      /** A command's id, or the show's for a refused `watch`. */
      readonly re: CommandId | EventId;
      readonly retryable: boolean;
    } & Rejection)
  /** A hold of mine changed, by time or from another window of mine. */
  | { readonly type: 'hold'; readonly event: EventId; readonly hold: HoldView }
  /** An order of mine changed. Apply when `position` is above that of the last one. */
  | {
      readonly type: 'order';
      readonly event: EventId;
      readonly generation: number;
      readonly position: number;
      readonly order: OrderView;
    }
  | { readonly type: 'pong'; readonly at: number }
  /** The last frame before the server closes the socket. */
  | { readonly type: 'bye'; readonly reason: string; readonly retryAfterMs?: number }
  | GateServerMessage;

export type { Rejection, RejectionReason };
