import type { EventId, OrderId, SubjectId } from '@ingressou/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { orderView } from '../../src/domain/order-view.ts';
import type { LedgerEntry, Projection } from '../../src/ports/projection.ts';
import {
  projectorName,
  ReadModelsBrokenError,
  ReadModelsUnavailableError,
} from '../../src/ports/read-models.ts';
import { type OpenDatabase, StatementError } from '../../src/store/database.ts';
import { openPg } from '../../src/store/pg.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { DatabaseReadModels } from '../../src/store/read-models.ts';
import { projectionOf } from '../../src/workers/projector/projection-of.ts';
import { GateStory } from '../setup/gate-story.ts';
import { skipBecause } from '../setup/skip-because.ts';
import { soldStory, storyPages, told } from '../setup/sold-story.ts';
import type { Story } from '../setup/story.ts';
import { TcpProxy } from '../setup/tcp-proxy.ts';
import { ReadModelsStage } from './read-models-stage.ts';
import { newEvent, newNode } from './rows.ts';

describeReadModels('PGlite', () => openPglite());
const url = inject('postgresUrl');
if (url === undefined) skipBecause('DatabaseReadModels on pg', inject('postgresMissing') ?? '');
else {
  describeReadModels('pg', async () => openPg(url));
  describeLine(url);
}

const gateRows = [
  'sell A 4',
  'checkpoints c1',
  'enrol e1 d1 0',
  'enrol e2 d2 1',
  'scan d1 1 in 1',
  'scan d1 2 in junk !',
  'alone d2 in 1 admitted',
  'alone d2 in 2 admitted',
  'upload d2',
];

