import type { NodeId } from '@ingressou/protocol';
import type { Clock, Timer } from '../ports/clock.ts';
import type { Leases, Peer, Pin, Renewal } from '../ports/leases.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Tenure } from '../ports/tenure.ts';
import { DatabaseClock } from './database-clock.ts';
import type { Candidate } from './placement.ts';
import { SignsOfLife } from './signs-of-life.ts';

export interface TenureOptions {
  readonly leases: Leases;
  /** The machine's: leases are measured by what never steps. */
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly node: NodeId;
  readonly name: string;
  readonly hasActors: boolean;
}

/** How long a lease runs behind each heartbeat: the time until a frozen owner can be followed. */
export const leaseMs = 1_200;
/** What we stop before the end of the lease, for clocks that run at different speeds. */
const marginMs = 200;
const heartbeatMs = 250;
const retryMs = 100;
/** Heartbeats between two looks at where operators want shows to be. */
const pinsEvery = 4;

/**
 * Keeps this process's lease.
 *
 * The right to answer ends a little before the lease does, counted from the moment the last
 * successful heartbeat was *sent*: whatever the network and the database did with it, the lease
 * cannot have ended earlier. A heartbeat that fails gives up nothing; it is tried again until the
 * time is over. After an interruption a new term begins, because somebody may have claimed shows
 * in between.
 */
export class HeldTenure implements Tenure {
  readonly #options: TenureOptions;
  readonly #signs: SignsOfLife;
  readonly clock: DatabaseClock;
  #term = 0;
  /** Until when we may answer, on the monotonic clock. */
  #until = Number.NEGATIVE_INFINITY;
  /** Until when the lease runs, on the database's clock. */
  #leaseEndsAt = Number.NEGATIVE_INFINITY;
  #isLapseTold = false;
  #isLeaving = false;
  #pins: readonly Pin[] = [];
  #beats = 0;
  #next: Timer | undefined;
  #isEnded = false;

  constructor(options: TenureOptions) {
    this.#options = options;
    const { clock, telemetry } = options;
    this.clock = new DatabaseClock({ clock, onJump: (byMs) => telemetry.clockJumped(byMs) });
    this.#signs = new SignsOfLife(leaseMs);
  }

  get node(): NodeId {
    return this.#options.node;
  }

  /** As the others see it. */
  get self(): Candidate {
    return { node: this.node, name: this.#options.name };
  }

  get term(): number {
    return this.#term;
  }

  /**
   * Begins the lease and keeps it from then on.
   *
   * @throws {LeasesUnavailableError} the database does not answer
   */
  async begin(): Promise<void> {
    await this.#beat();
    this.#schedule(heartbeatMs);
  }

  isHeld(term: number): boolean {
    return term === this.#term && this.#options.clock.monotonic() < this.#until;
  }

  mayClaim(): boolean {
    return !this.#isLeaving && this.isHeld(this.#term) && this.clock.isSteady;
  }

  isSilent(node: NodeId): boolean {
    return this.#signs.isSilent(node);
  }

  async isDead(node: NodeId): Promise<boolean> {
    return this.isSilent(node) && (await this.#tryBeat()) && this.isSilent(node);
  }

  peers(): readonly Peer[] {
    return this.#signs.living();
  }

  pins(): readonly Pin[] {
    return this.#pins;
  }

  /** Whether a peer's lease has run for long enough to be trusted with more shows. */
  isSettled(node: NodeId): boolean {
    return this.#signs.isSettled(node);
  }

  /** Whether this process gives its shows away. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Tells everybody that this process takes no more shows and gives away what it has. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    await this.#tryBeat();
  }

  /** Gives the lease back: whatever is still owned is anybody's. */
  async end(): Promise<void> {
    this.#isEnded = true;
    this.#next?.cancel();
    this.#until = Number.NEGATIVE_INFINITY;
    try {
      await this.#options.leases.end(this.node);
    } catch (cause) {
      // It ends by itself a second later.
      this.#options.telemetry.failed('end the lease', cause);
    }
  }

  #schedule(delayMs: number): void {
    if (this.#isEnded) return;
    this.#next = this.#options.clock.after(delayMs, () => void this.#run());
  }

  async #run(): Promise<void> {
    const isRenewed = await this.#tryBeat();
    this.#schedule(isRenewed ? heartbeatMs : retryMs);
  }

  async #tryBeat(): Promise<boolean> {
    const { clock, telemetry } = this.#options;
    try {
      await this.#beat();
      return true;
    } catch (cause) {
      // The lease may still run: it is tried again, and only time ends it.
      if (clock.monotonic() >= this.#until && !this.#isLapseTold) {
        this.#isLapseTold = true;
        telemetry.leaseLapsed(cause);
      }
      return false;
    }
  }

  async #beat(): Promise<void> {
    const { leases, clock, node, name, hasActors } = this.#options;
    const lease = { node, name, hasActors, isLeaving: this.#isLeaving };
    const sentAt = clock.monotonic();
    const renewal = await leases.renew(lease, leaseMs);
    if (this.#isEnded) return;
    this.#onRenewed(sentAt, renewal);
    if (this.#beats % pinsEvery === 0) await this.#readPins();
    this.#beats += 1;
  }

  /** A wish of operators, not a right: without it the heartbeat is as good as with it. */
  async #readPins(): Promise<void> {
    try {
      this.#pins = await this.#options.leases.pins();
    } catch (cause) {
      this.#options.telemetry.failed('read where shows are wanted', cause);
    }
  }

  #onRenewed(sentAt: number, { now, others }: Renewal): void {
    const { clock, telemetry } = this.#options;
    const receivedAt = clock.monotonic();
    this.clock.observe({ sentAt, receivedAt, now });
    this.#signs.observe({ sentAt, receivedAt, now }, others);
    const isLate = receivedAt >= this.#until || now >= this.#leaseEndsAt;
    const isBack = isLate && this.#term > 0;
    if (isLate) this.#term += 1;
    // A process that was frozen has missed no heartbeat: it has sent none.
    if (isBack && !this.#isLapseTold) telemetry.leaseLapsed(new LateError());
    this.#until = sentAt + leaseMs - marginMs;
    this.#leaseEndsAt = now + leaseMs;
    telemetry.leaseRenewed({ ms: receivedAt - sentAt, isLate: isBack });
    this.#isLapseTold = false;
  }
}

/** This process stood still, or the database did, for longer than the lease. */
class LateError extends Error {
  override readonly name = 'LateError';
  constructor() {
    super('The heartbeat came too late: this process stood still, or the clock stepped.');
  }
}
