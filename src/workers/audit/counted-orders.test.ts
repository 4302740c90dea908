import { describe, expect, it } from 'vitest';
import { minute, Story } from '../../../test/setup/story.ts';
import type { Fact, FactOf } from '../../domain/facts.ts';
import type { Invariant } from './promises.ts';
import { ReferenceModel } from './reference-model.ts';

// Orders that the rules made, and then something in their history that they would never write.
// The fee is 10 %. dora's o4 has expired, ana's o1 is due, and bia's o2 is paid: serial 1 is of lot
// A, serial 2 of lot B. caio holds h3 and has no order, eva gave up o5.

const past = [
  ...['create c 9 1000', 'lot A 5', 'lot B 5 5000', 'open q'],
  ...['reserve h4 dora B 1', 'checkout o4 dora h4', 'wait 12m'],
  ...['reserve h1 ana A 2', 'checkout o1 ana h1'],
  ...['reserve h2 bia A 1 B 1', 'checkout o2 bia h2', 'pay k2 o2'],
  'reserve h3 caio A 1',
  ...['reserve h5 eva A 1', 'checkout o5 eva h5', 'cancel x5 eva o5'],
];

interface Told {
  readonly fact: Fact;
  readonly at: number;
}

describe('a history of orders that is as it should be', () => {
  it.each<readonly string[]>([
    ['pay k1 o1'],
    ['pay k1 o1 30000', 'refund r1 ana o1 3', 'back excess:k1 o1', 'back r1 o1'],
    ['fail t1 o1', 'checkout o6 ana h1', 'pay k6 o6', 'pay k1 o1', 'back stray:k1 o1'],
    ['pay k1 o1', 'pay k1 o1 50000', 'back stray:k1:50000 o1', 'pay k1 o1 50001'],
    ['pay k4 o4', 'refund r1 dora o4', 'reserve h7 dora B 2'],
    ['pay k1 o1 5', 'pay k9 o9 7', 'pay k5 o5', 'pay k3 o2'],
    ['refund r1 bia o2 1', 'chargeback k2 o2'],
    ['undo u1', 'wait 1m', 'pay k1 o1', 'pay k4 o4'],
    ['undo u1', 'wait 1h'],
    ['begin k1 o1', 'wait 12m', 'wait 13h', 'wait 13h', 'pay k1 o1'],
  ])('breaks no promise: %s %s …', (...rows) => {
    expect(found([...pastOf(), ...after(...rows)])).toEqual([]);
  });
});

