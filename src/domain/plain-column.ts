import { bytesOf, type Column } from './columns.ts';

/** A column as a snapshot has it: how far each number is above `least`. */
export interface PlainColumn {
  rows: number;
  least: number;
  /** Bytes of a number: 0 where all are the least, 8 where they are as they lie in memory. */
  width: 0 | 1 | 2 | 4 | 8;
  bytes: Uint8Array;
}

const types = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: Float64Array } as const;

/** The first `rows` numbers of a column, as they lie in memory: a copy and nothing else. */
export function plainColumn(column: Exclude<Column, Int32Array>, rows: number): PlainColumn {
  return { rows, least: 0, width: column.BYTES_PER_ELEMENT as 1, bytes: bytesOf(column, rows) };
}

/**
 * Gives each number as few bytes as the greatest above the least of them needs. Times of one show,
 * sums of money and numbers of lots take four bytes, two, one or none instead of eight, so a third
 * of a snapshot has not to travel.
 */
export function shorten(plain: PlainColumn): void {
  const { rows, bytes } = plain;
  if (plain.width === 0 || plain.least !== 0) return;
  const column = new types[plain.width](bytes.buffer as ArrayBuffer, bytes.byteOffset, rows);
  const { least, width } = measure(column, rows);
  if (width === plain.width) return;
  Object.assign(plain, { least, width, bytes: new Uint8Array() });
  if (width === 0) return;
  const narrow = new types[width](rows);
  for (let row = 0; row < rows; row += 1) narrow[row] = column[row]! - least;
  plain.bytes = new Uint8Array(narrow.buffer);
}

/** All columns of something plain. */
export function* columnsIn(plain: unknown): Generator<PlainColumn> {
  if (typeof plain !== 'object' || plain === null || ArrayBuffer.isView(plain)) return;
  if ('width' in plain && 'least' in plain) yield plain as PlainColumn;
  else for (const part of Object.values(plain)) yield* columnsIn(part);
}

/** Writes the numbers of a saved column to the beginning of one. */
export function fillColumn(column: Column, { rows, least, width, bytes }: PlainColumn): void {
  if (width === 0) {
    column.fill(least, 0, rows);
    return;
  }
  // A copy, because what lies in a snapshot begins anywhere.
  column.set(new types[width](new Uint8Array(bytes).buffer));
  if (least !== 0) for (let row = 0; row < rows; row += 1) column[row]! += least;
}

/** What is not whole stays as it is, and so does what is no number. */
function measure(
  column: Column,
  rows: number,
): { readonly least: number; readonly width: PlainColumn['width'] } {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row += 1) {
    const number = column[row]!;
    if (Math.floor(number) !== number) return { least: 0, width: 8 };
    if (number < least) least = number;
    if (number > most) most = number;
  }
  const span = most - least;
  if (rows === 0) return { least: 0, width: 0 };
  if (span === 0) return { least, width: 0 };
  if (span <= 0xff) return { least, width: 1 };
  if (span <= 0xffff) return { least, width: 2 };
  return span <= 0xffff_ffff ? { least, width: 4 } : { least: 0, width: 8 };
}
