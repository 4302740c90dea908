import {
  chained,
  decodeScan,
  emptyLog,
  encodeScan,
  type LogHead,
  type LogOwner,
  type Scan,
} from '@ingressou/protocol/admission';

/** A scan as it is kept: its bytes, and the hash that chains it to all before it. */
export interface LogRow {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

/** How far a log is written, and how far the server has it. */
export interface LogState {
  readonly head: LogHead;
  /** Everything up to here is the server's too. */
  readonly acknowledged: LogHead;
  /** A scan whose verdict is awaited: its number is the server's already. */
  readonly pending?: PendingScan;
  /** What must be added to this device's clock, as the last handshake had it. */
  readonly offset?: number;
  /** The show has shut this device out, as far as it has heard. */
  readonly isShutOut?: boolean;
  /** Why the server takes no more of this log. */
  readonly quarantine?: Quarantine;
}

export interface PendingScan {
  readonly seq: number;
  readonly at: number;
}

/**
 * `fork`, `broken`: what the server says of the log; `lost`: it asks for scans that were forgotten
 * because it had acknowledged them.
 */
export type Quarantine = 'fork' | 'broken' | 'lost';

export const emptyState: LogState = { head: emptyLog, acknowledged: emptyLog };

export function unsentOf({ head, acknowledged }: LogState): number {
  return head.seq - acknowledged.seq;
}

export type ScanDraft = Omit<Scan, 'seq'>;

/** The row that comes next in a log. */
export async function nextRow(owner: LogOwner, head: LogHead, draft: ScanDraft): Promise<LogRow> {
  const seq = head.seq + 1;
  const bytes = encodeScan({ ...draft, seq });
  const covered = Uint8Array.from(chained(owner, head.hash, bytes));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', covered));
  return { seq, bytes, hash };
}

/** The scan of a row. Undefined for bytes that this version does not write. */
export function scanOf({ bytes }: LogRow): Scan | undefined {
  return decodeScan(bytes);
}

/** What the server said about an upload. */
export interface Receipt {
  readonly result: 'new' | 'duplicate' | 'gap' | 'fork' | 'broken';
  readonly upTo: LogHead;
}

/**
 * The state after a receipt. `hashAt` is this device's own hash at a place of its log, undefined
 * where it has forgotten it. What the server says is only believed if both tell the same story.
 */
export function received(
  state: LogState,
  { result, upTo }: Receipt,
  hashAt: (seq: number) => Uint8Array | undefined,
): LogState {
  if (result === 'fork' || result === 'broken') return { ...state, quarantine: result };
  const own = hashAt(upTo.seq);
  if (own === undefined) return { ...state, quarantine: 'lost' };
  if (own.some((byte, at) => byte !== upTo.hash[at])) return { ...state, quarantine: 'fork' };
  return { ...state, acknowledged: { seq: upTo.seq, hash: own } };
}
