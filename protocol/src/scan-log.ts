import { isSame, joined } from './bytes.ts';
import type { EventId } from './ids.ts';
import { decodeScan, type Scan } from './scan.ts';

/**
 * Each device keeps its scans in a chain: the hash of each covers the one before, so the hash of the
 * last says all of them. A lost, doubled, exchanged or invented scan shows at the next upload, and
 * the server needs to remember one hash for each device.
 */
export interface LogHead {
  /** Of the last scan; 0 when there is none. */
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** Whose log it is, in the form of a UUID each. */
export interface LogOwner {
  readonly event: EventId;
  readonly device: string;
}

/** Scans as a device uploads them: all from some place in its log to another. */
export interface LogBatch {
  /** Where the device stood before the first of them. */
  readonly before: LogHead;
  /** `encodeScan` of each. */
  readonly scans: readonly Uint8Array[];
  /** The hash of the last of them. */
  readonly hash: Uint8Array;
}

/** SHA-256, of whatever engine there is. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

export const emptyLog: LogHead = { seq: 0, hash: new Uint8Array(32) };

/** Scans of one upload; more are sent in the next. */
export const batchScansMax = 500;

/** What an upload is worth to a server that knows the log up to `known`. */
export type ReadBatch =
  /** These follow what is known; `head` is known from now on. */
  | { readonly kind: 'new'; readonly scans: readonly Scan[]; readonly head: LogHead }
  /** All of it is known: it was sent again, because the acknowledgement was lost. */
  | { readonly kind: 'duplicate' }
  /** Scans are missing in front of it: send from `known` on. */
  | { readonly kind: 'gap' }
  /** It is not what was sent before of the same scans: a device that was copied or set back. */
  | { readonly kind: 'fork' }
  /** Its hashes do not add up, or a scan is none: damaged on the way, or made up. */
  | { readonly kind: 'broken' };

/** What `hash` must be taken of for the next scan of a log. */
export function chained({ event, device }: LogOwner, before: Uint8Array, scan: Uint8Array) {
  return joined(domain, bytesOf(event), bytesOf(device), before, scan);
}

export function readBatch(owner: LogOwner, known: LogHead, batch: LogBatch, hash: Hash): ReadBatch {
  const { before, scans } = batch;
  if (scans.length > batchScansMax || !isPlace(before)) return { kind: 'broken' };
  const last = before.seq + scans.length;
  if (before.seq > known.seq) return { kind: 'gap' };
  const hashes = [before.hash];
  const read: Scan[] = [];
  for (const [at, bytes] of scans.entries()) {
    const scan = decodeScan(bytes);
    if (scan?.seq !== before.seq + at + 1) return { kind: 'broken' };
    read.push(scan);
    hashes.push(hash(chained(owner, hashes[at]!, bytes)));
  }
  if (!isSame(hashes.at(-1)!, batch.hash)) return { kind: 'broken' };
  // Nothing is remembered of what lies before the known head: it proves what leads up to it.
  if (last < known.seq) return { kind: 'duplicate' };
  if (!isSame(hashes[known.seq - before.seq]!, known.hash)) return { kind: 'fork' };
  if (last === known.seq) return { kind: 'duplicate' };
  const fresh = read.slice(known.seq - before.seq);
  return { kind: 'new', scans: fresh, head: { seq: last, hash: batch.hash } };
}

/** Nothing that came over a wire is taken for one otherwise. */
function isPlace({ seq, hash }: LogHead): boolean {
  return Number.isSafeInteger(seq) && seq >= 0 && hash.length === emptyLog.hash.length;
}

const domain = new TextEncoder().encode('ingressou/scan/v1\0');

function bytesOf(uuid: string): Uint8Array {
  const pairs = uuid.replaceAll('-', '').match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}
