import type { PrintedTicket, ShowToPrint, TicketDocument } from '../../ports/documents.ts';
import { brasiliaTime, brl } from '../texts/brazil.ts';
import { qrFigure } from './qr-figure.ts';
import type { Sheet } from './sheet.ts';

/** A5 in points. */
export const pageWidth = 419.53;
export const pageHeight = 595.28;

const margin = 30;
const inner = pageWidth - 2 * margin;
const bandHeight = 44;
/** With its quiet zone: about 1.1 mm per module of a ticket's code. */
const qrSide = 214;
const qrTop = 198;

const accent = '#3b3fb8';
const quiet = '#565b6d';
const edge = '#d9dce5';

const halfNotice = 'Meia-entrada: apresente o documento na entrada.';
const walletTitle = 'Este ingresso abre no celular';
const walletSteps = [
  'O código dele muda a cada 15 segundos: uma folha ou uma foto não vale na entrada.',
  '1. No celular que vai à entrada, abra a página do show e encontre “Seus pedidos”.',
  '2. Toque em “Abrir na carteira” uma vez, com internet. Depois ela funciona sem rede.',
];
const oneEntry = 'Vale uma entrada, na primeira leitura do QR Code; não o publique. ';
const legal =
  'Meia-entrada: Lei nº 12.933/2013. Desistência em até 7 dias da compra: art. 49 do CDC.';

/** One ticket on one page: the show above, the code in the middle, what it cost below. */
export function drawTicket(sheet: Sheet, document: TicketDocument, ticket: PrintedTicket): void {
  drawBand(sheet, ticket);
  drawShow(sheet, document.show);
  drawPlace(sheet, ticket);
  drawCode(sheet, document, ticket);
  drawHolder(sheet, ticket);
  drawPrice(sheet, ticket);
  drawLegal(sheet, document, ticket);
}

function drawBand(sheet: Sheet, { serial }: PrintedTicket): void {
  sheet.decoration((pdf) => pdf.rect(0, 0, pageWidth, bandHeight).fill(accent));
  const white = { y: 15, color: '#ffffff', isBold: true } as const;
  sheet.text('P', 'Ingressou', { x: margin, width: 140, size: 15, ...white });
  const right = { x: pageWidth - margin - 180, width: 180, size: 12, align: 'right' } as const;
  sheet.text('P', `Ingresso nº ${serial}`, { ...right, ...white, y: 17 });
}

function drawShow(sheet: Sheet, show: ShowToPrint): void {
  const column = { x: margin, width: inner } as const;
  const time = brasiliaTime(show.startsAt);
  const y = sheet.text('H1', show.title, {
    ...column,
    y: bandHeight + 14,
    size: 19,
    isBold: true,
    linesMax: 2,
  });
  const next = sheet.text('P', time.charAt(0).toUpperCase() + time.slice(1), {
    ...column,
    y: y + 4,
    size: 10.5,
  });
  const place = `${show.venue}, ${show.city} – ${show.uf}`;
  sheet.text('P', place, { ...column, y: next + 2, size: 10.5, color: quiet });
}

function drawPlace(sheet: Sheet, { sector, lot, isHalf }: PrintedTicket): void {
  sheet.decoration((pdf) => {
    pdf
      .moveTo(margin, 150)
      .lineTo(pageWidth - margin, 150)
      .lineWidth(0.75)
      .stroke(edge);
  });
  drawCells(sheet, 157, [
    ['Setor', sector],
    ['Lote', lot],
    ['Tipo', isHalf ? 'Meia-entrada' : 'Inteira'],
  ]);
}

/** Labels side by side, each over its value. */
function drawCells(sheet: Sheet, y: number, cells: readonly (readonly [string, string])[]): void {
  const width = inner / cells.length;
  for (const [index, [label, value]] of cells.entries()) {
    const column = { x: margin + index * width, width: width - 8 } as const;
    sheet.text('P', label, { ...column, y, size: 8, color: quiet });
    sheet.text('P', value, { ...column, y: y + 11, size: 11, isBold: true, linesMax: 2 });
  }
}