const nonsense: readonly [sentence: string, breaks: readonly Invariant[], tail: () => Told[]][] = [
  ['an order is made twice', ['order_once'], () => [madeOf('o1')]],
  ['a hold has two open orders', ['order_once'], () => changed([madeOf('o1')], { id: id('o9') })],
  [
    'an order is made of a hold that is over',
    ['order_once'],
    () => changed([madeOf('o5')], { id: id('o9') }),
  ],
  [
    'an order is made of the hold of somebody else',
    ['order_once'],
    () => changed(after('checkout o3 caio h3'), { subject: id('ana') }),
  ],
  [
    'an order is of other items than its hold',
    ['order_once', 'money_once'],
    () => changed(after('checkout o3 caio h3'), { items: [] }),
  ],
  [
    'an order is to be paid at once',
    ['order_once'],
    () => changed(after('checkout o3 caio h3'), { payBy: pastOf().at(-1)!.at }),
  ],
  [
    'an order leaves no time for word of its payment',
    ['order_once'],
    () => changed(after('checkout o3 caio h3'), { expiresAt: pastOf().at(-1)!.at + 10 * minute }),
  ],
  [
    'an order is made of a cancelled show',
    ['order_once'],
    () => [...after('undo u1'), ...after('checkout o3 caio h3')],
  ],
  [
    'an order is given up twice',
    ['order_once', 'hold_once'],
    () => twice(after('cancel x1 ana o1'), { id: id('x9') }),
  ],
  [
    'a payment is refused twice',
    ['order_once'],
    () => twice(after('fail t1 o1'), { id: 'refused:t2' }),
  ],
  ['a paid order is refused', ['order_once'], () => about('o2', after('fail t1 o1'))],
  ['a paid order begins to be paid', ['order_once'], () => about('o2', after('begin k9 o1'))],
  [
    'a hold expires and its order does not',
    ['order_once'],
    () => changed(after('wait 12m').slice(-1), { order: undefined }),
  ],
  [
    'an order that was given up is paid',
    ['order_once', 'hold_once', 'money_once'],
    () => changed(about('o5', after('pay k1 o1'), 'h5', 'eva'), { isLate: true }),
  ],
  [
    'an order that nobody made is paid',
    ['order_once', 'money_once'],
    () => about('o9', after('pay k1 o1')),
  ],
  [
    'an order is paid for another hold',
    ['order_once', 'hold_items'],
    () => about('o1', after('pay k1 o1'), 'h3', 'caio'),
  ],
  [
    'an order is paid late before it is late',
    ['order_once', 'hold_once'],
    () => changed(after('pay k1 o1'), { isLate: true }),
  ],
  [
    'a late payment takes the place of somebody else',
    ['no_oversell'],
    () => [...after('reserve h7 caio B 4'), ...after('pay k4 o4')],
  ],
  [
    'an order of a cancelled show is paid',
    ['order_once'],
    () => [...after('undo u1'), ...after('pay k1 o1')],
  ],
  ['tickets have codes before they are paid', ['order_once'], () => about('o1', after('sign o2'))],

  [
    'an order costs less than its tickets',
    ['money_once'],
    () => changed(after('checkout o3 caio h3'), { ticketsCents: 9_999 }),
  ],
  [
    'an order costs no fee',
    ['money_once'],
    () => changed(after('checkout o3 caio h3'), { feeCents: 0 }),
  ],
  [
    'an order is paid twice',
    ['money_once', 'hold_once'],
    () => [...after('pay k1 o1'), ...by('k9', after('pay k1 o1').slice(0, 1))],
  ],
  ['a charge pays two orders', ['money_once'], () => by('k2', after('pay k1 o1'))],
  [
    'an order is paid with less than it costs',
    ['money_once'],
    () => changed(after('pay k1 o1'), { amountCents: 21_999 }),
  ],
  ['a paid order has no tickets', ['money_once'], () => after('pay k1 o1').slice(0, 1)],
  [
    'a paid order has no tickets, and something else happens',
    ['money_once'],
    () => [...after('pay k1 o1').slice(0, 1), ...after('release x3 caio h3')],
  ],
  [
    'an order has tickets twice',
    ['money_once', 'ticket_once'],
    () => [...after('pay k1 o1'), ...after('pay k1 o1').slice(1)],
  ],
  ['a unit has no ticket', ['money_once'], () => changed(after('pay k1 o1'), { count: 1 })],
  ['what was paid too much stays', ['money_once'], () => after('pay k1 o1 30000').slice(0, 2)],
  [
    'less goes back than was paid too much',
    ['money_once'],
    () => [...after('pay k1 o1 30000').slice(0, 2), ...after('pay k1 o1 29999').slice(2)],
  ],
  [
    'what was paid too much goes back twice',
    ['money_once'],
    () => {
      const facts = after('pay k1 o1 30000');
      return [...facts, ...changed(facts.slice(2), { id: 'excess:k1 again' })];
    },
  ],
  [
    'money that bought tickets goes back as if it had bought nothing',
    ['money_once'],
    () => by('k2', after('pay k9 o9 7')),
  ],
  [
    'money that bought nothing goes back twice',
    ['money_once'],
    () => twice(after('pay k9 o9 7'), { id: 'stray:k9 again' }),
  ],
  [
    'more of a charge goes back than came once more',
    ['money_once'],
    () => [
      ...after('pay k1 o1'),
      ...changed(after('pay k1 o1', 'pay k1 o1 50000').slice(2), { amountCents: 5 }),
    ],
  ],
  [
    'money that went back buys tickets',
    ['money_once'],
    () => [...after('pay k9 o9 7'), ...by('k9', after('pay k1 o1'))],
  ],
  ['a refund falls due twice', ['money_once'], () => twice(after('pay k9 o9 7'), { charge: 'k8' })],
  [
    'more goes back than a ticket cost',
    ['money_once'],
    () => changed(after('refund r1 bia o2 2'), { amountCents: 11_000 }),
  ],
  [
    'a ticket goes back at the price of another',
    ['money_once'],
    () => {
      const dearer = { ticketsCents: 10_000, feeCents: 1_000, amountCents: 11_000 };
      return changed(after('refund r1 bia o2 2'), dearer);
    },
  ],
  [
    'the fee stays',
    ['money_once'],
    () => changed(after('refund r1 bia o2 2'), { feeCents: 0, amountCents: 5_000 }),
  ],
  [
    'money goes back by another charge',
    ['money_once'],
    () => by('k9', after('refund r1 bia o2 2')),
  ],
  [
    'money comes back that was not due',
    ['money_once'],
    () => after('refund r1 bia o2 2', 'back r1 o2').slice(1),
  ],
  [
    'money comes back twice',
    ['money_once'],
    () => [
      ...after('refund r1 bia o2 2', 'back r1 o2'),
      ...after('refund r1 bia o2 2', 'back r1 o2').slice(1),
    ],
  ],
  [
    'less comes back than was due',
    ['money_once'],
    () => {
      const [due, back] = after('refund r1 bia o2 2', 'back r1 o2') as [Told, Told];
      return [due, ...changed([back], { amountCents: 1 })];
    },
  ],

  ['a serial is left out', ['ticket_once'], () => changed(after('pay k1 o1'), { from: 4 })],
  ['a serial is issued twice', ['ticket_once'], () => changed(after('pay k1 o1'), { from: 2 })],
  [
    'a ticket is given back twice',
    ['ticket_once', 'money_once', 'no_oversell'],
    () => twice(after('refund r1 bia o2 2'), { id: id('r2') }),
  ],
  [
    'a ticket of somebody else is given back',
    ['ticket_once'],
    () => [...after('pay k1 o1'), ...changed(after('refund r1 bia o2 1'), { serials: [3] })],
  ],
  [
    'a ticket is given back and the place of another is on sale again',
    ['money_once'],
    () => changed(after('refund r1 bia o2 1'), { serials: [2] }),
  ],
  [
    'a bank takes back what was given back',
    ['ticket_once', 'money_once', 'no_oversell'],
    () => [...after('refund r1 bia o2'), ...after('chargeback k2 o2')],
  ],
  [
    'a bank takes back what another charge brought',
    ['money_once'],
    () => by('k9', after('chargeback k2 o2')),
  ],
];

