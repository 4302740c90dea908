import { type OrderId, parseId, UUID_PATTERN } from '@ingressou/protocol';

/** Which ticket a wallet page shows. */
export interface TicketAddress {
  readonly order: OrderId;
  readonly serial: number;
  /** The slug of its show, if the order's page has led here: the way back. */
  readonly show?: string;
}

/** The ticket of `/carteira/ORDER/SERIAL?show=SLUG`; undefined for anything else. */
export function ticketAt(path: string, query: string): TicketAddress | undefined {
  const [, order = '', serial = ''] = /^\/carteira\/([^/]+)\/(\d{1,9})\/?$/.exec(path) ?? [];
  if (!UUID_PATTERN.test(order)) return undefined;
  const show = new URLSearchParams(query).get('show');
  const ticket = { order: parseId<OrderId>(order), serial: Number(serial) };
  return show === null ? ticket : { ...ticket, show };
}

export function pathOfTicket({ order, serial, show }: TicketAddress): string {
  const query = show === undefined ? '' : `?show=${encodeURIComponent(show)}`;
  return `/carteira/${order}/${serial}${query}`;
}

/** Where an order's tickets are listed. */
export function pathOfOrder(show: string): string {
  return `/shows/${encodeURIComponent(show)}`;
}
