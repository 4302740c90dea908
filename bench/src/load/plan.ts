import type { CommandId, EventId, Item, LotId, OrderId } from '@ingressou/protocol';
import type { Summary } from '../samples.ts';

/** What the load generator is asked to do. It opens its sockets, says so, and waits for `start`. */
export interface Plan {
  readonly port: number;
  readonly sockets: number;
  /** Signs a token for each socket, which says `hello` with it; absent for a server without them. */
  readonly tokenKeyFile: string | undefined;
  readonly load: ClosedLoad | OpenLoad | OrderLoad;
}

/** Every socket asks again as soon as it is answered. */
export interface ClosedLoad {
  readonly kind: 'closed';
  readonly event: EventId;
  readonly items: readonly Item[];
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** Reservations leave when it is their time, whatever became of those before. */
export interface OpenLoad {
  readonly kind: 'open';
  readonly event: EventId;
  /** So many sockets, the first ones, watch the show; at least one. */
  readonly watchers: number;
  readonly arrivals: readonly Arrival[];
  /** Arrivals before this time warm up and are not in the latencies. */
  readonly measuredFromMs: number;
  /** How long answers and deltas are waited for after the last arrival. */
  readonly settleMs: number;
}

export interface Arrival {
  /** Milliseconds after the start. */
  readonly atMs: number;
  /** Index of the socket. */
  readonly buyer: number;
  readonly items: readonly Item[];
}

/** Orders are made at their time: held, told about, checked out. Nobody waits for the one before. */
export interface OrderLoad {
  readonly kind: 'orders';
  readonly event: EventId;
  readonly arrivals: readonly Arrival[];
  /** How long the codes of the last tickets are waited for. */
  readonly lastMs: number;
}

export type ToGenerator =
  | { readonly type: 'connect'; readonly plan: Plan }
  /** `at` in milliseconds since 1970. */
  | { readonly type: 'start'; readonly at: number };

export type FromGenerator =
  | { readonly type: 'connected'; readonly sockets: number }
  | { readonly type: 'ready' }
  /** The measured window begins and ends. */
  | { readonly type: 'measuring' }
  | { readonly type: 'measured' }
  | { readonly type: 'closed_result'; readonly result: ClosedResult }
  | { readonly type: 'open_result'; readonly result: OpenResult }
  | { readonly type: 'order_result'; readonly result: OrderResult };

/** Rejections and everything that should not come at all, by name. */
export type Counts = Readonly<Record<string, number>>;

export interface ClosedResult {
  /** Of the window alone; latencies in milliseconds. */
  readonly accepted: number;
  readonly windowMs: number;
  readonly latency: Summary;
  /** The generator's own share of one core. */
  readonly cores: number;
  /** Of the whole run, warm-up included. */
  readonly acceptedInAll: number;
  readonly rejected: Counts;
  readonly unexpected: Counts;
  readonly unanswered: number;
}

export interface OpenResult {
  /** From the scheduled time to the answer, in milliseconds. */
  readonly latency: Summary;
  /** From the scheduled time to the frame's departure: what the generator itself is late. */
  readonly lateness: Summary;
  readonly cores: number;
  readonly accepted: readonly CommandId[];
  readonly rejected: Counts;
  readonly unexpected: Counts;
  readonly unanswered: number;
  readonly deltas: DeltaResult;
}

export interface OrderResult {
  /** Orders that were checked out. */
  readonly orders: readonly OrderId[];
  /** From the scheduled time to the end of the checkout, in milliseconds. */
  readonly checkout: Summary;
  readonly lateness: Summary;
  readonly cores: number;
  /** Orders whose buyers heard that their codes are signed. */
  readonly signed: number;
  readonly unexpected: Counts;
}

/** What the watchers heard of the show. */
export interface DeltaResult {
  readonly perSocket: { readonly min: number; readonly median: number; readonly max: number };
  /** Deltas that did not continue where their socket was. */
  readonly gaps: number;
  /** Where the sockets ended: the least and the greatest position. */
  readonly positions: { readonly min: number; readonly max: number };
  /** Free units of each lot as the last socket to be looked at was told. */
  readonly available: Readonly<Record<LotId, number>>;
  /** Sockets that were told something else in the end. */
  readonly disagreeing: number;
}
