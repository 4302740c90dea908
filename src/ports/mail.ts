/** Sends mail. At least once under our id: neither side can promise more. */
export interface Mail {
  /**
   * Hands a mail to whoever delivers it. `messageId` of the deliverer, under which its later word
   * about the delivery comes.
   *
   * @throws {DeliveryUnavailableError} it left or not: send it again
   * @throws {DeliveryRefusedError} it will never leave
   */
  send(mail: OutgoingMail): Promise<{ readonly messageId: string }>;
}

export interface OutgoingMail {
  /** Ours: comes back with every word about the delivery. */
  readonly id: string;
  readonly to: { readonly name: string; readonly email: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly Attachment[];
}

export interface Attachment {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Nobody knows whether it left. */
export class DeliveryUnavailableError extends Error {
  override readonly name = 'DeliveryUnavailableError';
}

/** The deliverer refuses it for good. The message names nobody. */
export class DeliveryRefusedError extends Error {
  override readonly name = 'DeliveryRefusedError';
}
