import type { EventId } from '@ingressou/protocol';

/** What the node of a check-in can be asked. */
export type ToGateNode =
  /** A show that has sold so many tickets, and so many scanners at its two gates. */
  { readonly type: 'prepare'; readonly tickets: number; readonly scanners: number };

export type FromGateNode =
  | { readonly type: 'listening' }
  | PreparedGates
  /** How far it is. */
  | { readonly type: 'sold'; readonly tickets: number };

export interface PreparedGates {
  readonly type: 'prepared';
  readonly event: EventId;
  /** One for each scanner. */
  readonly tokens: readonly string[];
  /** By serial, from serial 1 on. */
  readonly codes: readonly string[];
}
