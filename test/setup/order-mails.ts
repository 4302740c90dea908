import type { OrderMail } from '../../src/workers/templates/order-panel.ts';
import type { TicketsReadyMail } from '../../src/workers/templates/tickets-ready.ts';

/** An order as mails tell it. */
export const orderMail: OrderMail = {
  buyerName: 'Ana Conceição Souza',
  show: {
    title: 'Noite de Samba: 30 anos de estrada',
    venue: 'Circo Voador',
    city: 'Rio de Janeiro',
    uf: 'RJ',
    startsAt: Date.UTC(2026, 2, 8, 0, 0),
  },
  orderCode: '7K2M-9QXD',
  link: 'https://ingressou.exemplo.com.br/pedidos/0190c3a2',
};

export const ticketsReady: TicketsReadyMail = {
  ...orderMail,
  tickets: [
    {
      serial: 1042,
      sector: 'Pista',
      lot: '1º lote',
      holderName: 'Ana Conceição Souza',
      isHalf: false,
      isForPaper: true,
    },
    {
      serial: 1043,
      sector: 'Pista',
      lot: '1º lote',
      holderName: "João d'Água",
      isHalf: true,
      isForPaper: true,
    },
  ],
};
