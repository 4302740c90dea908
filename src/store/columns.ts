import { assert } from '../domain/assert.ts';
import type { Columns } from './database.ts';

/** A whole number that JavaScript holds exactly. */
export function numberIn(columns: Columns, name: string): number {
  const value = columns[name];
  assert(Number.isSafeInteger(value), `column ${name} holds a safe integer`);
  return value as number;
}

/** A text; ids of our own come back from the database as what was put in. */
export function textIn<T extends string>(columns: Columns, name: string): T {
  const value = columns[name];
  assert(typeof value === 'string', `column ${name} holds a text`);
  return value as T;
}

export function booleanIn(columns: Columns, name: string): boolean {
  const value = columns[name];
  assert(typeof value === 'boolean', `column ${name} holds a boolean`);
  return value;
}

/** Bytes as a plain view: drivers differ, and a Buffer's `slice` does not copy. */
export function bytesIn(columns: Columns, name: string): Uint8Array {
  const value = columns[name];
  assert(value instanceof Uint8Array, `column ${name} holds bytes`);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
