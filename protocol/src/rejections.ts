import type { OrderStatus } from './order-status.ts';

/**
 * Every way the house can say no. A rejection is an answer, not an error: it is decided by the
 * domain (or by the gateway, for who may ask and how often), sent to the client as is, and never
 * thrown. `retryable` means that the same command with the same id may succeed later.
 */
export const rejections = {
  show_not_found: { retryable: false },
  show_exists: { retryable: false },
  lot_not_found: { retryable: false },
  lot_exists: { retryable: false },
  too_many_lots: { retryable: false },
  /** A price, quantity, date or text outside its bounds; for the producer. */
  invalid_parameter: { retryable: false },

  /** The sale has not opened or is paused; `opensAt` says when, if that is known. */
  sale_not_open: { retryable: true },
  /** Fewer units are free than were asked for; `lot` and `available` say of what. */
  sold_out: { retryable: false },
  /** Not a whole number between 1 and `max`. */
  invalid_quantity: { retryable: false },
  /** No lot, the same lot twice, or more lots than one hold may have. */
  invalid_items: { retryable: false },
  /** The buyer's holds and tickets of this show would pass `limit`; `taken` are theirs already. */
  purchase_limit: { retryable: false },

  hold_not_found: { retryable: false },
  hold_expired: { retryable: false },
  hold_released: { retryable: false },
  hold_paid: { retryable: false },
  already_extended: { retryable: false },

  /** Nobody told who buys before this checkout, or it was told by somebody else. */
  details_missing: { retryable: false },
  /** The hold has an order that is not paid: cancel it, or pay it. */
  order_open: { retryable: false },
  /** A hold can be checked out `max` times: its time would never end. */
  too_many_checkouts: { retryable: false },
  order_not_found: { retryable: false },
  /** The order is not in a state that allows this; `status` says which it is in. */
  order_not_pending: { retryable: false },
  order_not_paid: { retryable: false },
  /** Past the time in which a buyer may give tickets back, which ended at `until`. */
  refund_too_late: { retryable: false },
  /** Not tickets of this order, or given back already. */
  invalid_serials: { retryable: false },
  show_cancelled: { retryable: false },
  /** The tickets `serials` have let somebody in: they are not given back, and stay on their phone. */
  ticket_used: { retryable: false },
  /** The codes of this show stay as they are: no phone needs to have a ticket. */
  ticket_not_rotating: { retryable: false },
  /** Another phone has the ticket; it may move so many more times. */
  ticket_bound: { retryable: false },
  /** It has moved `max` times; the producer can free it. */
  too_many_moves: { retryable: false },
  /** So close to the doors, which was from `until` on, only the producer can free a ticket. */
  move_too_late: { retryable: false },

  checkpoint_not_found: { retryable: false },
  /** This show does not know the scanner: enrol it again. */
  device_not_found: { retryable: false },
  /** An operator has shut this scanner out. Its log may still be uploaded. */
  device_revoked: { retryable: false },
  device_exists: { retryable: false },
  too_many_devices: { retryable: false },
  /** The device has used this number of its log for another scan, or told it already. */
  scan_known: { retryable: false },
  /** None of these is an incident of the show, or not any more. */
  incident_not_found: { retryable: false },
  ticket_not_found: { retryable: false },
  /** It was bought at full price, or topped up before. */
  ticket_not_half: { retryable: false },

  /** The id was used before for a different wish. */
  id_reused: { retryable: false },
  /** The time inside the id is too old or ahead; `now` is the server's. Make a new id. */
  id_out_of_time: { retryable: false },

  /** Anonymous sockets may watch only. */
  sign_in_required: { retryable: false },
  /** This role may not do that. */
  forbidden: { retryable: false },
  /** One socket follows at most `max` shows. */
  too_many_watches: { retryable: false },
  /** Over the buyer's rate; nothing was attempted. */
  too_fast: { retryable: true },
  /** A queue is full; nothing was attempted. */
  busy: { retryable: true },
  /** The connection to the journal broke at the wrong moment: it may have happened or not. */
  outcome_unknown: { retryable: true },
  /** We broke on this command, and an operator was told. */
  internal_error: { retryable: false },
  /** The show stopped itself because its history does not add up; an operator was told. */
  sealed: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

export type RejectionReason = keyof typeof rejections;

/** The data that goes with a reason; a reason that is not listed has none. */
interface RejectionData {
  sale_not_open: { readonly opensAt?: number };
  sold_out: { readonly lot: string; readonly available: number };
  invalid_quantity: { readonly max: number };
  purchase_limit: { readonly limit: number; readonly taken: number };
  too_many_checkouts: { readonly max: number };
  order_not_pending: { readonly status: OrderStatus };
  order_not_paid: { readonly status: OrderStatus };
  refund_too_late: { readonly until: number };
  ticket_used: { readonly serials: readonly number[] };
  ticket_bound: { readonly movesLeft: number };
  too_many_moves: { readonly max: number };
  move_too_late: { readonly until: number };
  id_out_of_time: { readonly now: number };
  too_many_watches: { readonly max: number };
  too_fast: { readonly retryAfterMs: number };
  busy: { readonly retryAfterMs: number };
  outcome_unknown: { readonly retryAfterMs: number };
}

/** A no with its reason and what a buyer needs to decide what to do next. */
export type Rejection = {
  [R in RejectionReason]: { readonly reason: R } & (R extends keyof RejectionData
    ? RejectionData[R]
    : unknown);
}[RejectionReason];
