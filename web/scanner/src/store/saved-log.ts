import { base64, type LogOwner } from '@ingressou/protocol/admission';
import { type LogRow, scanOf } from './log-rows.ts';

/** A log as the text of a file: each scan as it was written, and in words for whoever counts by hand. */
export function savedLog({ event, device }: LogOwner, rows: readonly LogRow[]): string {
  const scans = rows.map((row) => ({
    seq: row.seq,
    scan: base64(row.bytes),
    hash: base64(row.hash),
    ...wordsOf(row),
  }));
  return JSON.stringify({ event, device, scans }, null, 1);
}

function wordsOf(row: LogRow): object {
  const scan = scanOf(row);
  // Written by another version: the bytes are there all the same.
  if (scan === undefined) return {};
  const { at, offset = 0, ticket, direction, mode, verdict, override } = scan;
  const when = { at: new Date(at + offset).toISOString() };
  return { ...when, serial: ticket?.serial, direction, mode, verdict, override };
}
