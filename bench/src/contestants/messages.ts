import type { EventId, LotId } from '@ingressou/protocol';

/** What a server under test can be asked, over the channel to its parent and not its sockets. */
export type ToServer =
  /** A show whose sale is not open, with a lot of each quantity. */
  | { readonly type: 'create_show'; readonly quantities: readonly number[] }
  /** At once, or at `at` in milliseconds since 1970. */
  | { readonly type: 'open_sale'; readonly event: EventId; readonly at?: number }
  /** So many orders in an even rhythm, each refused at once: work for payments and for mails. */
  | {
      readonly type: 'refuse_orders';
      readonly event: EventId;
      readonly lot: LotId;
      readonly orders: number;
      readonly perSecond: number;
    }
  | { readonly type: 'read_cpu' };

export type FromServer =
  /** It takes sockets. `what` it is, as it names itself. */
  | { readonly type: 'listening'; readonly what: string }
  | { readonly type: 'show'; readonly event: EventId; readonly lots: readonly LotId[] }
  | { readonly type: 'sale' }
  | { readonly type: 'orders_refused' }
  /** Milliseconds of processor time since the start of the process. */
  | { readonly type: 'cpu'; readonly ms: number };

/** The processor time this process has used. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
