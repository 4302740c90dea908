import { randomUUID } from 'node:crypto';
import type { EventId, OrderId } from '@ingressou/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {
  ChargeOrigin,
  PaymentAttempt,
  PaymentRecords,
  RefundRecord,
} from '../../src/ports/payment-records.ts';
import type { ChargeStatus, ProviderCharge } from '../../src/ports/payments.ts';
import { newId } from '../setup/node.ts';

export interface OpenPaymentRecords {
  readonly records: PaymentRecords;
  close(): Promise<void>;
}

const minutes = 60_000;

/** What all PaymentRecords promise. An adapter is done when this passes. */
export function describePaymentRecords(
  name: string,
  open: () => Promise<OpenPaymentRecords>,
): void {
  describe(`${name} keep the PaymentRecords contract`, () => {
    let opened: OpenPaymentRecords;
    let records: PaymentRecords;
    let attempt: PaymentAttempt;
    // Each test has a time of its own, so that what others left is not due.
    let now = 1_000_000_000_000 + Math.trunc(performance.timeOrigin % 1e8) * 1_000;

    beforeAll(async () => {
      opened = await open();
      ({ records } = opened);
    });
    afterAll(() => opened.close());
    beforeEach(() => {
      now -= 30 * 24 * 60 * minutes;
      attempt = newAttempt(now);
    });

    const dueIds = async (at: number) =>
      (await records.dueForCheck(at, 100)).map(({ order }) => order);

    it('give an attempt back, with what was recorded of it first', async () => {
      await records.saveAttempt(attempt);
      expect(await records.attemptsOf(attempt.order)).toEqual([{ ...attempt, charges: [] }]);
      const answered = {
        ...attempt,
        providerOrder: 'or_1',
        amountCents: 1,
        method: 'card',
      } as const;
      await records.saveAttempt(answered);
      await records.saveAttempt({ ...answered, providerOrder: 'or_2' });
      const [kept] = await records.attemptsOf(attempt.order);
      expect(kept).toEqual({ ...attempt, providerOrder: 'or_1', charges: [] });
    });

    it('give all attempts of an order in their order, each with its charges', async () => {
      await records.saveAttempt({ ...attempt, attempt: 2 });
      await records.saveAttempt(attempt);
      const first = newCharge({ status: 'failed', refusal: 'card_refused' });
      const second = newCharge({ pix: { code: '000201', expiresAt: now } });
      await records.noteCharge(second, originOf({ ...attempt, attempt: 2 }));
      await records.noteCharge(first, originOf(attempt));
      const known = await records.attemptsOf(attempt.order);
      expect(known.map(({ attempt: number }) => number)).toEqual([1, 2]);
      expect(known[0]?.charges).toMatchObject([{ id: first.id, refusal: 'card_refused' }]);
      expect(known[1]?.charges).toMatchObject([{ id: second.id, pix: second.pix }]);
    });

    it('end with the same, in whatever order things are told of a charge', async () => {
      await fc.assert(
        fc.asyncProperty(fc.shuffledSubarray([...life], { minLength: 1 }), async (told) => {
          const { id } = newCharge({});
          const origin = originOf(newAttempt(now));
          const notes = told.map((status) => noteOf(id, status));
          for (const note of [...notes, ...notes]) await records.noteCharge(note, origin);
          const shuffled = newCharge({}).id;
          for (const { status } of [...notes].reverse()) {
            await records.noteCharge(noteOf(shuffled, status), origin);
          }
          const [one, other] = await records.chargesOf(origin.order!);
          expect({ ...one, id: '' }).toEqual({ ...other, id: '' });
          const last = life.findLast((status) => told.includes(status));
          expect(one?.status).toBe(last);
        }),
        { numRuns: 15 },
      );
    });

    it('take what is told at once as if it were told one by one', async () => {
      const { id } = newCharge({});
      const origin = originOf(attempt);
      await Promise.all(life.map((status) => records.noteCharge(noteOf(id, status), origin)));
      expect(await records.chargesOf(attempt.order)).toMatchObject([
        { id, status: 'chargedback', paidCents: 5_980, refundedCents: 5_980, isFinal: true },
      ]);
    });

    it('have an effect once, with its record or not at all', async () => {
      const message = randomUUID();
      const effect = () => records.once('test', message, (book) => book.saveAttempt(attempt));
      const broken = records.once('test', message, async (book) => {
        await book.saveAttempt({ ...attempt, attempt: 7 });
        throw new RangeError('broken');
      });
      await expect(broken).rejects.toThrow(RangeError);
      expect(await records.attemptsOf(attempt.order)).toEqual([]);
      const outcomes = await Promise.all([effect(), effect(), effect()]);
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(await effect()).toBe(false);
      expect(await records.once('another', message, async () => {})).toBe(true);
      expect(await records.attemptsOf(attempt.order)).toHaveLength(1);
    });

    it('forget what was handled long ago', async () => {
      const message = randomUUID();
      await records.once('test', message, async () => {});
      await records.forgetHandled(0);
      expect(await records.once('test', message, async () => {})).toBe(false);
    });

    it('say when to ask about an attempt, until everybody knows its end', async () => {
      await records.saveAttempt(attempt);
      expect(await dueIds(now + 4_999)).not.toContain(attempt.order);
      expect(await dueIds(now + 5_000)).toContain(attempt.order);
      expect(await dueIds(now + 5_001)).not.toContain(attempt.order);
      await records.noteCharge(newCharge({ status: 'pending' }), originOf(attempt));
      expect(await dueIds(now + 10_000)).toContain(attempt.order);
      // Only the show makes an order paid: until it has heard, the provider is asked again.
      await records.noteCharge(newCharge({ status: 'paid' }), originOf(attempt));
      expect(await dueIds(now + 15_000)).toContain(attempt.order);
      await records.endChecks(attempt.order, attempt.attempt);
      expect(await dueIds(now + 60 * minutes)).not.toContain(attempt.order);
      await records.saveAttempt({ ...attempt, providerOrder: 'or_3' });
      expect(await dueIds(now + 60 * minutes)).not.toContain(attempt.order);
    });

    it('begin again for one that was over', async () => {
      await records.saveAttempt(attempt);
      await records.endChecks(attempt.order, attempt.attempt);
      await records.checkAgain(attempt.order, attempt.attempt, now + 60 * minutes);
      expect(await dueIds(now + 59 * minutes)).not.toContain(attempt.order);
      expect(await dueIds(now + 60 * minutes)).toContain(attempt.order);
    });

    it('stop after a week', async () => {
      await records.saveAttempt(attempt);
      expect(await dueIds(now + 8 * 24 * 60 * minutes)).toContain(attempt.order);
      expect(await dueIds(now + 9 * 24 * 60 * minutes)).not.toContain(attempt.order);
    });

    it('give each due attempt to one of several that ask at once, at most as many as asked', async () => {
      const attempts = Array.from({ length: 6 }, () => newAttempt(now));
      for (const each of attempts) await records.saveAttempt(each);
      const asked = Array.from({ length: 4 }, () => records.dueForCheck(now + 5_000, 2));
      const given = await Promise.all(asked);
      for (const each of given) expect(each.length).toBeLessThanOrEqual(2);
      const orders = given.flat().map(({ order }) => order);
      expect(new Set(orders).size).toBe(orders.length);
      const rest = await dueIds(now + 5_000);
      const all = [...orders, ...rest].filter((order) => attempts.some((a) => a.order === order));
      expect(all.sort()).toEqual(attempts.map(({ order }) => order).sort());
    });

    it('follow a refund until it is done, and no further', async () => {
      const refund = newRefund(attempt, now);
      await records.saveRefund(refund);
      await records.saveRefund(refund);
      expect(await records.refundsOf(attempt.order)).toEqual([refund]);
      const later = { ...refund, status: 'sent', tries: 1, nextTryAt: now + 5 } as const;
      await records.saveRefund(later);
      expect(await records.refundsOf(attempt.order)).toEqual([later]);
      const { nextTryAt: _, ...rest } = later;
      const done = { ...rest, status: 'done', answer: 'refunded' } as const;
      await records.saveRefund(done);
      await records.saveRefund({ ...done, status: 'failed' });
      expect(await records.refundsOf(attempt.order)).toEqual([done]);
    });

    it('give each refund that is due to one of several for a minute', async () => {
      const refund = newRefund(attempt, now);
      await records.saveRefund(refund);
      const mine = (given: readonly RefundRecord[]) => given.filter(({ id }) => id === refund.id);
      expect(mine(await records.refundsDue(now - 1, 100))).toEqual([]);
      const given = await Promise.all([1, 2, 3].map(() => records.refundsDue(now, 100)));
      expect(given.flatMap(mine)).toHaveLength(1);
      expect(mine(await records.refundsDue(now + 59_999, 100))).toEqual([]);
      expect(mine(await records.refundsDue(now + 60_000, 100))).toHaveLength(1);
    });

    it('know paid charges that nobody asked for until they are given back', async () => {
      await records.saveAttempt(attempt);
      const paid = newCharge({ status: 'paid', paidCents: 5_980 });
      const foreign = newCharge({ status: 'paid', paidCents: 5_980 });
      const unknown = newCharge({ status: 'paid', paidCents: 5_980 });
      await records.noteCharge(paid, originOf(attempt));
      await records.noteCharge(foreign, { providerOrder: 'or_x' });
      await records.noteCharge(unknown, originOf({ ...attempt, attempt: 9 }));
      await records.noteCharge(newCharge({}), { providerOrder: 'or_y' });
      const ids = async () => (await records.strays(1_000)).map(({ id }) => id);
      expect(await ids()).toEqual(expect.arrayContaining([foreign.id, unknown.id]));
      expect(await ids()).not.toContain(paid.id);
      const back = { ...newRefund(attempt, now), order: undefined, event: undefined };
      await records.saveRefund({ ...back, charge: foreign.id });
      expect(await ids()).not.toContain(foreign.id);
    });
  });
}

