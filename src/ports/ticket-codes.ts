import type { EventId } from '@ingressou/protocol';

/** The signed codes of tickets, so that a ticket looks the same each time it is shown. */
export interface TicketCodes {
  /**
   * Keeps codes and returns what is kept of these tickets: a code that was there stays, unless its
   * key is revoked. Two workers that sign the same order end up with the same codes.
   *
   * @throws {TicketCodesUnavailableError} all of them are kept or none
   */
  save(event: EventId, codes: readonly TicketCode[]): Promise<readonly TicketCode[]>;

  /**
   * The good codes of these tickets. Those that nobody has signed yet, or whose key is revoked, are
   * missing from the answer, which is ordered by serial.
   *
   * @throws {TicketCodesUnavailableError}
   */
  read(event: EventId, tickets: readonly TicketName[]): Promise<readonly TicketCode[]>;

  /**
   * The good codes of a show behind a ticket, in the order of serials and revisions: `max` of them, or
   * all there are.
   *
   * @throws {TicketCodesUnavailableError}
   */
  after(event: EventId, ticket: TicketName, max: number): Promise<readonly TicketCode[]>;
}

/** One issue of one ticket of a show. */
export interface TicketName {
  readonly serial: number;
  readonly revision: number;
}

export interface TicketCode extends TicketName {
  readonly keyId: number;
  /** What its QR code says. Whoever knows it has the ticket: it never goes into a log or a queue. */
  readonly code: string;
}

/** The codes cannot be reached now. Asking again is safe. */
export class TicketCodesUnavailableError extends Error {
  override readonly name = 'TicketCodesUnavailableError';
  constructor(options: ErrorOptions) {
    super('The codes of tickets cannot be reached.', options);
  }
}
