import type { EventId, NodeId } from '@ingressou/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Followers, Place } from '../../src/ports/followers.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { longMs } from './journal-stage.ts';
import { newEvent, newNode, rowBehind } from './rows.ts';

export interface OpenFollowers {
  readonly followers: Followers;
  /** The journal whose histories are followed. */
  readonly journal: Journal;
  create(event: EventId): Promise<void>;
  lease(node: NodeId, ms: number): Promise<void>;
  /** What an operator does after a restore: the history ends at `position` in a new generation. */
  restore(event: EventId, position: number): Promise<void>;
  close(): Promise<void>;
}

const names = ['relay.a', 'relay.b'];
/** More than any database of tests has shows. */
const allMax = 1_000_000;

/** What all Followers promise. An adapter is done when this passes. */
export function describeFollowers(name: string, open: () => Promise<OpenFollowers>): void {
  describe(`${name} keep the Followers contract`, () => {
    let opened: OpenFollowers;
    let followers: Followers;
    let event: EventId;
    let me: NodeId;
    let other: NodeId;

    beforeAll(async () => {
      opened = await open();
      ({ followers } = opened);
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      [event, me, other] = [newEvent(), newNode(), newNode()];
      await opened.create(event);
      for (const node of [me, other]) await opened.lease(node, longMs);
    });

    /** Lets the show's history grow by so many facts. */
    const grow = async (facts: number): Promise<void> => {
      const head = (await opened.journal.claim(event, me))!;
      const row = rowBehind(head, head);
      await opened.journal.append({ ...row, last: row.position + facts });
    };
    const isBehind = async (node: NodeId, wanted = names): Promise<boolean> => {
      return (await followers.behind(wanted, node, allMax)).includes(event);
    };
    const claim = async (node: NodeId, wanted = names): Promise<Place[]> => {
      return [...(await followers.claim(wanted, event, node))].sort((a, b) =>
        a.name < b.name ? -1 : 1,
      );
    };
    const claimOne = async (node: NodeId): Promise<Place> => (await claim(node, ['relay.a']))[0]!;

    it('begin at the beginning of a show', async () => {
      const place = { event, owner: me, position: 0, generation: 1, epoch: 1 };
      expect(await claim(me)).toEqual(names.map((each) => ({ ...place, name: each })));
    });

    it('have no places in a show that does not exist', async () => {
      expect(await followers.claim(names, newEvent(), me)).toEqual([]);
    });

    it('keep how far one has come, for whoever goes on', async () => {
      const moved = await followers.advance(await claimOne(me), 7);
      expect(moved).toMatchObject({ name: 'relay.a', position: 7, owner: me });
      await followers.release([moved!]);
      expect((await claim(other)).map(({ position }) => position)).toEqual([7, 0]);
    });

    it('are taken by one living process at a time', async () => {
      await claimOne(me);
      expect((await claim(other)).map((place) => place.name)).toEqual(['relay.b']);
    });

    it('are given to one of many that claim them at once', async () => {
      const crowd = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const node = newNode();
          await opened.lease(node, longMs);
          return node;
        }),
      );
      const claims = await Promise.all(crowd.map((node) => followers.claim(names, event, node)));
      expect(claims.flat()).toHaveLength(names.length);
    });

    it('are taken over from a process whose lease is over, which moves them no more', async () => {
      const mine = await claimOne(me);
      await opened.lease(me, 0);
      const theirs = await claimOne(other);
      expect(theirs).toMatchObject({ owner: other, epoch: 2 });
      expect(await followers.advance(mine, 5)).toBeUndefined();
      expect(await followers.advance(theirs, 3)).toMatchObject({ position: 3 });
    });

    it('are not given to a process whose own lease is over', async () => {
      await opened.lease(me, 0);
      expect(await claim(me)).toEqual([]);
    });

    it('fence a process from its own earlier claims', async () => {
      const earlier = await claimOne(me);
      const later = await claimOne(me);
      expect(await followers.advance(earlier, 5)).toBeUndefined();
      await followers.release([earlier]);
      expect(await followers.advance(later, 5)).toMatchObject({ position: 5 });
    });

    it('never move one back, whatever arrives late', async () => {
      const place = await claimOne(me);
      await followers.advance(place, 9);
      expect(await followers.advance(place, 4)).toMatchObject({ position: 9 });
    });

    it('are free at once when they are given up, all together', async () => {
      await followers.release(await claim(me));
      expect(await claim(other)).toHaveLength(2);
      await followers.release([]);
    });

    it('find a show that grew, for its owner and for anybody when it has none', async () => {
      expect(await isBehind(me)).toBe(false);
      await grow(3);
      expect(await isBehind(me)).toBe(true);
      const places = await claim(me);
      expect([await isBehind(me), await isBehind(other)]).toEqual([true, false]);
      await opened.lease(me, 0);
      expect(await isBehind(other)).toBe(true);
      await opened.lease(me, longMs);
      for (const place of places) await followers.advance(place, 3);
      expect(await isBehind(me)).toBe(false);
    });

    it('find a show of which only some are behind, or only some are taken', async () => {
      await grow(3);
      const [first] = await claim(me);
      await followers.advance(first!, 3);
      expect([await isBehind(me), await isBehind(me, ['relay.a'])]).toEqual([true, false]);
      expect([await isBehind(other), await isBehind(other, ['relay.c'])]).toEqual([false, true]);
    });

    it('tell of no more shows than asked for', async () => {
      await grow(1);
      expect(await followers.behind(names, me, 1)).toHaveLength(1);
    });

    it('follow a history that a restore made shorter, from its end', async () => {
      await grow(9);
      for (const place of await claim(me)) await followers.advance(place, 9);
      await opened.restore(event, 5);
      expect(await isBehind(me)).toBe(true);
      expect(await claim(me)).toMatchObject([
        { position: 5, generation: 2 },
        { position: 5, generation: 2 },
      ]);
      expect(await isBehind(me)).toBe(false);
    });

    it('stay where they are in a new generation of a history that lost nothing of theirs', async () => {
      await grow(9);
      await followers.advance(await claimOne(me), 4);
      await opened.restore(event, 9);
      expect(await claimOne(me)).toMatchObject({ position: 4, generation: 2 });
    });
  });
}
