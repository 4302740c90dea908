/** How long a node that lives but does not answer us is waited for. */
const patienceMs = 1_000;
/** Between two attempts to reach it. */
const attemptEveryMs = 200;
/** So long after a lost frame a node gets no new shows from us; a dead one has no lease by then. */
const shunMs = 2_000;
/** Two readings of one lease differ by less than this when it was not prolonged in between. */
const sameLeaseMs = 50;

/**
 * Whether one other node can be reached, as far as the frames tell that went to it.
 *
 *     good ──frame lost──▶ troubled ──receipt──▶ good
 *
 * In trouble its lease is the second witness. One that is not prolonged any more will end, and
 * then its shows are anybody's: that is worth waiting for. One that is prolonged says that the
 * node lives and only the way to it is broken: waiting would be endless.
 */
export class Reach {
  #trouble: Trouble | undefined;

  /** A frame has arrived there. */
  arrived(): void {
    this.#trouble = undefined;
  }

  /** A frame has not, as far as we know. */
  lost(now: number): void {
    const { since, leaseEndsAt } = this.#trouble ?? { since: now, leaseEndsAt: undefined };
    this.#trouble = { since, leaseEndsAt, lostAt: now, attemptedAt: now };
  }

  /** Whether another node should rather be asked to take a show, if there is a choice. */
  isShunned(now: number): boolean {
    return this.#trouble !== undefined && now - this.#trouble.lostAt < shunMs;
  }

  /**
   * What to do with letters for that node, whose lease runs until `leaseEndsAt`: send them, wait
   * a little and ask again, or turn them away.
   */
  advice(leaseEndsAt: number, now: number): 'send' | 'wait' | 'turn_away' {
    const trouble = this.#trouble;
    if (trouble === undefined) return 'send';
    trouble.leaseEndsAt = Math.min(trouble.leaseEndsAt ?? leaseEndsAt, leaseEndsAt);
    if (leaseEndsAt - trouble.leaseEndsAt < sameLeaseMs) return 'wait';
    if (now - trouble.attemptedAt >= attemptEveryMs) {
      trouble.attemptedAt = now;
      return 'send';
    }
    return now - trouble.since < patienceMs ? 'wait' : 'turn_away';
  }
}

interface Trouble {
  readonly since: number;
  readonly lostAt: number;
  attemptedAt: number;
  /**
   * The least that was read since the trouble began: a database whose clock is stepped back in
   * between makes a lease look as if it ran for an hour more.
   */
  leaseEndsAt: number | undefined;
}
