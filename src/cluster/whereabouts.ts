import type { EventId, NodeId, Rejection } from '@ingressou/protocol';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import { type Journal, JournalUnavailableError, type Location } from '../ports/journal.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Tenure } from '../ports/tenure.ts';
import { busy } from './letters.ts';
import { type Candidate, preferred } from './placement.ts';
import type { Reach } from './reach.ts';
import { leaseMs } from './tenure.ts';

export interface WhereaboutsOptions {
  readonly journal: Pick<Journal, 'locate'>;
  readonly bus: Bus;
  readonly tenure: Tenure;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** What operators call this node. */
  readonly name: string;
  /** Whether shows may live in this node. */
  readonly hasActors: boolean;
  /** Whether a peer can be heard on the bus; absent where all of them can. */
  readonly isHeard?: (node: NodeId) => boolean;
  /** What is known of the way to a node; undefined when nothing has been sent there. */
  readonly reachOf: (node: NodeId) => Reach | undefined;
}

/** Whom to ask for a show: its owner, or the one who should claim it. Or why nobody. */
export type Place =
  | { readonly node: NodeId; readonly isOwned: boolean }
  | { readonly rejection: Rejection };

/** Shows whose node is remembered: more than one cluster sells at a time. */
const rememberedMax = 10_000;
/** How long the owner of one show is looked for; whoever waits is then told to try again. */
const searchMs = 5_000;
/** Between two looks at the lease of an owner that has fallen silent; each pause is twice as long. */
const pauseMs = 50;
/** Where the clock of the database was stepped back no lease says when to look: its silence does. */
const steppedPauseMs = 250;
/** Past the end of a lease, so that the database agrees that it is over. */
const afterLeaseMs = 10;

/**
 * Where shows live. What is remembered may be wrong: whoever is asked in vain says so, and nobody
 * but the owner of a show can write it. What is not remembered is in the database.
 */
export class Whereabouts {
  readonly #options: WhereaboutsOptions;
  /** Oldest first. */
  readonly #nodes = new Map<EventId, NodeId>();
  #isClosed = false;

  constructor(options: WhereaboutsOptions) {
    this.#options = options;
  }

  of(event: EventId): NodeId | undefined {
    return this.#nodes.get(event);
  }

  learn(event: EventId, node: NodeId): void {
    this.#nodes.delete(event);
    this.#nodes.set(event, node);
    const [oldest] = this.#nodes.keys();
    if (this.#nodes.size > rememberedMax && oldest !== undefined) this.#nodes.delete(oldest);
  }

  forget(event: EventId): void {
    this.#nodes.delete(event);
  }

  forgetNode(node: NodeId): void {
    for (const [event, known] of this.#nodes) if (known === node) this.#nodes.delete(event);
  }

  /**
   * Looks a show up in the database. An owner that cannot be reached is waited for until its lease
   * is over or it turns out to live. Never rejects.
   */
  async find(event: EventId): Promise<Place> {
    const { clock } = this.#options;
    const giveUpAt = clock.monotonic() + searchMs;
    let pause = pauseMs;
    while (clock.monotonic() < giveUpAt && !this.#isClosed) {
      const location = await this.#locate(event);
      if ('rejection' in location) return location;
      const place = this.#placeOf(event, location);
      if (place !== undefined) return this.#remember(event, place);
      const hasStepped = location.leftMs > leaseMs;
      const untilEnd = hasStepped ? steppedPauseMs : location.leftMs + afterLeaseMs;
      await new Promise<void>((resolve) => clock.after(Math.min(pause, untilEnd), resolve));
      pause *= 2;
    }
    return { rejection: busy };
  }

  /** Whoever is still looked for is not found. */
  close(): void {
    this.#isClosed = true;
  }

  /** Where a show should live that nobody owns; undefined when nobody can take it. */
  preferred(event: EventId): NodeId | undefined {
    return preferred(event, this.#candidates(), this.#options.tenure.pins());
  }

  async #locate(event: EventId): Promise<Location | { readonly rejection: Rejection }> {
    const { journal, telemetry } = this.#options;
    try {
      return (await journal.locate(event)) ?? { rejection: { reason: 'show_not_found' } };
    } catch (cause) {
      // Whoever asks tries again; that the database is away is told by those who need it more.
      if (!(cause instanceof JournalUnavailableError)) telemetry.failed('locate a show', cause);
      return { rejection: busy };
    }
  }

  /** Undefined when it is too early to say. */
  #placeOf(event: EventId, { owner, leftMs }: Location): Place | undefined {
    const { tenure, bus, clock, reachOf } = this.#options;
    if (owner === undefined || leftMs <= 0 || tenure.isSilent(owner)) return this.#orphan(event);
    if (owner === tenure.node) return { node: owner, isOwned: true };
    if (!bus.isUp) return { rejection: busy };
    const now = clock.monotonic();
    switch (reachOf(owner)?.advice(now + leftMs, now)) {
      case 'wait':
        return undefined;
      case 'turn_away':
        return { rejection: busy };
      case 'send':
      case undefined:
        return { node: owner, isOwned: true };
    }
  }

  #orphan(event: EventId): Place {
    const node = this.preferred(event);
    return node === undefined ? { rejection: busy } : { node, isOwned: false };
  }

  #remember(event: EventId, place: Place): Place {
    if ('node' in place && place.isOwned) this.learn(event, place.node);
    return place;
  }

  /** Those that could claim a show now; of the others only those that we can reach. */
  #candidates(): Candidate[] {
    const { tenure, bus, clock, name, hasActors, reachOf, isHeard = () => true } = this.#options;
    const now = clock.monotonic();
    const canReach = (node: NodeId) => bus.isUp && isHeard(node) && !reachOf(node)?.isShunned(now);
    const others = tenure
      .peers()
      .filter((peer) => peer.hasActors && !peer.isLeaving && canReach(peer.node));
    const isCandidate = hasActors && tenure.mayClaim();
    return isCandidate ? [{ node: tenure.node, name }, ...others] : others;
  }
}
