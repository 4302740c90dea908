import type { PrintedTicket, TicketDocument } from '../../src/ports/documents.ts';

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%*+-./:';

/** A code as long as ours, with every character that ours have; another one for another seed. */
export function codeOf(seed: number, length = 310): string {
  let state = seed;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return ALPHANUMERIC[(state >>> 8) % ALPHANUMERIC.length];
  }).join('');
}

export function printedTicket(changes: Partial<PrintedTicket> = {}): PrintedTicket {
  return {
    serial: 1_042,
    code: codeOf(1),
    sector: 'Pista',
    lot: '1º lote',
    holderName: 'Ana Conceição Souza',
    isHalf: false,
    priceCents: 12_000,
    feeCents: 1_200,
    ...changes,
  };
}

export function ticketDocument(changes: Partial<TicketDocument> = {}): TicketDocument {
  return {
    createdAt: Date.UTC(2026, 0, 1),
    show: {
      title: 'Noite de Samba: 30 anos de estrada',
      venue: 'Circo Voador',
      city: 'Rio de Janeiro',
      uf: 'RJ',
      startsAt: Date.UTC(2026, 2, 8),
    },
    orderCode: '7K2M-9QXD',
    tickets: [printedTicket()],
    ...changes,
  };
}