function describeReadModels(name: string, open: () => Promise<OpenDatabase>): void {
  describe(`DatabaseReadModels on ${name}`, () => {
    let opened: OpenDatabase;
    let stage: ReadModelsStage;
    let models: DatabaseReadModels;
    let story: Story;
    let event: EventId;

    beforeAll(async () => {
      opened = await open();
      stage = await ReadModelsStage.open(opened);
      models = stage.readModels;
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      story = soldStory();
      event = await stage.newShow();
    });

    const projectAll = async (of = story, to = event): Promise<void> => {
      await stage.project(await stage.place(to), storyPages(of, to));
    };
    /** The rows that a story makes, told in one piece. */
    const expected = async (of = story): Promise<Record<string, unknown[]>> => {
      const other = await stage.newShow();
      await projectAll(of, other);
      return stage.rows(other);
    };
    const empty = { sale_order: [], ticket: [], check_in: [], lot_sales: [], ledger_entry: [] };

    it('show every order as its actor does', async () => {
      await projectAll();
      for (const order of story.state.orders.values()) {
        const kept = await models.order(event, order.id);
        expect(kept).toMatchObject({ event, subject: story.state.holds.subjectAt(order.hold) });
        expect(kept).toHaveProperty('order', orderView(story.state, order));
      }
      expect(await models.order(event, story.id('o9'))).toBeUndefined();
    });

    it('show tickets as their actor does', async () => {
      await projectAll();
      for (const order of story.state.orders.values()) {
        const { tickets } = orderView(story.state, order);
        expect(await models.ticketsOf(event, order.id)).toEqual(tickets);
      }
    });

    it('show who came in, at once or told later', async () => {
      const gates = new GateStory();
      for (const row of gateRows) gates.tell(row);
      await projectAll(gates);
      const { check_in: rows } = await stage.rows(event);
      const told = (rows as Record<string, unknown>[]).map((row) =>
        [row.serial, row.entry_no, row.verdict, row.gate, row.is_offline].join(' '),
      );
      expect(told.sort()).toEqual([
        '1 1 admitted 0 false',
        '1 2 admitted 1 true',
        '2 1 admitted 1 true',
      ]);
    });

    it('count the units and the money of every lot', async () => {
      await projectAll();
      const lots = await models.salesOf(event);
      const numbers = [...story.state.lots.values()].map(({ id, held, sold }) => {
        return { lot: id, held, sold };
      });
      expect(lots).toMatchObject(numbers);
      // A: o1 two, o4, o7, o8; one of o1, o7 and o8 came back. B: o1 and o5; one of o1 came back.
      expect(lots).toMatchObject([
        { name: 'A', sold: 2, refunded: 3, grossCents: 50_000, refundedCents: 30_000 },
        { name: 'B', sold: 1, refunded: 1, grossCents: 10_000, refundedCents: 5_000 },
      ]);
    });

    it.each([1, 2, 3, 7])('make the same rows of pages of %i facts', async (size) => {
      await stage.project(await stage.place(event), storyPages(story, event, size));
      expect(await stage.rows(event)).toEqual(await expected());
    });

    it('make the same rows when one process goes on where another was cut off', async () => {
      const [first, second, ...rest] = storyPages(story, event, 10);
      const early = await stage.place(event);
      const moved = await models.project(early, projectionOf(first!));
      const next = await stage.place(event);
      expect(next.position).toBe(moved?.position);
      // The first one wakes up again: it may not write any more.
      expect(await models.project(moved!, projectionOf(second!))).toBeUndefined();
      await stage.project(next, [second!, ...rest]);
      expect(await stage.rows(event)).toEqual(await expected());
    });

    it('apply the same page once, however often it comes', async () => {
      const pages = storyPages(story, event, 10);
      let place = await stage.place(event);
      for (const page of pages) {
        const moved = await models.project(place, projectionOf(page));
        expect(await models.project(place, projectionOf(page))).toEqual(moved);
        place = moved!;
      }
      expect(await stage.rows(event)).toEqual(await expected());
    });

    it('send a projector that knows less than the database to where that is', async () => {
      const place = await stage.place(event);
      const [page] = storyPages(story, event, 10);
      await models.project(place, projectionOf(page!));
      const longer = projectionOf(storyPages(story, event, 20)[0]!);
      expect(await models.project(place, longer)).toEqual({ ...place, position: 10 });
    });

    it('let one of two that project at once write', async () => {
      const place = await stage.place(event);
      const [page] = storyPages(story, event);
      const both = [1, 2].map(() => models.project(place, projectionOf(page!)));
      expect(await Promise.all(both)).toEqual([
        { ...place, position: page!.to },
        { ...place, position: page!.to },
      ]);
      expect(await stage.rows(event)).toEqual(await expected());
    });

    it('forget a show for whoever makes it again, and make the same of it', async () => {
      await projectAll();
      const before = await stage.rows(event);
      const old = await stage.place(event);
      const place = await models.restart(event, await stage.newNode());
      expect(place).toMatchObject({ position: 0, epoch: old.epoch + 1 });
      expect(await stage.rows(event)).toEqual(empty);
      expect(await stage.followers.advance(old, old.position)).toBeUndefined();
      await stage.project(place!, storyPages(story, event, 9));
      expect(await stage.rows(event)).toEqual(before);
    });

    it('forget nothing for a process whose lease is over, or of a show that is not there', async () => {
      await projectAll();
      const before = await stage.rows(event);
      expect(await models.restart(event, newNode())).toBeUndefined();
      expect(await models.restart(newEvent(), await stage.newNode())).toBeUndefined();
      expect(await stage.rows(event)).toEqual(before);
    });

    it('forget one show alone', async () => {
      const other = await stage.newShow();
      for (const each of [event, other]) await projectAll(story, each);
      await models.restart(event, await stage.newNode());
      expect(await stage.rows(other)).toEqual(await expected());
    });

    describe('refuse, and keep nothing of', () => {
      const broken = async (change: (projection: Projection) => Partial<Projection>) => {
        const place = await stage.place(event);
        const projection = projectionOf(storyPages(story, event)[0]!);
        const projected = models.project(place, { ...projection, ...change(projection) });
        await expect(projected).rejects.toThrow(ReadModelsBrokenError);
        expect(await stage.rows(event)).toEqual(empty);
        expect(await models.positionOf(event)).toEqual({ generation: 1, position: 0 });
      };

      it('a serial that is issued twice', () =>
        broken(({ issued }) => ({ issued: [...issued, issued[0]!] })));
      it('a lot that is oversold', () =>
        broken(({ lots }) => ({ lots: lots.map((lot) => ({ ...lot, sold: 7 })) })));
      it('word of an order that is not there', () =>
        broken(({ newOrders }) => ({ newOrders: newOrders.slice(1) })));
      it('a ticket that is revoked twice', () =>
        broken(({ revoked }) => ({ revoked: [...revoked, revoked[0]!] })));
      it('a lot nobody opened', () => broken(() => ({ newLots: [] })));
      it('money that does not sum to zero', () =>
        broken(({ entries }) => ({ entries: entries.slice(1) })));
      it('money that moves from one order to another', () =>
        broken(({ entries: [first, ...rest] }) => {
          const entry: LedgerEntry = { ...first!, order: story.id<OrderId>('o2') };
          return { entries: [entry, ...rest] };
        }));
      it('a charge that is booked twice', () =>
        broken(({ entries }) => {
          const again = entries.filter(({ position }) => position === entries[0]!.position);
          return { entries: [...entries, ...again.map((each) => ({ ...each, position: 9_999 }))] };
        }));
    });

    it('let nobody change what is booked', async () => {
      await projectAll();
      const before = await stage.rows(event);
      for (const text of [
        'update ledger_entry set amount_cents = 1 where event_id = $1',
        'delete from ledger_entry where event_id = $1',
      ]) {
        const changed = opened.database.query({ name: text.slice(0, 6), text }, [event]);
        await expect(changed).rejects.toMatchObject({ code: '23001' });
      }
      const emptied = opened.database.query({ name: 'empty', text: 'truncate ledger_entry' }, []);
      await expect(emptied).rejects.toThrow(StatementError);
      expect(await stage.rows(event)).toEqual(before);
    });

    it('give the orders of a person page by page, newest first, and nobody else’s', async () => {
      const who = `w${newEvent().slice(0, 8)}`;
      const mine = soldStory(who);
      await projectAll(mine);
      const subject = mine.id<SubjectId>(who);
      const names: string[] = [];
      let after: Parameters<typeof models.ordersOf>[2];
      do {
        const page = await models.ordersOf(subject, 2, after);
        expect(page.orders.length).toBeLessThanOrEqual(2);
        names.push(...page.orders.map(({ order }) => order.id));
        after = page.next;
      } while (after !== undefined);
      expect(names).toEqual(['ob', 'o3', 'o2', 'o1'].map((each) => mine.id(each)));
      expect(await models.ordersOf(mine.id(`${who}x`), 10)).toEqual({ orders: [] });
    });

    it('say how far they are, and that they are behind what somebody saw', async () => {
      const pages = storyPages(story, event, 20);
      const place = await stage.place(event);
      const moved = await stage.project(place, pages.slice(0, 1));
      expect(await models.positionOf(event)).toEqual({ generation: 1, position: 20 });
      const order = story.id<OrderId>('o1');
      for (const [generation, position, isThere] of [
        [1, 20, true],
        [1, 21, false],
        [2, 1, false],
        [0, 999, true],
      ] as const) {
        const kept = await models.order(event, order, { generation, position });
        expect(kept === 'behind').toBe(!isThere);
      }
      expect(await models.ticketsOf(event, order, { generation: 1, position: 21 })).toBe('behind');
      expect(await models.salesOf(event, { generation: 1, position: 21 })).toBe('behind');
      await stage.project(moved!, pages.slice(1, 2));
      expect(await models.salesOf(event, { generation: 1, position: 21 })).toHaveLength(2);
    });

    it('wait a moment for what is just being projected', async () => {
      const place = await stage.place(event);
      let looks = 0;
      const after = (_: number, task: () => void) => {
        looks += 1;
        void stage.project(place, storyPages(story, event)).then(task);
        return { cancel() {} };
      };
      const clock = { monotonic: () => 0, after };
      const waiting = new DatabaseReadModels({ database: opened.database, clock });
      const point = { generation: 1, position: story.facts.length };
      expect(await waiting.order(event, story.id('o1'), point)).toMatchObject({ event });
      expect(looks).toBe(1);
    });

    it('keep names that a database would not', async () => {
      const odd = told([]);
      const fact = odd.facts.find((each) => each.fact.type === 'lot_opened')!.fact;
      Object.assign(fact, { name: 'a\0b\ud800c' });
      await projectAll(odd);
      expect(await models.salesOf(event)).toMatchObject([
        { name: 'a\ufffdb\ufffdc' },
        { name: 'B' },
      ]);
    });
  });
}

function describeLine(postgresUrl: string): void {
  describe('Read models without a database', () => {
    it('say unavailable to every question', async () => {
      const closed = new TcpProxy(postgresUrl);
      const nowhere = openPg(await closed.open());
      await closed.close();
      const models = new DatabaseReadModels({ database: nowhere.database, clock: systemClock });
      const [event, owner, id] = [newEvent(), newNode(), newNode() as string as OrderId];
      const place = { name: projectorName, event, owner, epoch: 1, position: 0, generation: 1 };
      const nothing = projectionOf({ event, generation: 1, from: 0, to: 1, facts: [] });
      for (const ask of [
        () => models.project(place, nothing),
        () => models.restart(event, owner),
        () => models.positionOf(event),
        () => models.order(event, id),
        () => models.ordersOf(id as string as SubjectId, 1),
        () => models.ticketsOf(event, id),
        () => models.salesOf(event),
      ]) {
        await expect(ask()).rejects.toThrow(ReadModelsUnavailableError);
      }
      await nowhere.close();
    });
  });
}