const life: readonly ChargeStatus[] = [
  'pending',
  'processing',
  'authorized',
  'failed',
  'paid',
  'underpaid',
  'overpaid',
  'canceled',
  'chargedback',
];

function newAttempt(madeAt: number): PaymentAttempt {
  return {
    event: newId<EventId>(),
    order: newId<OrderId>(),
    attempt: 1,
    method: 'pix',
    amountCents: 5_980,
    madeAt,
    payBy: madeAt + 15 * minutes,
  };
}

function originOf({ order, event, attempt }: PaymentAttempt): ChargeOrigin {
  return { providerOrder: 'or_1', order, event, attempt };
}

function newCharge(changes: Partial<ProviderCharge>): ProviderCharge {
  return {
    id: `ch_${randomUUID()}`,
    status: 'pending',
    method: 'pix',
    amountCents: 5_980,
    paidCents: 0,
    refundedCents: 0,
    refundingCents: 0,
    split: [],
    ...changes,
  };
}

/** What a provider says of a charge at that time of its life. */
function noteOf(id: string, status: ChargeStatus): ProviderCharge {
  const isPaid = life.indexOf(status) >= life.indexOf('paid');
  const isOver = status === 'canceled' || status === 'chargedback';
  return newCharge({
    id,
    status,
    paidCents: isPaid ? 5_980 : 0,
    refundedCents: isOver ? 5_980 : 0,
    ...(status === 'pending' && { pix: { code: '000201', expiresAt: 1 } }),
    ...(status === 'failed' && { refusal: 'card_refused' }),
  });
}

function newRefund({ order, event }: PaymentAttempt, nextTryAt: number): RefundRecord {
  const id = `refund:${randomUUID()}`;
  const charge = `ch_${randomUUID()}`;
  return { id, order, event, charge, amountCents: 100, status: 'due', tries: 0, nextTryAt };
}