it.each(nonsense)('finds that %s', (_sentence, breaks, tail) => {
  expect(found([...pastOf(), ...tail()]).sort()).toEqual([...breaks].sort());
});

it('knows what is left of a hold of which some was given back', () => {
  const model = new ReferenceModel(() => {});
  for (const { fact, at } of [...pastOf(), ...after('refund r1 bia o2 1')]) model.count(fact, at);
  const left = new Map(model.holds()).get(id('h2'));
  expect(left).toMatchObject({ status: 'paid', items: [{ lot: id('B'), quantity: 1 }] });
  for (const { fact, at } of after('refund r2 bia o2 2')) model.count(fact, at);
  expect(new Map(model.holds()).get(id('h2'))?.status).toBe('refunded');
});

it('forgets orders that came to nothing a day after, and never one that was paid', () => {
  const model = new ReferenceModel(() => {});
  const facts = [...pastOf(), ...after('wait 12m')];
  for (const { fact, at } of facts) model.count(fact, at);
  const { notes } = model;
  const later = facts.at(-1)!.at + 25 * 60 * minute;
  model.count({ type: 'sale_opened' }, later);
  // o1, o4, o5; their holds, h3 and the command that gave up o5.
  expect(notes - model.notes).toBeGreaterThanOrEqual(8);
  const found: Invariant[] = [];
  const other = new ReferenceModel((invariant) => found.push(invariant));
  for (const { fact, at } of facts) other.count(fact, at);
  other.count({ type: 'sale_opened' }, later);
  found.length = 0;
  for (const { fact } of after('refund r1 bia o2')) other.count(fact, later);
  expect(found).toEqual([]);
});

it('expects serials to go on behind a gap when a restore may have lost some', () => {
  const [paid, issued] = after('pay k1 o1') as [Told, Told];
  const { at } = paid;
  const owned = (generation: number): Told => {
    const fact = { type: 'owned', owner: id<FactOf<'owned'>['owner'] & string>('n') } as const;
    return { fact: { ...fact, epoch: generation, generation } as Fact, at };
  };
  const restored = [owned(1), ...pastOf(), owned(2), paid];
  expect(found([...restored, issued])).toEqual(['ticket_once']);
  expect(found([...restored, ...changed([issued], { from: 10_003 })])).toEqual([]);
});

function pastOf(): Told[] {
  return tellPast().facts.slice();
}

function tellPast(): Story {
  const story = new Story();
  for (const row of past) story.tell(row);
  return story;
}

/** What the rules make of these rows when nothing else has happened since. */
function after(...rows: readonly string[]): Told[] {
  const story = tellPast();
  const { length } = story.facts;
  for (const row of rows) story.tell(row);
  return story.facts.slice(length);
}

/** How an order of the past was made. */
function madeOf(order: string): Told {
  return pastOf().find(({ fact }) => fact.type === 'checked_out' && fact.id === id(order))!;
}

/** A name is the same id in every story, because the past is told at the same times. */
function id<T extends string = never>(name: string): T {
  return tellPast().id(name) as string as T;
}

/** The first fact that has all of this says it otherwise. */
function changed(told: readonly Told[], change: Readonly<Record<string, unknown>>): Told[] {
  const index = told.findIndex(({ fact }) => Object.keys(change).every((key) => key in fact));
  expect(index).not.toBe(-1);
  return told.map(({ fact, at }, each) => {
    return { fact: each === index ? ({ ...fact, ...change } as Fact) : fact, at };
  });
}

function twice(told: readonly Told[], change: Readonly<Record<string, unknown>>): Told[] {
  return [...told, ...changed(told, change)];
}

/** By another charge. */
function by(charge: string, told: readonly Told[]): Told[] {
  return told.map(({ fact, at }) => {
    return { fact: ('charge' in fact ? { ...fact, charge } : fact) as Fact, at };
  });
}

/** About another order, and perhaps about the hold of another buyer. */
function about(order: string, told: readonly Told[], hold?: string, subject?: string): Told[] {
  const whose = hold && subject ? { hold: id(hold), subject: id(subject) } : {};
  return told.map(({ fact, at }) => ({
    fact: { ...fact, order: id(order), ...whose } as Fact,
    at,
  }));
}

function found(told: readonly Told[]): Invariant[] {
  const broken = new Set<Invariant>();
  const model = new ReferenceModel((invariant) => broken.add(invariant));
  for (const { fact, at } of told) model.count(fact, at);
  model.endTurn();
  return [...broken];
}
