import { type Html, html } from '../texts/html.ts';
import { firstName, oneLine, personName } from '../texts/one-line.ts';
import { type MailContent, mailOf, paragraph, quiet, warning } from './mail-layout.ts';
import { type OrderMail, orderLines, orderPanel } from './order-panel.ts';

export interface TicketsReadyMail extends OrderMail {
  /** At most as many as an order can have. */
  readonly tickets: readonly {
    readonly serial: number;
    readonly sector: string;
    readonly lot: string;
    readonly holderName: string;
    readonly isHalf: boolean;
    /** The PDF has its code; otherwise only a phone shows one. */
    readonly isForPaper: boolean;
  }[];
}

const halfNotice =
  'Meia-entrada: na entrada, apresente o documento que comprova o direito de quem vai usar o ingresso.';
const attached =
  'O PDF em anexo tem uma página por ingresso, com o QR Code. Mostre-o na entrada, no celular ou impresso.';
const attachedRest =
  'O PDF em anexo tem uma página por ingresso. Onde há um QR Code, mostre-o na entrada, no celular ou impresso.';
const inWallet =
  'Há ingresso que abre no celular: no aparelho que vai à entrada, toque em “Ver meus ingressos” e depois em “Abrir na carteira”. O código muda a cada 15 segundos, e foto ou papel não vale.';
const keepSafe =
  'Cada QR Code vale uma entrada: não publique fotos dele e não o envie a quem não vai usá-lo.';

/** "Seus ingressos": goes out with the tickets as PDF. */
export function ticketsReadyMail(mail: TicketsReadyMail): MailContent {
  const name = firstName(mail.buyerName);
  const count = mail.tickets.length;
  const heading =
    count === 1 ? 'Seu ingresso está pronto' : `Seus ${count} ingressos estão prontos`;
  const greeting = name === '' ? 'Olá! Bom show.' : `Olá, ${name}! Bom show.`;
  const isAllPaper = mail.tickets.every(({ isForPaper }) => isForPaper);
  const file = isAllPaper ? attached : attachedRest;
  const hasHalf = mail.tickets.some(({ isHalf }) => isHalf);
  return mailOf({
    subject: `Seus ingressos: ${oneLine(mail.show.title, 100)}`,
    preview: `${isAllPaper ? attached : inWallet} Pedido ${mail.orderCode}.`,
    heading,
    body: [
      paragraph(greeting),
      orderPanel(mail),
      ticketList(mail.tickets),
      ...(hasHalf ? [warning(halfNotice)] : []),
      ...(isAllPaper ? [] : [warning(inWallet)]),
      paragraph(file),
      quiet(keepSafe),
    ],
    paragraphs: [
      greeting,
      orderLines(mail),
      mail.tickets.map(ticketLine).join('\n'),
      ...(hasHalf ? [halfNotice] : []),
      ...(isAllPaper ? [] : [inWallet]),
      file,
      keepSafe,
    ],
    button: { label: 'Ver meus ingressos', link: mail.link },
  });
}

type Ticket = TicketsReadyMail['tickets'][number];

function ticketList(tickets: readonly Ticket[]): Html {
  return html`<ul class="ink" style="margin:0 0 16px;padding:0;list-style:none;color:#1b1d26;">
${tickets.map(ticketItem)}</ul>
`;
}

function ticketItem({ serial, sector, lot, holderName, isHalf }: Ticket): Html {
  return html`<li class="line" style="padding:10px 0;border-top:1px solid #d9dce5;">
<strong>${sector}</strong> · ${lot}${isHalf ? html` · meia-entrada` : []}<br>
<span class="quiet" style="color:#565b6d;font-size:14px;">Nº ${serial} · ${personName(holderName)}</span>
</li>
`;
}

function ticketLine({ serial, sector, lot, holderName, isHalf }: Ticket): string {
  const half = isHalf ? ', meia-entrada' : '';
  return `- Nº ${serial}: ${oneLine(sector)}, ${oneLine(lot)}${half} (${personName(holderName)})`;
}
