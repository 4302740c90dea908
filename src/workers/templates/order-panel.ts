import type { ShowToPrint } from '../../ports/documents.ts';
import { brasiliaTime } from '../texts/brazil.ts';
import { type Html, html } from '../texts/html.ts';
import { oneLine } from '../texts/one-line.ts';

/** What every mail about an order says. */
export interface OrderMail {
  readonly buyerName: string;
  readonly show: ShowToPrint;
  /** What people say on the telephone: the beginning or the end of the order's id. */
  readonly orderCode: string;
  /** Of the order on our pages. */
  readonly link: string;
}

/** The show and the order, as a panel. */
export function orderPanel({ show, orderCode }: OrderMail): Html {
  return html`<div class="panel ink" style="margin:0 0 16px;padding:14px 16px;background:#f4f5f8;border-radius:10px;color:#1b1d26;">
<strong style="font-size:17px;">${show.title}</strong><br>
${capitalised(brasiliaTime(show.startsAt))}<br>
${placeOf(show)}<br>
<span class="quiet" style="color:#565b6d;font-size:14px;">Pedido ${orderCode}</span>
</div>
`;
}

/** The same as lines. */
export function orderLines({ show, orderCode }: OrderMail): string {
  return [
    oneLine(show.title),
    capitalised(brasiliaTime(show.startsAt)),
    oneLine(placeOf(show)),
    `Pedido ${oneLine(orderCode)}`,
  ].join('\n');
}

function placeOf({ venue, city, uf }: ShowToPrint): string {
  return `${venue}, ${city} – ${uf}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
