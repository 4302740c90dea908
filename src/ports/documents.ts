import type { Show } from '@ingressou/protocol';

/** Makes files to print or show, away from where anybody waits. */
export interface Documents {
  /**
   * The tickets of an order as one PDF, a page each. The same input makes the same bytes.
   *
   * @throws {DocumentsUnavailableError} too many are waiting
   * @throws {DocumentError} it could not be made, or not in time
   */
  ticketPdf(document: TicketDocument): Promise<Uint8Array>;
}

export interface TicketDocument {
  /** What the file says about when it was made, in milliseconds since 1970. */
  readonly createdAt: number;
  readonly show: ShowToPrint;
  /** What people say on the telephone instead of the order's id. */
  readonly orderCode: string;
  /** Who makes the show, as the law wants it named. */
  readonly organiser?: string;
  readonly tickets: readonly PrintedTicket[];
}

/** What people are told of a show. */
export type ShowToPrint = Omit<Show, 'id' | 'slug'>;

export interface PrintedTicket {
  readonly serial: number;
  /** The signed content of the QR code; absent when only a phone may show one. */
  readonly code?: string;
  readonly sector: string;
  readonly lot: string;
  readonly holderName: string;
  readonly isHalf: boolean;
  readonly priceCents: number;
  /** The convenience fee of this ticket. */
  readonly feeCents: number;
}

/** Nothing was begun: as many documents as may wait are waiting. Ask again later. */
export class DocumentsUnavailableError extends Error {
  override readonly name = 'DocumentsUnavailableError';
  constructor() {
    super('Too many documents are waiting.');
  }
}

/** A document could not be made. The message names nobody. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
}
