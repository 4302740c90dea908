import type { EventId } from '@ingressou/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storyPages, told } from '../../../test/setup/sold-story.ts';
import type { Story } from '../../../test/setup/story.ts';
import { orderView } from '../../domain/order-view.ts';
import type { Account, Projection } from '../../ports/projection.ts';
import { projectionOf } from './projection-of.ts';

// Buyers who do anything in any order, with money that comes as it likes.
const nth = fc.nat(5);
const buyer = fc.constantFrom('ana', 'bia', 'caio');
const row: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(nth, buyer, fc.integer({ min: 1, max: 3 })).map(([n, who, count]) => {
    return `reserve h${n} ${who} A ${count} B 1`;
  }),
  fc.tuple(nth, buyer, nth).map(([n, who, hold]) => `checkout o${n} ${who} h${hold}`),
  fc.tuple(nth, nth).map(([charge, n]) => `pay k${charge} o${n}`),
  fc.tuple(nth, nth, fc.integer({ min: 1, max: 60_000 })).map(([charge, n, cents]) => {
    return `pay k${charge} o${n} ${cents}`;
  }),
  fc.tuple(nth, nth).map(([attempt, n]) => `fail t${attempt} o${n}`),
  fc.tuple(nth, nth).map(([charge, n]) => `begin k${charge} o${n}`),
  fc.tuple(nth, buyer, nth).map(([n, who, order]) => `cancel x${n} ${who} o${order}`),
  fc.tuple(nth, nth).map(([n, order]) => `refund r${n} - o${order}`),
  fc.tuple(nth, nth, nth).map(([n, order, serial]) => `refund s${n} - o${order} ${serial + 1}`),
  fc
    .tuple(fc.constantFrom('r', 's', 'stray:k', 'excess:k', 'cancelled:o'), nth, nth)
    .map(([kind, n, order]) => `back ${kind}${n} o${order}`),
  fc.tuple(nth, nth).map(([charge, n]) => `chargeback k${charge} o${n}`),
  nth.map((n) => `sign o${n}`),
  fc.constantFrom('wait 3m', 'wait 13m'),
);

/** Things that would hardly ever happen by themselves: an order, and money for it at some time. */
const purchase: fc.Arbitrary<string[]> = fc
  .tuple(nth, buyer, fc.constantFrom([], ['wait 3m'], ['wait 13m'], ['fail t9 oN']))
  .map(([n, who, meanwhile]) => [
    `reserve h${n} ${who} A 1`,
    `checkout o${n} ${who} h${n}`,
    ...meanwhile.map((each) => each.replace('N', String(n))),
    `pay k${n} o${n}`,
  ]);
const sale = fc
  .array(
    fc.oneof(
      row.map((each) => [each]),
      purchase,
    ),
    { maxLength: 40 },
  )
  .map((rows) => rows.flat());

/** Everything that happened, from one projection for each fact. */
function projections(story: Story): Projection[] {
  return storyPages(story, story.state.event as EventId, 1).map(projectionOf);
}

function balances(changes: readonly Projection[]): Record<Account, number> {
  const sums = {
    ...{ provider: 0, producer: 0, fee: 0, refunds_due: 0, stray: 0 },
    ...{ gate_cash: 0, gate_card: 0, gate_pix: 0, gate: 0, gate_sales: 0 },
  };
  for (const { account, amountCents } of changes.flatMap(({ entries }) => entries)) {
    sums[account] += amountCents;
  }
  return sums;
}

/** What the valid tickets of a show cost, and their fees. */
function worth({ state }: Story): { readonly price: number; readonly fee: number } {
  let [price, fee] = [0, 0];
  for (const order of state.orders.values()) {
    const { lines, tickets } = orderView(state, order);
    for (const { lot } of tickets.filter(({ status }) => status === 'valid')) {
      const line = lines.find((each) => each.lot === lot);
      price += line?.priceCents ?? Number.NaN;
      fee += line?.feeCents ?? Number.NaN;
    }
  }
  return { price, fee };
}

describe('Whatever happens in a sale', () => {
  it('is what its projections and its ledger say', () => {
    fc.assert(
      fc.property(sale, fc.boolean(), (rows, isUndone) => {
        const story = told([]);
        for (const each of isUndone ? [...rows, 'undo z1', 'wait 1m'] : rows) story.tell(each);
        const changes = projections(story);
        const left = balances(changes);
        const { price, fee } = worth(story);
        let due = 0;
        for (const { amountCents } of story.state.refunds.values()) due += amountCents;
        expect(left).toMatchObject({ producer: 0 - price, fee: 0 - fee, stray: 0 });
        expect(left.refunds_due).toBe(0 - due);
        expect(left.provider).toBe(price + fee + due);

        for (const lot of story.state.lots.values()) {
          const own = changes.flatMap(({ lots }) => lots.filter((each) => each.lot === lot.id));
          expect(own.reduce((sum, { held }) => sum + held, 0)).toBe(lot.held);
          expect(own.reduce((sum, { sold }) => sum + sold, 0)).toBe(lot.sold);
        }
      }),
      { numRuns: 300 },
    );
  });
});
