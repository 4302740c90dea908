import type { EventId } from '@ingressou/protocol';
import type {
  CheckInRow,
  ExportKind,
  ExportRows,
  SaleRow,
  TicketRow,
} from '../../ports/exports.ts';
import { type Cell, csvBeginning, csvLine, reais, stamp } from './csv.ts';
import { halfPriceLines } from './half-price.ts';

/** Some lines of a file and how many rows they are of. */
export interface Lines {
  readonly text: string;
  readonly rows: number;
}

/** The lines of a file, some hundred at a time. */
export async function* exportLines(
  rows: ExportRows,
  event: EventId,
  kind: ExportKind,
): AsyncIterable<Lines> {
  switch (kind) {
    case 'sales':
      return yield* table(saleHeader, rows.sales(event), saleCells);
    case 'tickets':
      return yield* table(ticketHeader, rows.tickets(event), ticketCells);
    case 'check_ins':
      return yield* table(checkInHeader, rows.checkIns(event), checkInCells);
    case 'half_price': {
      const lines = halfPriceLines(await rows.lots(event));
      yield { text: csvBeginning + lines.map(csvLine).join(''), rows: lines.length };
    }
  }
}

async function* table<Row>(
  header: readonly Cell[],
  pages: AsyncIterable<readonly Row[]>,
  cellsOf: (row: Row) => readonly Cell[],
): AsyncIterable<Lines> {
  yield { text: csvBeginning + csvLine(header), rows: 0 };
  for await (const page of pages) {
    yield { text: page.map((row) => csvLine(cellsOf(row))).join(''), rows: page.length };
  }
}

const saleHeader = [
  'Pedido',
  'Situação',
  'Pagamento',
  'Feito em',
  'Pago em',
  'Ingressos',
  'Valor dos ingressos (R$)',
  'Taxa de conveniência (R$)',
  'A devolver (R$)',
  'Devolvido (R$)',
] as const;

const orderStatuses: Readonly<Record<string, string>> = {
  pending: 'Aguardando pagamento',
  paid: 'Pago',
  failed: 'Pagamento recusado',
  expired: 'Vencido',
  cancelled: 'Cancelado',
  refunded: 'Devolvido',
};
const methods: Readonly<Record<string, string>> = { pix: 'PIX', card: 'Cartão' };

function saleCells(row: SaleRow): readonly Cell[] {
  return [
    row.order,
    orderStatuses[row.status] ?? row.status,
    methods[row.method] ?? row.method,
    stamp(row.createdAt),
    stamp(row.paidAt),
    row.tickets,
    reais(row.ticketsCents),
    reais(row.feeCents),
    reais(row.refundDueCents),
    reais(row.refundedCents),
  ];
}

const ticketHeader = [
  'Número',
  'Pedido',
  'Setor',
  'Lote',
  'Tipo',
  'Preço (R$)',
  'Situação',
  'Via',
  'Emitido em',
  'Anulado em',
] as const;

function ticketCells(row: TicketRow): readonly Cell[] {
  return [
    row.serial,
    row.order,
    row.sector,
    row.lot,
    row.isHalf ? 'Meia-entrada' : 'Inteira',
    reais(row.priceCents),
    row.status === 'valid' ? 'Válido' : 'Anulado',
    row.revision + 1,
    stamp(row.issuedAt),
    stamp(row.revokedAt),
  ];
}

const checkInHeader = [
  'Número',
  'Acesso',
  'Vez',
  'Resultado',
  'Portão',
  'Aparelho',
  'Quando',
  'Sem conexão',
] as const;

function checkInCells(row: CheckInRow): readonly Cell[] {
  return [
    row.serial,
    row.checkpoint,
    row.entry,
    row.verdict,
    row.gate,
    row.device,
    stamp(row.at),
    row.isOffline ? 'Sim' : 'Não',
  ];
}
