import { UUID_PATTERN } from '@ingressou/protocol';

/** Which ticket a wallet page shows. */
export interface TicketAddress {
  readonly order: string;
  readonly serial: number;
}

/** The ticket of `/carteira/ORDER/SERIAL`; undefined for anything else. */
export function ticketAt(path: string): TicketAddress | undefined {
  const [, order = '', serial = ''] = /^\/carteira\/([^/]+)\/(\d{1,9})\/?$/.exec(path) ?? [];
  if (!UUID_PATTERN.test(order)) return undefined;
  return { order, serial: Number(serial) };
}

export function pathOfTicket({ order, serial }: TicketAddress): string {
  return `/carteira/${order}/${serial}`;
}
