import { randomUUID } from 'node:crypto';
import { type OrderId, parseId } from '@ingressou/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Deliveries,
  type DeliveryStatus,
  deliveryStatuses,
  type OutgoingDelivery,
} from '../../src/ports/deliveries.ts';
import { newEvent } from './rows.ts';

export interface OpenDeliveries {
  readonly deliveries: Deliveries;
  close(): Promise<void>;
}

/** What every Deliveries promises. An adapter is done when this passes. */
export function describeDeliveries(name: string, open: () => Promise<OpenDeliveries>): void {
  describe(`${name} keeps the Deliveries contract`, () => {
    let opened: OpenDeliveries;
    let deliveries: Deliveries;
    beforeAll(async () => {
      opened = await open();
      ({ deliveries } = opened);
    });
    afterAll(() => opened.close());

    const recorded = async (changes: Partial<OutgoingDelivery> = {}): Promise<OutgoingDelivery> => {
      const order = parseId<OrderId>(randomUUID());
      const id = `notification.email:${order}`;
      const delivery = { id, kind: 'mail', event: newEvent(), order, ...changes } as const;
      await deliveries.record(delivery);
      return delivery;
    };
    const statusOf = async ({ order, id }: OutgoingDelivery): Promise<DeliveryStatus | undefined> =>
      (await deliveries.of(order)).find((each) => each.id === id)?.status;

    it('notes what leaves once, and does not forget how far it came', async () => {
      const mail = await recorded();
      const message = await recorded({
        order: mail.order,
        event: mail.event,
        kind: 'whatsapp',
        id: `notification.whatsapp:${mail.order}`,
      });
      await deliveries.raise([{ ourId: mail.id, messageId: 'x-1', status: 'delivered' }]);
      await deliveries.record(mail);
      expect(await deliveries.of(mail.order)).toEqual([
        { ...mail, messageId: 'x-1', status: 'delivered' },
        { ...message, messageId: undefined, status: 'unsent' },
      ]);
    });

    it('forgets what deliverers call it, and does not learn it again', async () => {
      const mail = await recorded();
      const silent = { order: mail.order, event: mail.event, id: `${mail.id}:silent` };
      await recorded(silent);
      const other = await recorded();
      const word = { messageId: 'x-1', status: 'accepted' } as const;
      await deliveries.raise([mail, other].map(({ id: ourId }) => ({ ourId, ...word })));
      expect(await deliveries.forgetNames(mail.order)).toBe(1);
      expect(await deliveries.forgetNames(mail.order)).toBe(0);
      const later = { messageId: 'x-2', status: 'delivered' } as const;
      await deliveries.raise([mail.id, silent.id].map((ourId) => ({ ourId, ...later })));
      const names = (await deliveries.of(mail.order)).map(({ messageId, status }) => [
        messageId,
        status,
      ]);
      expect(names).toEqual([
        [undefined, 'delivered'],
        [undefined, 'delivered'],
      ]);
      expect((await deliveries.of(other.order))[0]?.messageId).toBe('x-1');
    });

    it('knows nothing of other orders', async () => {
      await recorded();
      expect(await deliveries.of(parseId<OrderId>(randomUUID()))).toEqual([]);
    });

    it('says how many rose, and passes over what it does not know', async () => {
      const [a, b] = [await recorded(), await recorded()];
      const words = [a.id, b.id, 'unknown'].map((ourId) => ({ ourId, status: 'sent' }) as const);
      expect(await deliveries.raise(words)).toBe(2);
      expect(await deliveries.raise(words)).toBe(0);
      expect(await deliveries.raise([])).toBe(0);
      expect([await statusOf(a), await statusOf(b)]).toEqual(['sent', 'sent']);
    });

    it('keeps the id of the first attempt that has one, at whatever status', async () => {
      const delivery = await recorded();
      await deliveries.raise([{ ourId: delivery.id, status: 'delivered' }]);
      await deliveries.raise([{ ourId: delivery.id, messageId: 'x-1', status: 'accepted' }]);
      await deliveries.raise([{ ourId: delivery.id, messageId: 'x-2', status: 'read' }]);
      const [kept] = await deliveries.of(delivery.order);
      expect(kept).toMatchObject({ messageId: 'x-1', status: 'read' });
    });

    it.each([
      [['sent', 'failed'], 'failed'],
      [['failed', 'sent'], 'failed'],
      // The first attempt failed, the second arrived.
      [['failed', 'accepted', 'delivered'], 'delivered'],
      // A mailbox sends back what its server had taken.
      [['delivered', 'bounced'], 'bounced'],
      [['bounced', 'delivered'], 'bounced'],
      [['read', 'bounced', 'delivered', 'failed'], 'read'],
    ] as const)('%j ends as %s', async (statuses, end) => {
      const delivery = await recorded();
      for (const status of statuses) await deliveries.raise([{ ourId: delivery.id, status }]);
      expect(await statusOf(delivery)).toBe(end);
    });

    it('ends the same whatever the order, the repetition and the batches of the words', async () => {
      const said = fc.array(fc.constantFrom(...deliveryStatuses), { minLength: 1, maxLength: 8 });
      const told = said.chain((words) =>
        fc.tuple(
          fc.constant(words),
          // Every word at least once, some again, shuffled.
          fc.array(fc.constantFrom(...words), { maxLength: 4 }).chain((again) => {
            const all = [...words, ...again];
            return fc.shuffledSubarray(all, { minLength: all.length });
          }),
          fc.integer({ min: 1, max: 4 }),
        ),
      );
      await fc.assert(
        fc.asyncProperty(told, async ([words, order, batch]) => {
          const delivery = await recorded();
          for (let begin = 0; begin < order.length; begin += batch) {
            const batched = order.slice(begin, begin + batch);
            await deliveries.raise(batched.map((status) => ({ ourId: delivery.id, status })));
          }
          const strongest = Math.max(...words.map((word) => deliveryStatuses.indexOf(word)));
          expect(await statusOf(delivery)).toBe(deliveryStatuses[strongest]);
        }),
        { numRuns: 60 },
      );
    });

    it('ends the same when batches about the same deliveries come at once', async () => {
      const all = await Promise.all(Array.from({ length: 10 }, () => recorded()));
      const batches = deliveryStatuses.map((status, turn) => {
        const words = all.map(({ id }) => ({ ourId: id, status }));
        return turn % 2 === 0 ? words : words.reverse();
      });
      await Promise.all(batches.map((batch) => deliveries.raise(batch)));
      for (const delivery of all) expect(await statusOf(delivery)).toBe('read');
    });
  });
}
