import type { EventId, NodeId } from '@ingressou/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  FencedError,
  type Journal,
  JournalUnavailableError,
  OwnedError,
} from '../../src/ports/journal.ts';
import { type JournalStage, longMs, type OpenJournal } from './journal-stage.ts';
import { historyOf, newEvent, newNode, rowBehind, rowsOf } from './rows.ts';

/** Who may write a show, and how it changes hands. */
export function describeOwnership(stage: JournalStage): void {
  const { newShow, newOwner, claim, claimByNext } = stage;
  let opened: OpenJournal;
  let journal: Journal;
  let event: EventId;
  let owner: NodeId;

  beforeEach(() => {
    ({ opened, journal, event, owner } = stage);
  });

  describe('claiming', () => {
    it('begins with an empty history that nobody owns', async () => {
      const empty = { event, epoch: 0, owner: undefined, position: 0, generation: 1 };
      const head = { ...empty, hash: new Uint8Array(), isSealed: false };
      expect(await journal.head(event)).toEqual(head);
    });

    it('makes the claimer the owner of the next epoch', async () => {
      expect(await claim()).toMatchObject({ event, epoch: 1, owner, position: 0 });
      expect(await claim()).toMatchObject({ event, epoch: 2, owner });
      expect(await journal.head(event)).toMatchObject({ epoch: 2, owner });
    });

    it('follows an owner whose lease is over', async () => {
      await claim();
      await opened.lease(owner, 0);
      const other = await newOwner();
      expect(await claim(other)).toMatchObject({ event, epoch: 2, owner: other });
      expect(await journal.head(event)).toMatchObject({ epoch: 2, owner: other });
    });

    it('is refused while the lease of the owner runs, and says who it is', async () => {
      const head = await claim();
      const failure = await claim(await newOwner()).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(OwnedError);
      expect(failure).toMatchObject({ owner, epoch: 1 });
      await journal.append(rowBehind(head, head));
      expect(await journal.head(event)).toMatchObject({ epoch: 1, owner, position: 1 });
    });

    it('is refused to a process whose own lease is over', async () => {
      const late = newNode();
      for (const claims of [() => claim(late), () => claim(late)]) {
        await expect(claims()).rejects.toThrow(JournalUnavailableError);
        await opened.lease(late, 0);
      }
      expect(await journal.head(event)).toMatchObject({ epoch: 0, owner: undefined });
      await opened.lease(late, longMs);
      expect(await claim(late)).toMatchObject({ epoch: 1, owner: late });
    });

    it('is refused to the owner itself once its lease is over', async () => {
      await claim();
      await opened.lease(owner, 0);
      await expect(claim()).rejects.toThrow(JournalUnavailableError);
    });

    it('takes the place of a living owner only if the epoch named is the newest', async () => {
      await claim();
      const head = await claim();
      const other = await newOwner();
      for (const wrong of [head.epoch - 1, head.epoch + 1, 0]) {
        await expect(journal.claim(event, other, wrong)).rejects.toThrow(OwnedError);
      }
      const forced = (await journal.claim(event, other, head.epoch))!;
      expect(forced).toMatchObject({ epoch: 3, owner: other });
      await expect(journal.append(rowBehind(head, head))).rejects.toThrow(FencedError);
      await journal.append(rowBehind(forced, forced));
    });

    it('names an epoch in vain when its own lease is over', async () => {
      const { epoch } = await claim();
      await expect(journal.claim(event, newNode(), epoch)).rejects.toThrow(JournalUnavailableError);
      expect(await journal.head(event)).toMatchObject({ epoch, owner });
    });

    it('goes to one of several that claim a show at once', async () => {
      const rivals = await Promise.all(Array.from({ length: 6 }, newOwner));
      const results = await Promise.allSettled(rivals.map((each) => claim(each)));
      const won = rivals.filter((_, index) => results[index]?.status === 'fulfilled');
      expect(won).toHaveLength(1);
      expect(await journal.head(event)).toMatchObject({ epoch: 1, owner: won[0] });
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(OwnedError);
      }
    });

    it('sees every row that was appended before', async () => {
      const first = rowBehind(await claim(), { epoch: 1, owner }, { last: 3 });
      await journal.append(first);
      expect(await claimByNext()).toMatchObject({ position: 3, hash: first.hash, epoch: 2 });
    });

    it('knows no show that was not created', async () => {
      const unknown = newEvent();
      expect(await journal.claim(unknown, owner)).toBeUndefined();
      expect(await journal.claim(unknown, newNode(), 1)).toBeUndefined();
      expect(await journal.head(unknown)).toBeUndefined();
      expect(await journal.locate(unknown)).toBeUndefined();
      await journal.release(unknown, 1, owner);
      expect(await rowsOf(journal.read(unknown, 0, 10))).toEqual([]);
    });
  });

  describe('giving up', () => {
    it('lets anybody claim the show, and refuses what the owner sends afterwards', async () => {
      const head = await claim();
      const row = rowBehind(head, head);
      await journal.append(row);
      await journal.release(event, head.epoch, owner);
      expect(await journal.head(event)).toMatchObject({
        epoch: 1,
        owner: undefined,
        position: 1,
      });
      await expect(journal.append(rowBehind(row, head))).rejects.toThrow(FencedError);
      expect(await journal.outcome(rowBehind(row, head))).toBe('fenced');
      const other = await newOwner();
      expect(await claim(other)).toMatchObject({ epoch: 2, owner: other, hash: row.hash });
      expect(await historyOf(journal, event)).toEqual([row]);
    });

    it('changes nothing when it is somebody else who asks', async () => {
      const { epoch } = await claim();
      await journal.release(event, epoch, await newOwner());
      expect(await journal.head(event)).toMatchObject({ epoch, owner });
    });

    it('changes nothing when it is late', async () => {
      const { epoch } = await claim();
      await claim();
      await journal.release(event, epoch, owner);
      expect(await journal.head(event)).toMatchObject({ epoch: epoch + 1, owner });
    });
  });

  describe('finding the owner', () => {
    it('tells who it is and whether its lease runs', async () => {
      expect(await journal.locate(event)).toEqual({ owner: undefined, epoch: 0, leftMs: 0 });
      await claim();
      expect(await journal.locate(event)).toMatchObject({ owner, epoch: 1 });
      expect((await journal.locate(event))?.leftMs).toBeGreaterThan(0);
      await opened.lease(owner, 0);
      expect(await journal.locate(event)).toEqual({ owner, epoch: 1, leftMs: 0 });
      await opened.lease(owner, longMs);
      await journal.release(event, 1, owner);
      expect(await journal.locate(event)).toEqual({ owner: undefined, epoch: 1, leftMs: 0 });
    });
  });

  describe('what is due', () => {
    /** Long before anything other tests leave behind. */
    const due = async (node: NodeId, now: number, max: number): Promise<EventId[]> =>
      (await journal.due(node, now, max)).map((each) => each.event);
    const dueAt = async (wakeAt: number): Promise<EventId> => {
      const show = await newShow();
      const head = (await journal.claim(show, owner))!;
      await journal.append(rowBehind(head, head, { wakeAt }));
      return show;
    };

    it('yields shows whose deadline has come, soonest first, at most as many as asked', async () => {
      const [second, first, third] = [await dueAt(2_000), await dueAt(1_000), await dueAt(3_001)];
      expect(await due(owner, 3_000, 10)).toEqual([first, second]);
      expect(await due(owner, 3_001, 10)).toEqual([first, second, third]);
      expect(await due(owner, 3_001, 1)).toEqual([first]);
      expect(await due(owner, 999, 10)).toEqual([]);
    });

    it('leaves out what another process with a running lease owns', async () => {
      const show = await dueAt(-9_000);
      const other = await newOwner();
      expect(await due(owner, -9_000, 10)).toEqual([show]);
      expect(await due(other, -9_000, 10)).toEqual([]);
      await opened.lease(owner, 0);
      expect(await due(other, -9_000, 10)).toEqual([show]);
      await opened.lease(owner, longMs);
      await journal.release(show, 1, owner);
      expect(await due(other, -9_000, 10)).toEqual([show]);
      await journal.seal(show);
    });

    it('forgets a deadline when a later row has none, and a sealed show', async () => {
      const head = await claim();
      const row = rowBehind(head, head, { wakeAt: -5_000 });
      await journal.append(row);
      const sealed = await dueAt(-4_000);
      expect(await due(owner, -4_000, 10)).toEqual([event, sealed]);
      await journal.append(rowBehind(row, head));
      await journal.seal(sealed);
      expect(await due(owner, -4_000, 10)).toEqual([]);
    });
  });
}
