import type { CommandId, EventId, HoldId, LotId, SubjectId } from './ids.ts';
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

export type SaleStatus = 'closed' | 'scheduled' | 'open' | 'paused';

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
  readonly quantity: number;
  readonly available: number;
}

export type HoldStatus = 'held' | 'released' | 'expired' | 'paid';

/** A hold as its owner sees it. */
export interface HoldView {
  readonly id: HoldId;
  readonly status: HoldStatus;
  readonly items: readonly Item[];
  /** When it ends; for a hold that is over, when it did. */
  readonly expiresAt: number;
  readonly canExtend: boolean;
}

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
  | { readonly type: 'ping' };

/** What a client may wish of a show: these are answered by `accepted` or `rejected`. */
export type ClientCommand = Extract<ClientMessage, { readonly id: CommandId }>;

export type ServerMessage =
  /**
   * Answers `hello`. The shows named in `resume` are watched again; `holds` are the buyer's live
   * ones among them.
   */
  | {
      readonly type: 'welcome';
      readonly version: number;
      readonly at: number;
      readonly subject?: SubjectId;
      readonly role?: Role;
      readonly heartbeatMs: number;
      readonly holds: readonly { readonly event: EventId; readonly hold: HoldView }[];
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
  | { readonly type: 'pong'; readonly at: number }
  /** The last frame before the server closes the socket. */
  | { readonly type: 'bye'; readonly reason: string; readonly retryAfterMs?: number };

export type { Rejection, RejectionReason };
