import type { LotSales } from '../../ports/read-models.ts';
import { type Cell, reais } from './csv.ts';

/**
 * Lei 12.933/2013, art. 1º §10: of what is for sale to the general public 40 % are half-price
 * tickets. The decree (8.537/2015) has producers report how many were sold.
 */
const legalShare = 0.4;

const header = [
  'Setor',
  'Lote',
  'Tipo',
  'Preço (R$)',
  'À venda',
  'Vendidos',
  'Devolvidos',
  'Receita líquida (R$)',
] as const;

/** The report: a line for each lot, and what the law asks for below. */
export function halfPriceLines(lots: readonly LotSales[]): readonly (readonly Cell[])[] {
  const total = sumOf(lots);
  const half = sumOf(lots.filter(({ isHalf }) => isHalf));
  const reserved = Math.ceil(total.quantity * legalShare);
  return [
    header,
    ...lots.map(lotLine),
    [],
    ['Ingressos à venda ao público', total.quantity],
    ['Mínimo legal de meia-entrada (40%)', reserved],
    ['Oferecidos como meia-entrada', half.quantity],
    ['Vendidos no total', total.sold],
    ['Vendidos como meia-entrada', half.sold],
    ['Meia-entrada sobre as vendas (%)', percent(half.sold, total.sold)],
    ['Meia-entrada ainda disponível', Math.max(0, half.quantity - half.sold - half.held)],
  ];
}

function lotLine(lot: LotSales): readonly Cell[] {
  return [
    lot.sector,
    lot.name,
    lot.isHalf ? 'Meia-entrada' : 'Inteira',
    reais(lot.priceCents),
    lot.quantity,
    lot.sold,
    lot.refunded,
    reais(lot.grossCents - lot.refundedCents),
  ];
}

function sumOf(lots: readonly LotSales[]) {
  return lots.reduce(
    (sum, { quantity, sold, held }) => ({
      quantity: sum.quantity + quantity,
      sold: sum.sold + sold,
      held: sum.held + held,
    }),
    { quantity: 0, sold: 0, held: 0 },
  );
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1_000) / 10;
}
