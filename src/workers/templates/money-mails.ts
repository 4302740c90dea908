import type { PaymentMethod } from '@ingressou/protocol';
import { brl } from '../texts/brazil.ts';
import { firstName, oneLine } from '../texts/one-line.ts';
import { type MailContent, mailOf, paragraph, quiet } from './mail-layout.ts';
import { type OrderMail, orderLines, orderPanel } from './order-panel.ts';

export interface RefundMail extends OrderMail {
  /** What goes back. */
  readonly amountCents: number;
  readonly method: PaymentMethod;
}

/** "Reembolso solicitado": somebody asked for it, or the house owes it. */
export function refundRequestedMail(mail: RefundMail): MailContent {
  const { amountCents, show } = mail;
  return moneyMail(mail, {
    subject: `Reembolso solicitado: ${oneLine(show.title, 100)}`,
    heading: 'Reembolso solicitado',
    says: [
      `Recebemos o pedido de reembolso de ${brl(amountCents)}. Você não precisa fazer mais nada: ` +
        'avisamos por e-mail quando for concluído.',
      'Os ingressos reembolsados deixam de valer na entrada.',
    ],
    aside: whenItArrives(mail),
  });
}

/** "Reembolso concluído": the provider has sent the money back. */
export function refundedMail(mail: RefundMail): MailContent {
  const { amountCents, show } = mail;
  return moneyMail(mail, {
    subject: `Reembolso concluído: ${oneLine(show.title, 100)}`,
    heading: 'Reembolso concluído',
    says: [`Devolvemos ${brl(amountCents)} ${toWhere(mail)}.`],
    aside: whenItArrives(mail),
  });
}

/** "Pagamento não concluído": refused, or not paid in time. Nothing is owed. */
export function paymentFailedMail(mail: OrderMail): MailContent {
  return moneyMail(mail, {
    subject: `Pagamento não concluído: ${oneLine(mail.show.title, 100)}`,
    heading: 'O pagamento não foi concluído',
    says: [
      'Não recebemos o pagamento deste pedido dentro do prazo, ou ele foi recusado. ' +
        'Os ingressos voltaram à venda.',
      'Você pode tentar de novo enquanto houver ingressos.',
    ],
    aside:
      'Se um valor foi cobrado mesmo assim, ele é devolvido automaticamente. ' +
      'Não é preciso pedir.',
    label: 'Tentar de novo',
  });
}

interface Words {
  readonly subject: string;
  readonly heading: string;
  readonly says: readonly string[];
  readonly aside: string;
  readonly label?: string;
}

function moneyMail(mail: OrderMail, words: Words): MailContent {
  const { subject, heading, says, aside, label = 'Ver o pedido' } = words;
  const name = firstName(mail.buyerName);
  const greeting = name === '' ? 'Olá!' : `Olá, ${name}!`;
  return mailOf({
    subject,
    preview: says[0] ?? heading,
    heading,
    body: [
      paragraph(greeting),
      ...says.map((text) => paragraph(text)),
      orderPanel(mail),
      quiet(aside),
    ],
    paragraphs: [greeting, ...says, orderLines(mail), aside],
    button: { label, link: mail.link },
  });
}

function toWhere({ method }: RefundMail): string {
  return method === 'pix' ? 'para a conta de onde veio o PIX' : 'no cartão usado na compra';
}

function whenItArrives({ method }: RefundMail): string {
  return method === 'pix'
    ? 'Por PIX, o valor costuma chegar em minutos; em casos raros, em até um dia útil.'
    : 'No cartão, o valor aparece na fatura atual ou na próxima, conforme a data de fechamento.';
}
