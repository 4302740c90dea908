import type { EventId } from '@ingressou/protocol';

/** Who is paid for the tickets of a show; the fee is the platform's. */
export interface Recipients {
  /**
   * The provider's name for whoever is paid; undefined when the platform is.
   *
   * @throws {RecipientsUnavailableError}
   */
  of(event: EventId): Promise<string | undefined>;

  /** Says who is paid from the next payment on. @throws {RecipientsUnavailableError} */
  set(event: EventId, recipient: string): Promise<void>;
}

/** Asking again is safe. */
export class RecipientsUnavailableError extends Error {
  override readonly name = 'RecipientsUnavailableError';
  constructor(options?: ErrorOptions) {
    super('The recipients of payments cannot be reached.', options);
  }
}
