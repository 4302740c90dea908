/**
 * Files of rows as spreadsheets in Brazil open them: RFC 4180 with semicolons, because the comma
 * stands in numbers, in UTF-8 with a mark at the beginning, without which Excel takes another
 * encoding.
 */
export type Cell = string | number | undefined;

export const csvBeginning = '\uFEFF';

export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(';')}\r\n`;
}

function cellText(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell).replace('.', ',');
  const text = isFormula(cell) ? `'${cell}` : cell;
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * What a spreadsheet would run instead of show (OWASP, CSV injection). Also behind blanks, and as
 * the wide forms of these signs.
 */
function isFormula(text: string): boolean {
  return /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) || /^[\t\r\n]/.test(text);
}

/** Cents as reais. */
export function reais(cents: number): string {
  const sign = cents < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(cents) / 100);
  return `${sign}${whole},${String(Math.abs(cents) % 100).padStart(2, '0')}`;
}

/** A time as people in Brasília write it; empty when there is none. */
export function stamp(at: number | undefined): string {
  return at === undefined ? '' : stamps.format(at).replace(',', '');
}

const stamps = new Intl.DateTimeFormat('pt-BR', {
  dateStyle: 'short',
  timeStyle: 'medium',
  timeZone: 'America/Sao_Paulo',
});
