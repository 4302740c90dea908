import { expect, it } from 'vitest';
import { Random } from '../../../test/simulation/random.ts';
import { documentOf, drawOrders, ticketsMax } from './paid-orders.ts';

it('draws orders of one to four tickets with dense serials, the same for a seed', () => {
  const orders = drawOrders(200, new Random(1, 'issue'));
  const sizes = orders.map(({ tickets }) => tickets.length);
  expect(new Set(sizes)).toEqual(new Set([1, 2, 3, ticketsMax]));
  const serials = orders.flatMap(({ tickets }) => tickets.map(({ serial }) => serial));
  expect(serials).toEqual(serials.map((_, index) => index + 1));
  expect(drawOrders(200, new Random(1, 'issue'))).toEqual(orders);
});

it('prints each code under the serial it was signed for', () => {
  const [order] = drawOrders(1, new Random(1, 'issue'));
  const codes = order!.tickets.map(({ serial, revision }) => {
    return { serial, revision, keyId: 1, code: `CODE ${serial}` };
  });
  const { tickets } = documentOf(order!, codes);
  expect(tickets.map(({ serial, code }) => [serial, code])).toEqual(
    codes.map(({ serial, code }) => [serial, code]),
  );
});
