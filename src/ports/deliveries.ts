import type { EventId, OrderId } from '@ingressou/protocol';

/**
 * How far a mail or a message came, each word stronger than those before it. Words come late, twice
 * and in any order; the strongest counts, so their order does not. `failed` outweighs `sent`, but a
 * second attempt under the same id may still arrive. `bounced` comes after a server had taken it.
 * Whoever read it has it, whatever else is said.
 */
export const deliveryStatuses = [
  'unsent',
  'accepted',
  'sent',
  'failed',
  'delivered',
  'bounced',
  'read',
] as const;

export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** What left, by whom, about what. Never to whom: that is the order's. */
export interface OutgoingDelivery {
  /** Ours: goes out with it and comes back with every word about it. */
  readonly id: string;
  readonly kind: 'mail' | 'whatsapp';
  readonly event: EventId;
  readonly order: OrderId;
}

/** A word about a delivery: from whoever takes it from us, or later by webhook. */
export interface DeliveryWord {
  readonly ourId: string;
  /** The deliverer's. */
  readonly messageId?: string;
  readonly status: DeliveryStatus;
}

export interface KeptDelivery extends OutgoingDelivery {
  readonly messageId: string | undefined;
  readonly status: DeliveryStatus;
}

/** What became of mails and messages. */
export interface Deliveries {
  /**
   * Notes one before it leaves, so that no word about it comes too early. The same again changes
   * nothing.
   *
   * @throws {DeliveriesUnavailableError}
   */
  record(delivery: OutgoingDelivery): Promise<void>;

  /**
   * Takes words to heart, all or none: a status only ever rises. Words about what was never noted
   * are passed over. Says how many deliveries rose.
   *
   * @throws {DeliveriesUnavailableError} all of them are kept or none: say them again
   */
  raise(words: readonly DeliveryWord[]): Promise<number>;

  /**
   * All that left about an order, the oldest first.
   *
   * @throws {DeliveriesUnavailableError}
   */
  of(order: OrderId): Promise<readonly KeptDelivery[]>;

  /**
   * Forgets for good what deliverers called whatever left about an order, which may have a telephone
   * number in it: words that come later do not bring it back. Says how many it has forgotten.
   *
   * @throws {DeliveriesUnavailableError}
   */
  forgetNames(order: OrderId): Promise<number>;
}

/** Deliveries cannot be noted or read now. Asking again is safe. */
export class DeliveriesUnavailableError extends Error {
  override readonly name = 'DeliveriesUnavailableError';
  constructor(options: ErrorOptions) {
    super('The deliveries cannot be reached.', options);
  }
}
