import type { NodeId } from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentTelemetry } from '../../test/setup/silent-telemetry.ts';
import { SteppedClock } from '../../test/setup/stepped-clock.ts';
import {
  type Lease,
  type Leases,
  LeasesUnavailableError,
  type Peer,
  type Renewal,
} from '../ports/leases.ts';
import { HeldTenure } from './tenure.ts';

// One node and a table of leases that can be cut off; time only moves when it is told to.

const node = 'node a' as NodeId;
const other = 'node b' as NodeId;
let clock: SteppedClock;
let table: Table;
let tenure: HeldTenure;
let lapses: number;
let jumps: number[];

beforeEach(async () => {
  clock = new SteppedClock(Date.UTC(2026, 10, 24));
  table = new Table(clock);
  lapses = 0;
  jumps = [];
  const telemetry = {
    ...silentTelemetry,
    leaseLapsed: () => {
      lapses += 1;
    },
    clockJumped: (byMs: number) => jumps.push(Math.round(byMs)),
  };
  tenure = new HeldTenure({ leases: table, clock, telemetry, node, name: 'a', hasActors: true });
  await tenure.begin();
});

describe('a lease', () => {
  it('is held as long as heartbeats are answered, in one term', async () => {
    const { term } = tenure;
    for (let beats = 0; beats < 40; beats += 1) {
      await clock.advance(250);
      expect(tenure.isHeld(term)).toBe(true);
    }
  });

  it('outlives heartbeats that fail, and ends before it ends in the table', async () => {
    const { term } = tenure;
    await clock.advance(250);
    table.isDown = true;
    await clock.advance(900);
    expect([tenure.isHeld(term), lapses]).toEqual([true, 0]);
    await clock.advance(200);
    expect([tenure.isHeld(term), lapses]).toEqual([false, 1]);
    expect(table.leftMs(node)).toBeGreaterThan(0);
  });

  it('that comes back begins a new term: what was claimed before may be somebody else’s', async () => {
    const { term } = tenure;
    table.isDown = true;
    await clock.advance(3_000);
    table.isDown = false;
    await clock.advance(250);
    expect(tenure.isHeld(term)).toBe(false);
    expect(tenure.isHeld(tenure.term)).toBe(true);
    expect(tenure.term).toBeGreaterThan(term);
  });

  it('that ended while the process stood still is told as well', async () => {
    await clock.advance(250);
    clock.jump(5_000);
    await clock.advance(500);
    expect([tenure.isHeld(tenure.term), lapses]).toEqual([true, 1]);
  });

  it('counts from when the heartbeat was sent, however late its reply is', async () => {
    const { term } = tenure;
    await clock.advance(250);
    const reply = table.holdReplies();
    await clock.advance(950);
    reply();
    await clock.settle();
    // The reply is to a heartbeat that was sent 700 ms ago: 300 of its 1000 are left.
    expect(tenure.isHeld(term)).toBe(true);
    table.isDown = true;
    await clock.advance(350);
    expect(tenure.isHeld(term)).toBe(false);
  });

  it('is interrupted when the database says that it had ended meanwhile', async () => {
    const { term } = tenure;
    table.aheadMs = 3_600_000;
    await clock.advance(250);
    expect(tenure.isHeld(term)).toBe(false);
    expect(tenure.isHeld(tenure.term)).toBe(true);
  });
});

describe('a clock that steps', () => {
  it('stops claims until the database has insisted on it, and everybody has heard of it', async () => {
    const before = tenure.clock.now();
    table.aheadMs = 3_600_000;
    await clock.advance(250);
    expect(jumps).toEqual([3_600_000]);
    expect(tenure.mayClaim()).toBe(false);
    expect(tenure.clock.now() - before).toBeLessThan(1_000);
    await clock.advance(2_000);
    expect(tenure.clock.now() - before).toBeGreaterThan(3_600_000);
    expect(tenure.mayClaim()).toBe(false);
    await clock.advance(1_200);
    expect(tenure.mayClaim()).toBe(true);
  });

  it('is ignored when it was one wrong answer', async () => {
    table.aheadMs = 10_000;
    await clock.advance(250);
    table.aheadMs = 0;
    await clock.advance(250);
    expect(tenure.mayClaim()).toBe(false);
    await clock.advance(1_200);
    expect(tenure.mayClaim()).toBe(true);
    expect(Math.abs(tenure.clock.now() - clock.now())).toBeLessThan(50);
  });
});

