import { describe, expect, it } from 'vitest';
import { orderMail, ticketsReady } from '../../../test/setup/order-mails.ts';
import type { MailContent } from './mail-layout.ts';
import { paymentFailedMail, refundedMail, refundRequestedMail } from './money-mails.ts';
import { ticketsReadyMail } from './tickets-ready.ts';

const refund = { ...orderMail, amountCents: 25_990, method: 'pix' } as const;
const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>'\r\nBcc: eve@e.com {{7*7}}`;
const poisoned = {
  ...orderMail,
  buyerName: evil,
  orderCode: evil,
  show: { ...orderMail.show, title: evil, venue: evil, city: evil, uf: evil },
};
const evilTicket = {
  serial: 1,
  sector: evil,
  lot: evil,
  holderName: evil,
  isHalf: true,
  isForPaper: true,
};

const mails: Readonly<Record<string, readonly [fine: MailContent, poisoned: MailContent]>> = {
  'tickets ready': [
    ticketsReadyMail(ticketsReady),
    ticketsReadyMail({ ...poisoned, tickets: [evilTicket, evilTicket] }),
  ],
  'refund requested': [
    refundRequestedMail(refund),
    refundRequestedMail({ ...refund, ...poisoned }),
  ],
  refunded: [refundedMail(refund), refundedMail({ ...refund, ...poisoned })],
  'payment failed': [paymentFailedMail(orderMail), paymentFailedMail(poisoned)],
};

describe.each(Object.entries(mails))('the mail "%s"', (_, [fine, bad]) => {
  it('says who, what, when and where, in both forms', () => {
    for (const form of [fine.text, fine.html]) {
      for (const word of [
        'Olá, Ana!',
        'Noite de Samba',
        'Sábado, 7 de março de 2026, às 21:00 (horário de Brasília)',
        'Circo Voador, Rio de Janeiro – RJ',
        '7K2M-9QXD',
        'https://ingressou.exemplo.com.br/pedidos/0190c3a2',
      ]) {
        expect(form).toContain(word);
      }
    }
    expect(fine.subject).toContain('Noite de Samba');
  });

  it('is a page of its own: no scripts, no pictures, no address but the link', () => {
    expect(fine.html).toMatch(/^<!doctype html>\n<html lang="pt-BR">/);
    expect(fine.html).not.toMatch(/<script|<img|url\(/i);
    const addresses = [...fine.html.matchAll(/https?:\/\/[^"<\s]+/g)].map(([address]) => address);
    expect(new Set(addresses)).toEqual(new Set([orderMail.link]));
  });

  it('lets no value out of its place', () => {
    // The same elements as without the evil values.
    expect(shapeOf(bad.html)).toEqual(shapeOf(fine.html));
    expect(bad.subject).not.toMatch(/[\r\n]/);
    expect(bad.text).not.toMatch(/^Bcc:/m);
    // Nothing is evaluated.
    expect(`${bad.html}${bad.text}`).not.toContain('49 ');
  });

  it('greets whoever has no name with none', () => {
    expect(bad.text).toMatch(/Olá!/);
    expect(bad.text).not.toMatch(/Olá, ?!/);
  });
});

describe('the tickets mail', () => {
  it('lists every ticket, and says what half-price needs only when there is one', () => {
    const { text, html } = ticketsReadyMail(ticketsReady);
    expect(text).toContain('- Nº 1042: Pista, 1º lote (Ana Conceição Souza)');
    expect(text).toContain("- Nº 1043: Pista, 1º lote, meia-entrada (João d'Água)");
    expect(html).toContain('Nº 1043');
    expect(text).toContain('apresente o documento');
    const whole = { ...ticketsReady, tickets: ticketsReady.tickets.slice(0, 1) };
    expect(ticketsReadyMail(whole).text).not.toContain('apresente o documento');
    expect(ticketsReadyMail(whole).text).toContain('Seu ingresso está pronto');
  });
});

describe('the refund mails', () => {
  it('say how much, and where it goes', () => {
    expect(refundedMail(refund).text).toContain(
      'Devolvemos R$\u00a0259,90 para a conta de onde veio o PIX.',
    );
    const card = { ...refund, method: 'card' } as const;
    expect(refundedMail(card).text).toContain('no cartão usado na compra');
    expect(refundRequestedMail(card).text).toContain('fatura');
  });
});

describe('a link', () => {
  it.each(['javascript:alert(1)', '', 'https://a b', 'https://a"onclick=x', '//eve.com'])(
    'that is %j is a fault of ours',
    (link) => {
      expect(() => paymentFailedMail({ ...orderMail, link })).toThrow('links to a page');
    },
  );
});

/** The elements of a page, in their order. */
function shapeOf(html: string): string[] {
  return [...html.matchAll(/<([a-z0-9]+)/g)].map(([, name = '']) => name);
}

it('tells whose ticket opens on a phone how, and never that its code is in the file', () => {
  const [first, second] = ticketsReady.tickets;
  const phone = { ...first!, isForPaper: false };
  const mixed = ticketsReadyMail({ ...ticketsReady, tickets: [phone, second!] });
  for (const form of [mixed.text, mixed.html]) {
    expect(form).toContain('Abrir na carteira');
    expect(form).not.toContain('uma página por ingresso, com o QR Code');
  }
  expect(ticketsReadyMail(ticketsReady).text).not.toContain('Abrir na carteira');
});
