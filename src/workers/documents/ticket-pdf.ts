import PDFDocument from 'pdfkit';
import type { TicketDocument } from '../../ports/documents.ts';
import { oneLine } from '../texts/one-line.ts';
import { Sheet } from './sheet.ts';
import { drawTicket, pageHeight, pageWidth } from './ticket-page.ts';

/**
 * The tickets of an order as a PDF, a page each. The same input makes the same bytes: nothing in it
 * is the time or chance of its making.
 */
export async function ticketPdf(document: TicketDocument): Promise<Uint8Array> {
  const { show, orderCode, createdAt, tickets } = document;
  const pdf = new PDFDocument({
    size: [pageWidth, pageHeight],
    margin: 0,
    autoFirstPage: false,
    pdfVersion: '1.7',
    lang: 'pt-BR',
    tagged: true,
    displayTitle: true,
    info: {
      Title: titled(`Ingressos: ${show.title}`),
      Subject: titled(`Pedido ${orderCode}`),
      Author: 'Ingressou',
      Creator: 'Ingressou',
      CreationDate: new Date(createdAt),
    },
  });
  const bytes = collected(pdf);
  const root = pdf.struct('Document');
  pdf.addStructure(root);
  for (const ticket of tickets) {
    pdf.addPage();
    const sheet = new Sheet(pdf, root);
    drawTicket(sheet, document, ticket);
    sheet.end();
  }
  root.end();
  pdf.end();
  return bytes;
}

/** pdfkit puts these into XML as they are: what would be markup there becomes what looks like it. */
function titled(text: string): string {
  return oneLine(text).replaceAll('&', '＆').replaceAll('<', '‹').replaceAll('>', '›');
}

async function collected(pdf: AsyncIterable<unknown>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of pdf) if (chunk instanceof Uint8Array) chunks.push(chunk);
  const all = Buffer.concat(chunks);
  return new Uint8Array(all.buffer.slice(all.byteOffset, all.byteOffset + all.length));
}
