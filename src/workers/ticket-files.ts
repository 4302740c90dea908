import { createHash } from 'node:crypto';
import { type OrderId, orderCode } from '@ingressou/protocol';
import type { Documents, TicketDocument } from '../ports/documents.ts';
import type { Objects } from '../ports/objects.ts';
import type { OrderDetailsStore, OrderName } from '../ports/order-details.ts';
import type { TicketCode, TicketCodes } from '../ports/ticket-codes.ts';
import {
  holderOf,
  isForPaper,
  lotOf,
  readOrder,
  type ToldOrder,
  type ToldOrderOptions,
  validTickets,
} from './handlers/told-order.ts';

export interface TicketFilesOptions extends ToldOrderOptions {
  readonly details: Pick<OrderDetailsStore, 'read' | 'whose'>;
  readonly codes: Pick<TicketCodes, 'read'>;
  readonly documents: Documents;
  readonly objects: Pick<Objects, 'get' | 'put' | 'delete'>;
}

/**
 * Tickets as PDF, made when somebody first asks and kept under a name that their codes and holders
 * make: tickets that were given back or issued again are another file.
 */
export class TicketFiles {
  readonly #options: TicketFilesOptions;

  constructor(options: TicketFilesOptions) {
    this.#options = options;
  }

  /**
   * All valid tickets of an order; `not_ready` until their codes are signed.
   *
   * @throws {RetryError}, {DocumentsUnavailableError}, {ObjectsUnavailableError} ask again later
   */
  async pdf(order: OrderId): Promise<Uint8Array | 'not_ready'> {
    const owner = await this.#options.details.whose(order);
    const told = owner && (await readOrder(this.#options, owner.event, order));
    return told === undefined ? 'not_ready' : await this.of(told);
  }

  /** Who was erased while the file was made has no other files any more: this one follows them. */
  async #isErased({ order }: ToldOrder): Promise<boolean> {
    return (await this.#options.details.whose(order.id)) === undefined;
  }

  async of(told: ToldOrder): Promise<Uint8Array | 'not_ready'> {
    const { codes, objects, documents } = this.#options;
    const tickets = validTickets(told);
    const signed = tickets.length === 0 ? [] : await codes.read(told.event, tickets);
    if (signed.length < tickets.length || tickets.length === 0) return 'not_ready';
    const document = documentOf(told, signed);
    const key = keyOf(told, document);
    const kept = await objects.get(key);
    if (kept !== undefined) return kept.bytes;
    const bytes = await documents.ticketPdf(document);
    await objects.put(key, bytes, 'application/pdf');
    if (await this.#isErased(told)) {
      await objects.delete(key);
      return 'not_ready';
    }
    return bytes;
  }
}

/** The name that all files of an order's tickets are kept under. */
export function ticketFolder({ event, order }: OrderName): string {
  return `tickets/${event}/${order}`;
}

function documentOf(told: ToldOrder, codes: readonly TicketCode[]): TicketDocument {
  const { show, order } = told;
  const bySerial = new Map(codes.map(({ serial, code }) => [serial, code]));
  return {
    createdAt: order.paidAt ?? 0,
    show,
    orderCode: orderCode(order.id),
    tickets: validTickets(told).map((ticket) => {
      const found = lotOf(told, ticket);
      const { sector, name: lot, isHalf, priceCents, feeCents } = found;
      const code = bySerial.get(ticket.serial) ?? '';
      return {
        serial: ticket.serial,
        ...(isForPaper(found) ? { code } : {}),
        sector,
        lot,
        holderName: holderOf(told, ticket),
        isHalf,
        priceCents,
        feeCents,
      };
    }),
  };
}

function keyOf({ event, order }: ToldOrder, document: TicketDocument): string {
  const hash = createHash('sha256').update(JSON.stringify(document)).digest('hex');
  return `${ticketFolder({ event, order: order.id })}/${hash.slice(0, 32)}.pdf`;
}
