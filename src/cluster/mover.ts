import { type EventId, type NodeId, parseId } from '@ingressou/protocol';
import type { Actors } from '../ports/actors.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { type Candidate, preferred } from './placement.ts';
import { subjects } from './subjects.ts';
import type { HeldTenure } from './tenure.ts';

export interface MoverOptions {
  readonly actors: Pick<Actors, 'served' | 'release' | 'wake'>;
  readonly tenure: Pick<HeldTenure, 'node' | 'self' | 'isLeaving' | 'isSettled' | 'peers' | 'pins'>;
  /** Whether a peer can be heard on the bus; absent where all of them can. */
  readonly isHeard?: (node: NodeId) => boolean;
  readonly bus: Bus;
  readonly prefix: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

const roundMs = 500;
/** Shows under way at a time: each is away for as long as its state takes to be saved and read. */
const movesMax = 4;

/**
 * Gives away every show that should live elsewhere, one small batch after the other. A node that
 * stops, one that joins and a show that gets a node of its own are the same to it: the preferred
 * node of some shows is another one now.
 */
export class Mover {
  readonly #options: MoverOptions;
  #next: Timer | undefined;
  #round: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: MoverOptions) {
    this.#options = options;
    const { bus, prefix, tenure, actors } = options;
    bus.listen(subjects(prefix).takes(tenure.node), (bytes) => {
      void actors.wake(parseId<EventId>(Buffer.from(bytes).toString()));
    });
  }

  start(): void {
    this.#next = this.#options.clock.after(roundMs, () => {
      this.#round = this.#giveAway();
      void this.#round.then(() => {
        if (!this.#isClosed) this.start();
      });
    });
  }

  /** Ends the rounds and gives away everything that somebody else can take. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#next?.cancel();
    await this.#round;
    await this.#giveAway();
  }

  async #giveAway(): Promise<void> {
    const moves = this.#moves();
    const workers = Array.from({ length: movesMax }, async () => {
      for (let move = moves.pop(); move !== undefined; move = moves.pop()) await this.#move(move);
    });
    await Promise.all(workers);
  }

  #moves(): Move[] {
    const { actors, tenure } = this.#options;
    const candidates = this.#candidates();
    const pins = tenure.pins();
    return actors.served().flatMap((event) => {
      const to = preferred(event, candidates, pins);
      return to === undefined || to === tenure.node ? [] : [{ event, to }];
    });
  }

  async #move({ event, to }: Move): Promise<void> {
    const { actors, bus, prefix, clock, telemetry } = this.#options;
    const begunAt = clock.monotonic();
    await actors.release(event, to);
    // Nobody may be asking for it now, and its deadlines must not wait for somebody who does.
    bus.publish(subjects(prefix).takes(to), Buffer.from(event));
    telemetry.showMoved({ event, to, ms: clock.monotonic() - begunAt });
  }

  /** Us too, unless we leave; of the others those that we hear, and that have been here a while. */
  #candidates(): Candidate[] {
    const { tenure, isHeard = () => true } = this.#options;
    const others = tenure
      .peers()
      .filter(({ hasActors, isLeaving }) => hasActors && !isLeaving)
      .filter(({ node }) => tenure.isSettled(node) && isHeard(node));
    return tenure.isLeaving ? others : [tenure.self, ...others];
  }
}

interface Move {
  readonly event: EventId;
  readonly to: NodeId;
}
