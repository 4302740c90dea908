import type { NodeId } from '@ingressou/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Lease, Leases } from '../../src/ports/leases.ts';
import { newNode } from './rows.ts';

export interface OpenLeases {
  readonly leases: Leases;
  /** What the clock of the leases says, in milliseconds since 1970. */
  now(): Promise<number>;
  close(): Promise<void>;
}

/** What all Leases promise. An adapter is done when this passes. */
export function describeLeases(name: string, open: () => Promise<OpenLeases>): void {
  describe(`${name} keep the Leases contract`, () => {
    let opened: OpenLeases;
    let leases: Leases;
    let me: Lease;
    let other: Lease;

    beforeAll(async () => {
      opened = await open();
      leases = opened.leases;
    });
    afterAll(() => opened.close());
    beforeEach(() => {
      me = { node: newNode(), name: 'a', hasActors: true, isLeaving: false };
      other = { node: newNode(), name: 'b', hasActors: false, isLeaving: true };
    });

    /** How one process appears to another; nothing when it does not. */
    const seen = async (node: NodeId, by: NodeId) => {
      const { now, others } = await leases.renew({ ...me, node: by }, 60_000);
      const peer = others.find((each) => each.node === node);
      return peer && { ...peer, endsAt: now + peer.leftMs };
    };

    it('tell the time at which they prolonged a lease', async () => {
      const before = await opened.now();
      const first = await leases.renew(me, 1_200);
      const second = await leases.renew(me, 1_200);
      const after = await opened.now();
      const times = [before, first.now, second.now, after];
      expect(times).toEqual([...times].sort((a, b) => a - b));
    });

    it('tell of everybody else, as they said of themselves', async () => {
      await leases.renew(me, 60_000);
      expect(await seen(me.node, me.node)).toBeUndefined();
      const { now } = await leases.renew(other, 50_000);
      expect(await seen(other.node, me.node)).toMatchObject({ ...other, endsAt: now + 50_000 });
      const changed = { node: other.node, name: 'c', hasActors: true, isLeaving: false };
      const later = await leases.renew(changed, 55_000);
      expect(await seen(other.node, me.node)).toMatchObject({
        ...changed,
        endsAt: later.now + 55_000,
      });
    });

    it('tell the same end of a lease again and again until it is prolonged', async () => {
      await leases.renew(other, 50_000);
      const ends = new Set<number | undefined>();
      for (let times = 0; times < 20; times += 1) {
        ends.add((await seen(other.node, me.node))?.endsAt);
      }
      expect(ends.size).toBe(1);
    });

    it('can make a lease shorter', async () => {
      await leases.renew(other, 50_000);
      const { now } = await leases.renew(other, 1_000);
      expect(await seen(other.node, me.node)).toMatchObject({ endsAt: now + 1_000 });
    });

    it('tell of those whose lease ended less than a minute ago, and no longer', async () => {
      await leases.renew(other, 0);
      const { leftMs = 1 } = (await seen(other.node, me.node)) ?? {};
      expect(leftMs).toBeLessThanOrEqual(0);
      await leases.renew(other, -60_001);
      expect(await seen(other.node, me.node)).toBeUndefined();
    });

    it('end a lease at once, and only that one', async () => {
      await leases.renew(me, 60_000);
      await leases.renew(other, 60_000);
      await leases.end(other.node);
      await leases.end(other.node);
      const third = newNode();
      expect(await seen(other.node, third)).toBeUndefined();
      expect(await seen(me.node, third)).toBeDefined();
    });
  });
}
