/**
 * Columns of numbers: what a `Map` of objects would hold, without objects for the garbage
 * collector to visit.
 */
export type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** How long a column begins. */
export const rowsMin = 16;

/** The length of a column with room for so many rows: grown by doubling, each is copied once. */
export function rowsFor(rows: number): number {
  let room = rowsMin;
  while (room < rows) room *= 2;
  return room;
}

/** A longer column that begins with another one. */
export function grown<T extends Column>(column: Column, longer: T): T {
  longer.set(column);
  return longer;
}

/**
 * The first `rows` numbers of a column as they lie in memory (little-endian on everything Node runs
 * on). A copy: the column goes on changing.
 */
export function bytesOf(column: Column, rows: number): Uint8Array {
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = column;
  return new Uint8Array(buffer, byteOffset, rows * BYTES_PER_ELEMENT).slice();
}

/** Writes the numbers that `bytesOf` gave to the beginning of a column. */
export function fill(column: Column, bytes: Uint8Array): void {
  new Uint8Array(column.buffer, column.byteOffset).set(bytes);
}
