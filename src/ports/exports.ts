import type { EventId, OrderId } from '@ingressou/protocol';
import type { LotSales } from './read-models.ts';

/** What can be asked for as a file. */
export const exportKinds = ['sales', 'tickets', 'check_ins', 'half_price'] as const;

export type ExportKind = (typeof exportKinds)[number];

/** A file that somebody asked for. */
export interface Export {
  /** Made by whoever asked. */
  readonly id: string;
  readonly event: EventId;
  readonly kind: ExportKind;
  readonly status: 'waiting' | 'running' | 'done' | 'failed';
  readonly rowsDone: number;
  readonly rowsTotal: number;
  /** Of the file in the object store, once it is there. */
  readonly objectKey: string | undefined;
  readonly createdAt: number;
}

/** Files that producers ask for, and how far they are. */
export interface Exports {
  /**
   * Notes a wish. The same id for the same thing again is `known`; for another one `taken`.
   *
   * @throws {ExportsUnavailableError}
   */
  ask(id: string, event: EventId, kind: ExportKind): Promise<'asked' | 'known' | 'taken'>;

  /** @throws {ExportsUnavailableError} */
  find(id: string): Promise<Export | undefined>;

  /**
   * Wishes that nobody has worked on since `before`, at most `max`: their jobs may be lost.
   *
   * @throws {ExportsUnavailableError}
   */
  stale(before: number, max: number): Promise<readonly Export[]>;

  /** @throws {ExportsUnavailableError} */
  progress(id: string, rowsDone: number, rowsTotal: number): Promise<void>;

  /** @throws {ExportsUnavailableError} */
  finish(id: string, outcome: { readonly objectKey: string } | 'failed'): Promise<void>;
}

/** Where the lines of a file come from: some at a time, and what was true seconds ago will do. */
export interface ExportRows {
  /** @throws {ExportsUnavailableError} */
  count(event: EventId, kind: Exclude<ExportKind, 'half_price'>): Promise<number>;
  /** @throws {ExportsUnavailableError} */
  sales(event: EventId): AsyncIterable<readonly SaleRow[]>;
  /** @throws {ExportsUnavailableError} */
  tickets(event: EventId): AsyncIterable<readonly TicketRow[]>;
  /** @throws {ExportsUnavailableError} */
  checkIns(event: EventId): AsyncIterable<readonly CheckInRow[]>;
  /** @throws {ExportsUnavailableError} */
  lots(event: EventId): Promise<readonly LotSales[]>;
}

/** An order. Times are milliseconds since 1970, money is cents. */
export interface SaleRow {
  readonly order: OrderId;
  readonly status: string;
  readonly method: string;
  readonly createdAt: number;
  readonly paidAt: number | undefined;
  readonly tickets: number;
  readonly ticketsCents: number;
  readonly feeCents: number;
  readonly refundDueCents: number;
  readonly refundedCents: number;
}

export interface TicketRow {
  readonly serial: number;
  readonly order: OrderId;
  readonly sector: string;
  readonly lot: string;
  readonly isHalf: boolean;
  readonly priceCents: number;
  readonly status: string;
  readonly revision: number;
  readonly issuedAt: number;
  readonly revokedAt: number | undefined;
}

export interface CheckInRow {
  readonly serial: number;
  readonly checkpoint: string;
  readonly entry: number;
  readonly verdict: string;
  readonly gate: string;
  readonly device: string;
  readonly at: number;
  readonly isOffline: boolean;
}

/** Asking again is safe. */
export class ExportsUnavailableError extends Error {
  override readonly name = 'ExportsUnavailableError';
  constructor(options?: ErrorOptions) {
    super('The exports cannot be reached.', options);
  }
}
