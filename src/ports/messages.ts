/** Sends a message to a phone from a template that the carrier has approved. At least once. */
export interface Messages {
  /**
   * @throws {DeliveryUnavailableError} it left or not: send it again
   * @throws {DeliveryRefusedError} it will never leave
   */
  send(message: OutgoingMessage): Promise<{ readonly messageId: string }>;
}

export interface OutgoingMessage {
  /** Ours: comes back with every word about the delivery. */
  readonly id: string;
  /** With country and area code, digits only. */
  readonly phone: string;
  readonly template: 'tickets_ready' | 'order_refunded';
  /** In the order of the template's places. */
  readonly parameters: readonly string[];
  /** The last part of the address behind the template's button. */
  readonly linkSuffix?: string;
}
