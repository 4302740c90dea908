import { createHash } from 'node:crypto';
import type { DeviceId, EventId } from '@ingressou/protocol';
import {
  chained,
  emptyLog,
  encodeScan,
  type Hash,
  type LogBatch,
  type LogHead,
  type Scan,
} from '@ingressou/protocol/admission';

export const sha256: Hash = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** A scanner's log, as it keeps it. */
export class DeviceLog {
  readonly owner: { readonly event: EventId; readonly device: DeviceId };
  readonly #scans: Uint8Array[] = [];
  readonly #heads: LogHead[] = [emptyLog];

  constructor(event: EventId, device: DeviceId) {
    this.owner = { event, device };
  }

  get length(): number {
    return this.#scans.length;
  }

  /** Writes a scan down under the next number. */
  add(scan: Omit<Scan, 'seq'>): Scan {
    const whole = { ...scan, seq: this.length + 1 };
    const bytes = encodeScan(whole);
    const hash = sha256(chained(this.owner, this.#heads.at(-1)!.hash, bytes));
    this.#scans.push(bytes);
    this.#heads.push({ seq: whole.seq, hash });
    return whole;
  }

  /** Everything behind number `after` up to and with `upTo`. */
  batch(after: number, upTo = this.length): LogBatch {
    const before = this.#heads[after]!;
    return { before, scans: this.#scans.slice(after, upTo), hash: this.#heads[upTo]!.hash };
  }
}

/** What a gateway makes for the show's actor. */
export function chainOf(owner: DeviceLog['owner'], { before, scans }: LogBatch): Uint8Array {
  const chain = new Uint8Array(scans.length * emptyLog.hash.length);
  let { hash } = before;
  for (const [at, scan] of scans.entries()) {
    hash = sha256(chained(owner, hash, scan));
    chain.set(hash, at * hash.length);
  }
  return chain;
}
