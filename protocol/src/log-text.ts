import type { LogText } from './gate-messages.ts';
import { limits } from './limits.ts';
import { scanBytes } from './scan.ts';
import type { LogBatch } from './scan-log.ts';

/** A batch of a log as a `scan_batch` carries it. @throws {RangeError} it is more than one takes */
export function logText({ before, scans, hash }: LogBatch): LogText {
  if (scans.length > limits.uploadScansMax) throw new RangeError('An upload has too many scans.');
  const bytes = new Uint8Array(scans.length * scanBytes);
  for (const [at, scan] of scans.entries()) bytes.set(scan, at * scanBytes);
  return {
    before: { seq: before.seq, hash: base64(before.hash) },
    scans: base64(bytes),
    hash: base64(hash),
  };
}

/** The other way round; undefined for text that is none. */
export function logBatch({ before, scans, hash }: LogText): LogBatch | undefined {
  const [beforeHash, bytes, lastHash] = [before.hash, scans, hash].map(bytesIn);
  if (beforeHash === undefined || bytes === undefined || lastHash === undefined) return undefined;
  const count = bytes.length / scanBytes;
  if (!Number.isInteger(count) || count > limits.uploadScansMax) return undefined;
  const each = Array.from({ length: count }, (_, at) =>
    bytes.slice(at * scanBytes, (at + 1) * scanBytes),
  );
  return { before: { seq: before.seq, hash: beforeHash }, scans: each, hash: lastHash };
}

export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Undefined for text that is no base64. */
export function bytesIn(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    // `atob` has no other way to say no.
    return undefined;
  }
}
