import { createHash } from 'node:crypto';
import type { Row } from '../ports/journal.ts';

/** What of a row its hash covers: all of its history, so not `wakeAt`. */
export type Chained = Omit<Row, 'hash' | 'wakeAt'>;

/** SHA-256 over the hash of the row before and this whole row: a changed or lost row shows. */
export function hashRow(previous: Uint8Array, row: Chained): Uint8Array {
  const { event, position, last, epoch, owner, at, facts } = row;
  return createHash('sha256')
    .update(previous)
    .update(`${event}|${position}|${last}|${epoch}|${owner}|${at}|`)
    .update(facts)
    .digest();
}

export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
