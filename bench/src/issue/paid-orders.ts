import type { TicketDocument } from '../../../src/ports/documents.ts';
import type { TicketCode } from '../../../src/ports/ticket-codes.ts';
import type { UnsignedTicket } from '../../../src/workers/tickets/signer.ts';
import type { Random } from '../../../test/simulation/random.ts';

/** An order whose tickets have their numbers and no codes yet. */
export interface PaidOrder {
  readonly code: string;
  readonly tickets: readonly UnsignedTicket[];
}

/** What the documents say of the show. */
export const show = {
  title: 'Noite de Samba: 30 anos de estrada',
  venue: 'Circo Voador',
  city: 'Rio de Janeiro',
  uf: 'RJ',
  startsAt: Date.UTC(2030, 2, 8),
} as const;

export const ticketsMax = 4;

/** Orders of one to four tickets, whose serials are dense. */
export function drawOrders(count: number, random: Random): PaidOrder[] {
  let serial = 0;
  return Array.from({ length: count }, (_, index) => ({
    code: `B${String(index).padStart(7, '0')}`,
    tickets: Array.from({ length: random.between(1, ticketsMax) }, () => {
      serial += 1;
      return plainTicket(serial);
    }),
  }));
}

/** At full price, for whoever brings it. */
export function plainTicket(serial: number): UnsignedTicket {
  return {
    serial,
    revision: 0,
    lot: 0,
    price: 'full',
    isNominal: false,
    isMinor: false,
    isRotating: false,
    isPrintable: true,
    notBefore: 0,
    validHours: 0,
  };
}

export function documentOf({ code }: PaidOrder, codes: readonly TicketCode[]): TicketDocument {
  return {
    createdAt: Date.UTC(2030, 0, 1),
    show,
    orderCode: code,
    tickets: codes.map((signed) => ({
      serial: signed.serial,
      code: signed.code,
      sector: 'Pista',
      lot: '1º lote',
      holderName: 'Ana Conceição Souza',
      isHalf: false,
      priceCents: 12_000,
      feeCents: 1_200,
    })),
  };
}
