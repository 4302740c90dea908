import type { EventId, OrderId, SubjectId } from '@ingressou/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OrderDetails, OrderDetailsStore, OrderName } from '../../src/ports/order-details.ts';
import { newId } from '../setup/node.ts';

export interface OpenOrderDetails {
  readonly store: OrderDetailsStore;
  close(): Promise<void>;
}

/** People who are nowhere else, so that a trace of them is one of ours. */
export const canaries: OrderDetails = {
  buyer: {
    name: 'Canária da Silva',
    email: 'canaria@example.com',
    cpf: '52998224725',
    phone: '5561987654321',
  },
  holders: [{ name: 'Canário Pereira' }, { name: "Canarinho d'Ávila ✓" }],
  card: {
    token: 'token_canary',
    installments: 3,
    billing: { line1: '7, Rua dos Canários', zipCode: '70000123', city: 'Brasília', uf: 'DF' },
    challenge: { transaction: 'challenge-canary' },
  },
};

/** What every store of details promises. An adapter is done when this passes. */
export function describeOrderDetails(name: string, open: () => Promise<OpenOrderDetails>): void {
  describe(`${name} keeps the OrderDetailsStore contract`, () => {
    let opened: OpenOrderDetails;
    let store: OrderDetailsStore;
    let order: OrderId;
    let subject: SubjectId;
    const event = newId<EventId>();
    const now = 1_767_225_600_000;
    const { buyer, holders } = canaries;
    const withoutCard = { buyer, holders };

    beforeAll(async () => {
      opened = await open();
      ({ store } = opened);
    });
    afterAll(() => opened.close());
    beforeEach(() => {
      order = newId<OrderId>();
      subject = newId<SubjectId>();
    });

    it('gives them back as they were told, to whoever knows the order', async () => {
      expect(await store.keep(order, event, subject, canaries, now)).toBe('kept');
      expect(await store.read(order)).toEqual({ event, subject, ...canaries });
      expect(await store.has(order, subject)).toBe(true);
      expect(await store.whose(order)).toEqual({ event, subject });
      expect(await store.whose(newId<OrderId>())).toBeUndefined();
      expect(await store.has(order, newId<SubjectId>())).toBe(false);
      expect(await store.has(newId<OrderId>(), subject)).toBe(false);
      expect(await store.read(newId<OrderId>())).toBeUndefined();
    });

    it('keeps the same once, however often and at once it is told', async () => {
      const told = Array.from({ length: 6 }, () =>
        store.keep(order, event, subject, canaries, now),
      );
      expect(new Set(await Promise.all(told))).toEqual(new Set(['kept']));
    });

    it('changes nothing once it is kept', async () => {
      await store.keep(order, event, subject, canaries, now);
      const other = { ...canaries, holders: [{ name: 'Outra Pessoa' }] };
      expect(await store.keep(order, event, subject, other, now)).toBe('changed_too_late');
      expect(await store.keep(order, event, subject, withoutCard, now)).toBe('changed_too_late');
      expect(await store.keep(order, event, newId<SubjectId>(), canaries, now)).toBe('taken');
      expect(await store.read(order)).toEqual({ event, subject, ...canaries });
    });

    it('lets one of several subjects that use the same id at once win', async () => {
      const subjects = Array.from({ length: 6 }, () => newId<SubjectId>());
      const outcomes = await Promise.all(
        subjects.map((each) => store.keep(order, event, each, canaries, now)),
      );
      expect(outcomes.filter((outcome) => outcome === 'kept')).toHaveLength(1);
      const winner = subjects[outcomes.indexOf('kept')];
      expect(await store.read(order)).toMatchObject({ subject: winner });
    });

    it('tells the people of many orders, and nothing of those it does not know', async () => {
      const [second, unknown] = [newId<OrderId>(), newId<OrderId>()];
      const erased = newId<SubjectId>();
      const gone = newId<OrderId>();
      await store.keep(order, event, subject, canaries, now);
      await store.keep(second, event, newId<SubjectId>(), withoutCard, now);
      await store.keep(gone, event, erased, canaries, now);
      await store.erase(erased);
      const people = await store.people([order, second, gone, unknown]);
      expect([...people.keys()].sort()).toEqual([order, second].sort());
      expect(people.get(order)).toEqual(withoutCard);
      expect(people.get(second)).toEqual(withoutCard);
      expect(await store.people([])).toEqual(new Map());
    });

    it('forgets a card and knows the details again', async () => {
      await store.keep(order, event, subject, canaries, now);
      await store.forgetCard(order);
      await store.forgetCard(order);
      expect(await store.read(order)).toEqual({ event, subject, ...withoutCard });
      expect(await store.keep(order, event, subject, canaries, now)).toBe('kept');
      expect(await store.read(order)).not.toHaveProperty('card');
    });

    it('erases all of one subject and nothing of another', async () => {
      const [second, others] = [newId<OrderId>(), newId<OrderId>()];
      await store.keep(order, event, subject, canaries, now);
      await store.keep(second, event, subject, withoutCard, now);
      await store.keep(others, event, newId<SubjectId>(), canaries, now);
      await store.erase(subject);
      await store.erase(subject);
      expect(await store.read(order)).toBeUndefined();
      expect(await store.read(second)).toBeUndefined();
      expect(await store.has(order, subject)).toBe(false);
      expect(await store.read(others)).toMatchObject(canaries);
    });

    it('says what a subject told, until it is erased', async () => {
      const second = newId<OrderId>();
      await store.keep(order, event, subject, canaries, now);
      await store.keep(second, event, subject, withoutCard, now);
      const orders = [order, second].sort().map((each) => ({ order: each, event }));
      expect(await store.toldBy(subject)).toEqual(orders);
      await store.erase(subject);
      expect(await store.toldBy(subject)).toEqual([]);
    });

    it('finds who gave a mail address, however it was written', async () => {
      const email = `${subject}@example.com`;
      const [others, nobody] = [newId<SubjectId>(), newId<SubjectId>()];
      const under = (email: string) => ({ ...withoutCard, buyer: { ...buyer, email } });
      await store.keep(order, event, subject, under(email), now);
      await store.keep(newId<OrderId>(), event, subject, canaries, now);
      await store.keep(newId<OrderId>(), event, others, under(email.toUpperCase()), now);
      await store.keep(newId<OrderId>(), event, nobody, under(`x${email}`), now);
      const found = await store.usersOf(` ${email} `);
      expect(new Map(found.map((user) => [user.subject, user]))).toEqual(
        new Map([
          [subject, { subject, orders: 1, otherOrders: 1 }],
          [others, { subject: others, orders: 1, otherOrders: 0 }],
        ]),
      );
      await store.erase(others);
      expect((await store.usersOf(email)).map((user) => user.subject)).toEqual([subject]);
    });

    it('leaves nothing that cannot be read when it erases while it keeps', async () => {
      const orders = Array.from({ length: 8 }, () => newId<OrderId>());
      const kept = orders.map((each) => store.keep(each, event, subject, canaries, now));
      await Promise.all([...kept, store.erase(subject)]);
      for (const each of orders) {
        const isThere = await store.has(each, subject);
        expect((await store.read(each)) !== undefined).toBe(isThere);
      }
    });

    it('sweeps what is old and of no order, once', async () => {
      const long = now - 1_000_000_000_000;
      const [made, fresh] = [newId<OrderId>(), newId<OrderId>()];
      for (const [each, at] of [
        [order, long],
        [made, long],
        [fresh, long + 1],
      ] as const) {
        await store.keep(each, event, subject, canaries, at);
      }
      const asked: OrderId[] = [];
      const known = async (orders: readonly OrderName[]) => {
        for (const each of orders) {
          expect(each.event).toBe(event);
          asked.push(each.order);
        }
        return new Set([made]);
      };
      expect(await store.sweep(long + 1, known)).toBe(2);
      expect(await store.sweep(long + 1, known)).toBe(0);
      expect([...asked].sort()).toEqual([order, made].sort());
      expect(await store.read(order)).toBeUndefined();
      expect(await store.read(made)).toBeDefined();
      expect(await store.read(fresh)).toBeDefined();
    });
  });
}
