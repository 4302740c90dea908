import type { OrderId, SubjectId, TicketView } from '@ingressou/protocol';
import { decodeTicket } from '@ingressou/protocol/ticket';
import { renderSVG } from 'uqr';
import type { TicketCodes } from '../ports/ticket-codes.ts';
import {
  type BuyerOrder,
  type BuyerOrderOptions,
  buyer,
  ofMyOrder,
  privately,
} from './buyer-orders.ts';
import { type HttpRequest, type HttpResponse, json, problem, type Route } from './http.ts';

export interface TicketRouteOptions extends BuyerOrderOptions {
  readonly codes: Pick<TicketCodes, 'read'>;
  readonly files: TicketFiles;
}

/** Tickets as files to keep and to print. */
export interface TicketFiles {
  /** A PDF with all valid tickets of an order, once their codes are signed. */
  pdf(order: OrderId): Promise<Uint8Array | 'not_ready'>;
}

const notReadyHeaders = { ...privately, 'retry-after': '2' };

export function ticketRoutes(options: TicketRouteOptions): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/orders/:id/tickets',
      policy: buyer,
      answer: (request, { subject }) =>
        ofPaidOrder(options, request, subject, (found) => tickets(options, found)),
    },
    {
      method: 'GET',
      path: '/v1/orders/:id/tickets.pdf',
      policy: buyer,
      answer: (request, { subject }) =>
        ofPaidOrder(options, request, subject, (found) => pdf(options, found)),
    },
  ];
}

function ofPaidOrder(
  options: TicketRouteOptions,
  request: HttpRequest,
  subject: SubjectId,
  answer: (found: BuyerOrder) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  return ofMyOrder(options, request, subject, (found) =>
    found.order.paidAt === undefined
      ? problem(409, 'order_not_paid', 'There are tickets once the order is paid.')
      : answer(found),
  );
}

/** Every ticket of the order; a code only for those that admit somebody. */
async function tickets(
  { codes }: TicketRouteOptions,
  { event, order }: BuyerOrder,
): Promise<HttpResponse> {
  const valid = order.tickets.filter(({ status }) => status === 'valid');
  const read = valid.length === 0 ? [] : await codes.read(event, valid);
  const bySerial = new Map(read.map(({ serial, code }) => [serial, code]));
  const data = order.tickets.map((ticket) => shown(ticket, bySerial.get(ticket.serial)));
  const isReady = bySerial.size === valid.length;
  return json(isReady ? 200 : 202, { event, data }, isReady ? privately : notReadyHeaders);
}

function shown({ serial, lot, status, revision }: TicketView, code: string | undefined) {
  const ticket = { serial, lot, status, revision };
  if (code === undefined) return ticket;
  const { isRotating, isPrintable } = kindOf(code);
  const about = isRotating ? { ...ticket, isRotating } : ticket;
  // One that only a phone may show has a code as well, which would admit nobody.
  if (isRotating && !isPrintable) return about;
  return { ...about, code, qrSvg: renderSVG(code, { ecc: 'M', border: 4 }) };
}

function kindOf(code: string): { readonly isRotating: boolean; readonly isPrintable: boolean } {
  const read = decodeTicket(code);
  return typeof read === 'string' ? { isRotating: false, isPrintable: true } : read.ticket;
}

async function pdf({ files }: TicketRouteOptions, { order }: BuyerOrder): Promise<HttpResponse> {
  const file = await files.pdf(order.id);
  if (file === 'not_ready') return json(202, { status: 'preparing' }, notReadyHeaders);
  const headers = {
    ...privately,
    'content-type': 'application/pdf',
    'content-disposition': 'inline; filename="ingressos.pdf"',
  };
  return { status: 200, headers, body: file };
}