describe('another process', () => {
  it('is a peer while its lease runs', async () => {
    table.renewFor(other, 1_200);
    await clock.advance(250);
    expect(tenure.peers().map(({ node: peer }) => peer)).toEqual([other]);
    await clock.advance(1_250);
    expect(tenure.peers()).toEqual([]);
  });

  it('is silent when its lease stays as it was, even if it seems to run for an hour', async () => {
    table.renewFor(other, 3_600_000);
    await clock.advance(1_000);
    expect([tenure.isSilent(other), tenure.peers().length]).toEqual([false, 1]);
    await clock.advance(750);
    expect([tenure.isSilent(other), tenure.peers().length]).toEqual([true, 0]);
  });

  it('is not taken for dead when it came back since it was last seen silent', async () => {
    table.renewFor(other, 1_200);
    await clock.advance(1_750);
    expect(tenure.isSilent(other)).toBe(true);
    expect(await clock.until(tenure.isDead(other))).toBe(true);
    table.renewFor(other, 1_200);
    expect(tenure.isSilent(other)).toBe(true);
    expect(await clock.until(tenure.isDead(other))).toBe(false);
  });

  it('is taken for dead by one that cannot read where operators want shows to be', async () => {
    table.hasPins = false;
    table.renewFor(other, 1_200);
    await clock.advance(1_750);
    expect(await clock.until(tenure.isDead(other))).toBe(true);
  });

  it('is not taken for dead by one that cannot look again', async () => {
    table.renewFor(other, 1_200);
    await clock.advance(1_750);
    table.isDown = true;
    expect(await clock.until(tenure.isDead(other))).toBe(false);
  });

  it('is not called silent by one that was cut off itself', async () => {
    table.renewFor(other, 1_200);
    await clock.advance(250);
    table.isDown = true;
    await clock.advance(3_000);
    expect(tenure.isSilent(other)).toBe(false);
    table.isDown = false;
    table.renewFor(other, 1_200);
    await clock.advance(250);
    expect(tenure.isSilent(other)).toBe(false);
  });

  it('is trusted with more shows once it has lived for a while', async () => {
    for (let beats = 0; beats < 8; beats += 1) {
      table.renewFor(other, 1_200);
      await clock.advance(250);
      expect(tenure.isSettled(other)).toBe(false);
    }
    table.renewFor(other, 1_200);
    await clock.advance(250);
    expect(tenure.isSettled(other)).toBe(true);
  });
});

describe('a process that stops', () => {
  it('says that it leaves, claims nothing more, and its lease is gone at the end', async () => {
    await tenure.leave();
    expect(table.leases.get(node)?.isLeaving).toBe(true);
    expect(tenure.mayClaim()).toBe(false);
    expect(tenure.isHeld(tenure.term)).toBe(true);
    await tenure.end();
    expect(table.leases.has(node)).toBe(false);
    await clock.advance(5_000);
    expect(table.leases.has(node)).toBe(false);
  });
});

/** The leases as a database would keep them, by its own clock. */
class Table implements Leases {
  readonly leases = new Map<NodeId, Lease & { readonly endsAt: number }>();
  readonly #clock: SteppedClock;
  isDown = false;
  hasPins = true;
  aheadMs = 0;
  #gate: Promise<void> | undefined;

  constructor(clock: SteppedClock) {
    this.#clock = clock;
  }

  async renew(lease: Lease, leaseMs: number): Promise<Renewal> {
    if (this.isDown) throw new LeasesUnavailableError({ cause: 'told so' });
    this.leases.set(lease.node, { ...lease, endsAt: this.#now + leaseMs });
    const now = this.#now;
    const others = this.#others(lease.node);
    await this.#gate;
    return { now, others };
  }

  async end(ended: NodeId): Promise<void> {
    this.leases.delete(ended);
  }

  async pins() {
    if (!this.hasPins) throw new LeasesUnavailableError({ cause: 'told so' });
    return [];
  }

  /** Replies wait until the returned function is called. */
  holdReplies(): () => void {
    let release = (): void => {};
    this.#gate = new Promise((resolve) => {
      release = resolve;
    });
    return () => {
      this.#gate = undefined;
      release();
    };
  }

  renewFor(peer: NodeId, ms: number): void {
    const lease = { node: peer, name: 'b', hasActors: true, isLeaving: false };
    this.leases.set(peer, { ...lease, endsAt: this.#now + ms });
  }

  leftMs(of: NodeId): number {
    return (this.leases.get(of)?.endsAt ?? 0) - this.#now;
  }

  get #now(): number {
    return this.#clock.now() + this.aheadMs;
  }

  #others(me: NodeId): Peer[] {
    return [...this.leases.values()]
      .filter(({ node: peer }) => peer !== me)
      .map(({ endsAt, ...lease }) => ({ ...lease, leftMs: endsAt - this.#now }));
  }
}