function drawCode(sheet: Sheet, document: TicketDocument, ticket: PrintedTicket): void {
  const { serial, code } = ticket;
  const { orderCode } = document;
  if (code === undefined) drawWayToWallet(sheet);
  else drawQr(sheet, document, { serial, code });
  const words = `Pedido ${orderCode}  ·  nº ${serial}`;
  const look = { x: margin, width: inner, align: 'center', size: 10 } as const;
  sheet.text('P', words, { ...look, y: qrTop + qrSide - 2, color: quiet });
}

/** In place of a code, which would admit nobody on paper. */
function drawWayToWallet(sheet: Sheet): void {
  const box = { x: margin, y: qrTop + 12, width: inner, height: qrSide - 36 } as const;
  sheet.decoration((pdf) => {
    pdf.roundedRect(box.x, box.y, box.width, box.height, 8).fill('#eef0fb');
  });
  const column = { x: margin + 22, width: inner - 44 } as const;
  let y = sheet.text('H2', walletTitle, { ...column, y: box.y + 18, size: 15, isBold: true });
  for (const step of walletSteps) {
    y = sheet.text('P', step, { ...column, y: y + 8, size: 11, linesMax: 3 });
  }
}

interface Coded {
  readonly serial: number;
  readonly code: string;
}

function drawQr(sheet: Sheet, { orderCode }: TicketDocument, { serial, code }: Coded): void {
  const { size, runs } = qrFigure(code);
  const left = (pageWidth - qrSide) / 2;
  const module = qrSide / size;
  const alt =
    `QR Code do ingresso nº ${serial}, para ser lido na entrada. ` +
    `Sem ele, informe o pedido ${orderCode} e o número do ingresso.`;
  sheet.figure(alt, [left, qrTop, left + qrSide, qrTop + qrSide], (pdf) => {
    // One path, so that no hairline shows between rows.
    for (const { x, y, length } of runs) {
      pdf.rect(left + x * module, qrTop + y * module, length * module, module);
    }
    pdf.fill('#000000');
  });
}

function drawHolder(sheet: Sheet, { holderName, isHalf }: PrintedTicket): void {
  const column = { x: margin, width: inner } as const;
  sheet.text('P', 'Titular', { ...column, y: 430, size: 8, color: quiet });
  sheet.text('P', holderName, { ...column, y: 441, size: 13, isBold: true });
  if (!isHalf) return;
  sheet.decoration((pdf) => pdf.roundedRect(margin, 462, inner, 24, 5).fill('#fff3dc'));
  const look = { x: margin + 10, width: inner - 20, size: 10.5, isBold: true } as const;
  sheet.text('P', halfNotice, { ...look, y: 469, color: '#8a4b00' });
}

function drawPrice(sheet: Sheet, { priceCents, feeCents }: PrintedTicket): void {
  drawCells(sheet, 493, [
    ['Ingresso', brl(priceCents)],
    ['Taxa de conveniência', brl(feeCents)],
    ['Total', brl(priceCents + feeCents)],
  ]);
}

function drawLegal(sheet: Sheet, { organiser }: TicketDocument, { code }: PrintedTicket): void {
  sheet.decoration((pdf) => {
    pdf
      .moveTo(margin, 526)
      .lineTo(pageWidth - margin, 526)
      .lineWidth(0.75)
      .stroke(edge);
  });
  const by = organiser === undefined ? '' : ` Realização: ${organiser}.`;
  const look = { x: margin, width: inner, size: 8, color: quiet, linesMax: 4 } as const;
  const use = code === undefined ? 'Vale uma entrada, pelo celular. ' : oneEntry;
  sheet.text('P', `${use}${legal}${by}`, { ...look, y: 533 });
}
