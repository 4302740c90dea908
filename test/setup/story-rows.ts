import fc from 'fast-check';

const buyers = ['ana', 'bia', 'caio'] as const;
const number = fc.integer({ min: 1, max: 6 });
/** Nearly always the buyer whose hold and order have this number. */
const isTheirs = fc.integer({ min: 1, max: 12 }).map((chance) => chance > 1);
const whose = fc.tuple(number, isTheirs).map(([n, isOwn]) => {
  const buyer = buyers[(isOwn ? n : n + 1) % buyers.length];
  return { buyer, hold: `h${n}`, order: `o${n}` };
});
/** Of an order, the hold of the same number or another one of the same buyer. */
const holdOf = fc.constantFrom('same', 'same', 'same', 'other');
const own = fc.constantFrom('x1', 'x2', 'x3', 'x4', 'x5', 'x6');
const charge = fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'k8');
const quantity = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0, 5) },
);
const lot = fc.constantFrom('A', 'A', 'A', 'B', 'B', 'Z');
const cents = fc.constantFrom('', '', '', '', '', ' 1', ' 99999', ' 10000');
const phone = fc.constantFrom('red', 'red move', 'blue', 'blue move', 'nobody');
const serials = fc.oneof(
  fc.constant(''),
  fc.nat(6).map((serial) => ` ${serial}`),
  fc.constant(' 1 2'),
);

/** Any one thing, of a house with a fee, the lots A and B, and an open sale. */
export const anyRow: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(whose, lot, quantity)
      .map(([{ hold, buyer }, l, q]) => `reserve ${hold} ${buyer} ${l} ${q}`),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(whose, quantity, quantity)
      .map(([{ hold, buyer }, a, b]) => `reserve ${hold} ${buyer} A ${a} B ${b}`),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('extend', 'extend', 'release'), own, whose)
      .map(([verb, x, { buyer, hold }]) => `${verb} ${x} ${buyer} ${hold}`),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(whose, number, holdOf).map(([{ order, buyer, hold }, n, which]) => {
      return `checkout ${which === 'same' ? order : `o${n}`} ${buyer} ${hold}`;
    }),
  },
  {
    weight: 9,
    arbitrary: fc.tuple(charge, whose, cents).map(([k, { order }, c]) => `pay ${k} ${order}${c}`),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(own, whose, isTheirs, serials).map(([x, { buyer, order }, isOwn, some]) => {
      return `refund ${x} ${isOwn ? buyer : '-'} ${order}${some}`;
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(own, whose).map(([x, { buyer, order }]) => `cancel ${x} ${buyer} ${order}`),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('begin', 'fail', 'chargeback'), charge, whose)
      .map(([verb, k, { order }]) => `${verb} ${k} ${order}`),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(own, whose, number, phone).map(([x, { buyer, order }, serial, p]) => {
      return `bind ${x} ${buyer} ${order} ${serial} ${p}`;
    }),
  },
  { weight: 1, arbitrary: fc.tuple(own, number).map(([x, serial]) => `free ${x} ${serial}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('x1', 'x2', 'x3', 'stray:k1', 'stray:k2', 'excess:k1'), whose)
      .map(([refund, { order }]) => `back ${refund} ${order}`),
  },
  { weight: 2, arbitrary: whose.map(({ order }) => `sign ${order}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('pause p1', 'open q1', 'open q2 2m', 'open q3', 'open q4'),
  },
  { weight: 4, arbitrary: fc.constantFrom('wait 1m', 'wait 1m', 'wait 6m', 'wait 12m') },
  { weight: 1, arbitrary: fc.constantFrom('wait 25h', 'wait 8d', 'undo u1') },
);

/** What a buyer does one after the other, up to some point. */
const steps = fc.integer({ min: 2, max: 7 });
const purchase = fc.tuple(whose, steps, fc.boolean()).map(([each, count, isDisputed]) => {
  const { buyer, hold, order } = each;
  const paying = `k-${order}`;
  return [
    `reserve ${hold} ${buyer} A 1 B 1`,
    `checkout ${order} ${buyer} ${hold}`,
    `begin ${paying} ${order}`,
    `pay ${paying} ${order}`,
    `sign ${order}`,
    isDisputed ? `chargeback ${paying} ${order}` : `refund r-${order} ${buyer} ${order}`,
    `back r-${order} ${order}`,
  ].slice(0, count);
});

/** Rows of a story in which anything may happen, and now and then what should. */
export const anyRows: fc.Arbitrary<string[]> = fc
  .array(
    fc.oneof(
      { weight: 7, arbitrary: anyRow.map((row) => [row]) },
      { weight: 1, arbitrary: purchase },
    ),
    { maxLength: 60, size: 'max' },
  )
  .map((lists) => lists.flat());
