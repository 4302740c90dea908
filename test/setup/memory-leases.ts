import type { NodeId } from '@ingressou/protocol';
import type { Clock } from '../../src/ports/clock.ts';
import {
  type Lease,
  type Leases,
  LeasesUnavailableError,
  type Pin,
  type Renewal,
} from '../../src/ports/leases.ts';

/** Leases in memory, by the clock of the test. */
export class MemoryLeases implements Leases {
  readonly places: Pin[] = [];
  /** Whose heartbeats do not arrive: dead, frozen or cut off. */
  readonly unheard = new Set<NodeId>();
  readonly #clock: Clock;
  readonly #leases = new Map<NodeId, { readonly lease: Lease; readonly endsAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long a lease still runs; 0 when it is over. */
  leftMs(node: NodeId): number {
    const { endsAt = 0 } = this.#leases.get(node) ?? {};
    return Math.max(0, endsAt - this.#clock.now());
  }

  /** A lease seems to run for so long, as after a step of the database's clock. */
  stretch(node: NodeId, ms: number): void {
    const known = this.#leases.get(node);
    if (known !== undefined) this.#leases.set(node, { ...known, endsAt: this.#clock.now() + ms });
  }

  async renew(lease: Lease, leaseMs: number): Promise<Renewal> {
    this.#check(lease.node);
    const now = this.#clock.now();
    this.#leases.set(lease.node, { lease, endsAt: now + leaseMs });
    const others = [...this.#leases.values()].filter((each) => each.lease.node !== lease.node);
    return { now, others: others.map((each) => ({ ...each.lease, leftMs: each.endsAt - now })) };
  }

  async end(node: NodeId): Promise<void> {
    this.#check(node);
    this.#leases.delete(node);
  }

  async pins(): Promise<Pin[]> {
    return [...this.places];
  }

  #check(node: NodeId): void {
    if (this.unheard.has(node)) throw new LeasesUnavailableError({ cause: 'told so' });
  }
}
