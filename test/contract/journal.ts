import type { EventId, NodeId } from '@ingressou/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FencedError, type Head, type Journal, SealedError } from '../../src/ports/journal.ts';
import { compareWithModel, journalSteps } from './journal-model.ts';
import { describeOwnership } from './journal-ownership.ts';
import { JournalStage, type OpenJournal } from './journal-stage.ts';
import { historyOf, newEvent, newNode, rowBehind, rowsOf } from './rows.ts';

/** What every Journal promises. An adapter is done when this passes. */
export function describeJournal(name: string, open: () => Promise<OpenJournal>): void {
  describe(`${name} keeps the Journal contract`, () => {
    const stage = new JournalStage();
    const { newShow, newOwner, claim, claimByNext } = stage;
    let journal: Journal;
    let event: EventId;
    let owner: NodeId;

    beforeAll(async () => {
      stage.opened = await open();
    });
    afterAll(() => stage.opened.close());
    beforeEach(async () => {
      await stage.reset();
      ({ journal, event, owner } = stage);
    });

    describeOwnership(stage);

    describe('listing', () => {
      it('goes through all shows in the order of their ids, a page at a time', async () => {
        const shows = await Promise.all(Array.from({ length: 5 }, newShow));
        await claim();
        await journal.seal(event);
        const listed: Head[] = [];
        for (;;) {
          const page: Head[] = await journal.list(listed.at(-1)?.event, 2);
          listed.push(...page);
          if (page.length < 2) break;
        }
        const ids = listed.map((head) => head.event);
        expect(ids).toEqual([...new Set(ids)].sort());
        expect(ids).toEqual(expect.arrayContaining([...shows, event]));
        const head = listed.find((each) => each.event === event);
        expect(head).toEqual(await journal.head(event));
        expect(head).toMatchObject({ epoch: 1, owner, isSealed: true });
      });
    });

    describe('appending', () => {
      it('keeps rows as they were given, but for the deadline', async () => {
        const head = await claim();
        const first = rowBehind(head, head, { last: 2, wakeAt: 1_800_000_000_000 });
        const second = rowBehind(first, head, { at: first.at, last: 7 });
        await journal.append(first);
        await journal.append(second);
        expect(await historyOf(journal, event)).toEqual([{ ...first, wakeAt: null }, second]);
        expect(await journal.head(event)).toMatchObject({ position: 7, hash: second.hash });
      });

      it('keeps any bytes, zeros too', async () => {
        const bytes = fc.uint8Array({ maxLength: 300 });
        await fc.assert(
          fc.asyncProperty(bytes, async (facts) => {
            const head = await claim();
            await journal.append(rowBehind(head, head, { facts }));
            const [kept] = await rowsOf(journal.read(event, head.position, head.position + 1));
            expect(kept?.facts).toEqual(facts);
          }),
          { numRuns: 25, examples: [[new Uint8Array([0, 0])], [new Uint8Array([92, 120, 0])]] },
        );
      });

      it('refuses a writer that is behind, and keeps nothing of its batch', async () => {
        const head = await claim();
        const first = rowBehind(head, head);
        await journal.append(first);
        const late = rowBehind(head, head, { last: 9, wakeAt: 5 });
        await expect(journal.append(late)).rejects.toThrow(FencedError);
        expect(await historyOf(journal, event)).toEqual([first]);
        expect(await journal.head(event)).toMatchObject({ position: 1, hash: first.hash });
        const due = await journal.due(owner, 5, 1_000);
        expect(due.map((each) => each.event)).not.toContain(event);
      });

      it('refuses a writer that is ahead', async () => {
        const head = await claim();
        const early = rowBehind(head, head, { position: 4, last: 5 });
        await expect(journal.append(early)).rejects.toThrow(FencedError);
        expect(await historyOf(journal, event)).toEqual([]);
      });

      it('refuses an older epoch', async () => {
        const old = await claim();
        await claim();
        await expect(journal.append(rowBehind(old, old))).rejects.toThrow(FencedError);
        expect(await historyOf(journal, event)).toEqual([]);
      });

      it('refuses another owner of the same epoch', async () => {
        const head = await claim();
        const stranger = rowBehind(head, { epoch: head.epoch, owner: newNode() });
        await expect(journal.append(stranger)).rejects.toThrow(FencedError);
        expect(await historyOf(journal, event)).toEqual([]);
      });

      it('refuses a show that was not created', async () => {
        const row = rowBehind(await claim(), { epoch: 1, owner }, { event: newEvent() });
        await expect(journal.append(row)).rejects.toThrow(FencedError);
      });

      it('keeps a row that is sent twice once', async () => {
        const head = await claim();
        const row = rowBehind(head, head, { last: 2 });
        await journal.append(row);
        await journal.append(row);
        expect(await historyOf(journal, event)).toEqual([row]);
      });

      it('knows a row again when more was written behind it, by anybody', async () => {
        const head = await claim();
        const row = rowBehind(head, head);
        await journal.append(row);
        await journal.append(rowBehind(row, head));
        await journal.append(row);
        const next = await claimByNext();
        await journal.append(rowBehind(next, next));
        await journal.append(row);
        expect((await historyOf(journal, event)).map(({ last }) => last)).toEqual([1, 2, 3]);
      });

      it('lets one of several writers with the same position win', async () => {
        const head = await claim();
        const rows = Array.from({ length: 8 }, () => rowBehind(head, head));
        const results = await Promise.allSettled(rows.map((row) => journal.append(row)));
        const kept = rows.filter((_, index) => results[index]?.status === 'fulfilled');
        expect(kept).toHaveLength(1);
        expect(await historyOf(journal, event)).toEqual(kept);
      });
    });

    describe('finding out', () => {
      it('says committed for a row that is there', async () => {
        const head = await claim();
        const row = rowBehind(head, head);
        await journal.append(row);
        expect(await journal.outcome(row)).toBe('committed');
      });

      it('says committed for a row that others wrote behind', async () => {
        const head = await claim();
        const row = rowBehind(head, head);
        await journal.append(row);
        const next = await claimByNext();
        await journal.append(rowBehind(next, next));
        expect(await journal.outcome(row)).toBe('committed');
      });

      it('says absent while the row may still be sent, and then it is accepted', async () => {
        const head = await claim();
        const row = rowBehind(head, head);
        expect(await journal.outcome(row)).toBe('absent');
        await journal.append(row);
        expect(await historyOf(journal, event)).toEqual([row]);
      });

      it.each<[string, (head: Head) => Promise<unknown>]>([
        ['another owner claimed the show', () => claimByNext()],
        ['the show was given up', (head) => journal.release(event, head.epoch, owner)],
        ['the same owner claimed it again', () => claim()],
        ['another row took the place', (head) => journal.append(rowBehind(head, head))],
        ['the show is sealed', () => journal.seal(event)],
      ])('says fenced when %s', async (_, happens) => {
        const head = await claim();
        const row = rowBehind(head, head);
        await happens(head);
        expect(await journal.outcome(row)).toBe('fenced');
      });
    });

    describe('reading', () => {
      it('yields the rows between the bounds in order', async () => {
        let head: Head | ReturnType<typeof rowBehind> = await claim();
        const writer = { epoch: 1, owner };
        const ends = [2, 3, 7, 8, 12];
        for (const last of ends) {
          const row = rowBehind(head, writer, { last });
          await journal.append(row);
          head = row;
        }
        const between = async (after: number, upTo: number) =>
          (await rowsOf(journal.read(event, after, upTo))).map((row) => [row.position, row.last]);
        expect(await between(0, 12)).toEqual([
          [0, 2],
          [2, 3],
          [3, 7],
          [7, 8],
          [8, 12],
        ]);
        expect(await between(3, 8)).toEqual([
          [3, 7],
          [7, 8],
        ]);
        expect(await between(12, 12)).toEqual([]);
      });

      it('yields more rows than any page holds', async () => {
        const head = await claim();
        let row = rowBehind(head, head);
        await journal.append(row);
        while (row.last < 450) {
          row = rowBehind(row, head);
          await journal.append(row);
        }
        const lasts = (await historyOf(journal, event)).map(({ last }) => last);
        expect(lasts).toEqual(Array.from({ length: 450 }, (_, index) => index + 1));
      });
    });

    describe('sealing', () => {
      it('refuses every claim and append', async () => {
        const head = await claim();
        const row = rowBehind(head, head);
        await journal.append(row);
        await journal.seal(event);
        for (const by of [owner, await newOwner(), newNode()]) {
          await expect(claim(by)).rejects.toThrow(SealedError);
          await expect(journal.claim(event, by, head.epoch)).rejects.toThrow(SealedError);
        }
        expect(await journal.head(event)).toMatchObject({ epoch: head.epoch, isSealed: true });
        await expect(journal.append(rowBehind(row, head))).rejects.toThrow(FencedError);
        expect(await historyOf(journal, event)).toEqual([row]);
      });
    });

    it('answers any sequence of leases, claims, rows, releases and seals as the model does', async () => {
      await fc.assert(
        fc.asyncProperty(journalSteps, (steps) => compareWithModel(stage.opened, steps)),
        { numRuns: 60 },
      );
    });
  });
}
