import type { NodeId } from '@ingressou/protocol';
import type { Peer, Pin } from '../../src/ports/leases.ts';
import type { Tenure } from '../../src/ports/tenure.ts';

/** A tenure without a database: it is held until it is told otherwise. */
export class ToldTenure implements Tenure {
  readonly node: NodeId;
  readonly silent = new Set<NodeId>();
  others: Peer[] = [];
  places: Pin[] = [];
  /** Peers that came too lately to be given shows. */
  readonly newcomers = new Set<NodeId>();
  isLeaving = false;
  term = 1;
  #isLapsed = false;

  constructor(node: NodeId) {
    this.node = node;
  }

  /** The lease ends without a renewal. */
  lapse(): void {
    this.#isLapsed = true;
  }

  /** The lease runs again, in a new term. */
  renew(): void {
    this.#isLapsed = false;
    this.term += 1;
  }

  get self() {
    return { node: this.node, name: this.node };
  }

  isSettled(node: NodeId): boolean {
    return !this.newcomers.has(node);
  }

  isHeld(term: number): boolean {
    return !this.#isLapsed && term === this.term;
  }

  mayClaim(): boolean {
    return !this.#isLapsed && !this.isLeaving;
  }

  isSilent(node: NodeId): boolean {
    return this.silent.has(node);
  }

  async isDead(node: NodeId): Promise<boolean> {
    return this.silent.has(node);
  }

  peers(): readonly Peer[] {
    return this.others;
  }

  pins(): readonly Pin[] {
    return this.places;
  }
}
