import type { NodeId } from '@ingressou/protocol';
import type { Peer } from '../ports/leases.ts';
import type { Sample } from './database-clock.ts';

/** Two readings of one lease differ by less than this when it was not prolonged in between. */
const sameLeaseMs = 50;
/** A process that has just come, or flickers, is given no shows before it has lived so long. */
const settleMs = 2_000;

/**
 * What the heartbeats of the others tell. A lease that runs by the database's clock is one sign
 * of life; that it was prolonged while we watched is another, and it needs no clock but our own.
 */
export class SignsOfLife {
  readonly #leaseMs: number;
  readonly #signs = new Map<NodeId, Sign>();
  #living: readonly Peer[] = [];
  /** When the newest reading was asked for. */
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  observe({ sentAt, receivedAt, now }: Sample, others: readonly Peer[]): void {
    this.#askedAt = sentAt;
    for (const peer of others) this.#note(peer, now + peer.leftMs, receivedAt);
    const known = new Set(others.map(({ node }) => node));
    for (const node of this.#signs.keys()) if (!known.has(node)) this.#signs.delete(node);
    this.#living = others.filter(({ node, leftMs }) => leftMs > 0 && !this.isSilent(node));
  }

  /** The others whose lease runs and who are not silent. */
  living(): readonly Peer[] {
    return this.#living;
  }

  /**
   * Whether a whole lease has passed since the last prolongation that we saw, up to a reading in
   * which it was still the same. Whoever was prolonged last stopped answering before that.
   */
  isSilent(node: NodeId): boolean {
    const sign = this.#signs.get(node);
    return sign !== undefined && this.#askedAt - sign.prolongedAt > this.#leaseMs;
  }

  isSettled(node: NodeId): boolean {
    const sign = this.#signs.get(node);
    return sign !== undefined && this.#askedAt - sign.bornAt >= settleMs;
  }

  #note({ node, leftMs }: Peer, endsAt: number, receivedAt: number): void {
    const known = this.#signs.get(node);
    if (known !== undefined && Math.abs(endsAt - known.endsAt) < sameLeaseMs) return;
    const isReborn = known === undefined || leftMs <= 0;
    const bornAt = isReborn ? receivedAt : known.bornAt;
    this.#signs.set(node, { endsAt, prolongedAt: receivedAt, bornAt });
  }
}

interface Sign {
  /** When the lease ends, by the database's clock. */
  readonly endsAt: number;
  /** When we first read that, on our own clock: it was prolonged before. */
  readonly prolongedAt: number;
  readonly bornAt: number;
}
