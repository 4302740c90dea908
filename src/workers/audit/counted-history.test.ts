import { type NodeId, pack, type SubjectId, unpack } from '@ingressou/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { GoldenShow, tellGoldenStory } from '../../../test/setup/golden-show.ts';
import { minute } from '../../../test/setup/story.ts';
import { hashRow } from '../../actors/chain.ts';
import type { Fact, FactOf } from '../../domain/facts.ts';
import type { Head, Row } from '../../ports/journal.ts';
import { CountedHistory } from './counted-history.ts';
import type { Invariant } from './promises.ts';

// A history that the production actor wrote, and then something in it that it would never write.
// At its end one unit of each lot is free, dora holds the other of C,
// ana owns 3 units of at most 6 and gave one back, and the sale is open.

let show: GoldenShow;
let rows: readonly Row[];

beforeAll(async () => {
  show = new GoldenShow();
  await tellGoldenStory(show);
  rows = await show.rows();
  await show.close();
});

describe('a history that is as it should be', () => {
  it('breaks no promise, and is counted to its end', () => {
    const history = count(rows);
    expect(history.findings).toEqual(new Map());
    expect(history).toMatchObject({ position: rows.at(-1)?.last, epochs: 2 });
    const lots = [...history.model.lots.values()];
    const sums = lots.map(({ quantity, held, sold }) => [quantity, held, sold]);
    expect(sums).toEqual([
      [5, 0, 4],
      [3, 0, 2],
      [2, 1, 0],
    ]);
  });

  it('is the same when nothing but its chain was made again', () => {
    expect(broken(chained(turns()))).toEqual([]);
  });
});

/** What the facts behind the golden history are, and how much later than the turn before. */
type Tail = readonly [waitMs: number, ...facts: readonly Fact[]][];

/** Its chain is sound: whoever wrote it was the owner, and wrote nonsense. */
const nonsense: readonly [sentence: string, breaks: readonly Invariant[], tail: () => Tail][] = [
  [
    'a lot is oversold until somebody gives back',
    ['no_oversell'],
    () => [
      [0, reserved('h7', 'eva', 'C', 2)],
      [0, released('h6', 'dora', 'C', 1)],
    ],
  ],
  ['a lot has no units', ['no_oversell'], () => [[0, opened('D', 0)]]],
  ['a hold is made twice', ['hold_once'], () => [[0, reserved('h6', 'dora', 'C', 1)]]],
  [
    'a hold is given back twice',
    ['hold_once'],
    () => [[0, released('h6', 'dora', 'C', 1), released('h6', 'dora', 'C', 1, 'x9')]],
  ],
  [
    'a hold is paid after it expired, and has no tickets',
    ['order_once', 'hold_once', 'money_once'],
    () => [
      [0, checkedOut('h6', 'dora')],
      [12 * minute, { ...expired('h6', 'dora'), order: id('of h6') }, paid('h6', 'dora')],
    ],
  ],
  ['a paid hold is given back', ['hold_once'], () => [[0, released('h5', 'ana', 'A', 4)]]],
  ['a hold expires that never was', ['hold_once'], () => [[0, expired('h9', 'ana', 'A', 1)]]],
  ['a hold takes nothing', ['hold_items'], () => [[0, { ...reserved('h7', 'eva'), items: [] }]]],
  [
    'a hold takes less than nothing',
    ['hold_items', 'no_oversell'],
    () => [[0, reserved('h7', 'eva', 'B', -1)]],
  ],
  ['a hold takes half a place', ['hold_items'], () => [[0, reserved('h7', 'eva', 'B', 0.5)]]],
  [
    'a hold takes the same lot twice',
    ['hold_items'],
    () => [
      [0, opened('D', 9)],
      [0, { ...reserved('h7', 'eva'), items: [...items('D', 1), ...items('D', 1)] }],
    ],
  ],
  [
    'a hold takes of a lot that is not there',
    ['hold_items'],
    () => [[0, reserved('h7', 'eva', 'Z')]],
  ],
  ['a hold is given back by somebody else', ['hold_items'], () => [[0, released('h6', 'ana')]]],
  ['more is given back than was held', ['hold_items'], () => [[0, released('h6', 'dora', 'C', 2)]]],
  ['a hold expires too early', ['hold_time'], () => [[10 * minute - 1, expired('h6', 'dora')]]],
  [
    'a hold is paid when its time is over, and has no tickets',
    ['hold_time', 'money_once'],
    () => [
      [0, checkedOut('h6', 'dora')],
      [12 * minute, paid('h6', 'dora')],
    ],
  ],
  ['a hold is given back too late', ['hold_time'], () => [[10 * minute, released('h6', 'dora')]]],
  ['a hold is made for longer', ['hold_time'], () => [[0, reserved('h7', 'eva', 'C', 1, 11)]]],
  ['a hold is extended by more', ['hold_time'], () => [[0, extended('h6', 'dora', 16)]]],
  [
    'a hold is extended twice',
    ['hold_time'],
    () => [[0, extended('h6', 'dora', 15, 'x8'), extended('h6', 'dora', 20, 'x9')]],
  ],
  [
    'a charge pays twice, a day later',
    ['money_once'],
    () => [[0, checkedOut('h6', 'dora'), paid('h6', 'dora', 'C', 1, 'k1')]],
  ],
  ['a lot is opened twice', ['id_once'], () => [[0, opened('A', 5)]]],
  [
    'an id opens the sale and pauses it',
    ['id_once'],
    () => [[0, { type: 'sale_opened', id: id('o9'), wish: 1 }, paused('o9')]],
  ],
  [
    'a hold has the id of a command',
    ['id_once'],
    () => [[0, { type: 'sale_opened', id: id('o9'), wish: 1 }, reserved('o9', 'eva')]],
  ],
  ['a command has the id of a hold', ['id_once'], () => [[0, paused('h6')]]],
  ['an id is used again a day later', ['id_once'], () => [[0, reserved('h1', 'ana')]]],
  [
    'an id is used before its time',
    ['id_once'],
    () => [[0, released('h6', 'dora', 'C', 1, 'x0@1h')]],
  ],
  [
    'a buyer has more than the show allows',
    ['purchase_limit'],
    () => [[0, opened('D', 9), reserved('h7', 'ana', 'D', 4)]],
  ],
  [
    'a buyer who gave some back has more than the show allows',
    ['purchase_limit'],
    () => [
      [0, opened('D', 9), reserved('h7', 'eva', 'D'), reserved('h8', 'eva', 'D')],
      [0, released('h8', 'eva', 'D'), reserved('h9', 'eva', 'D', 6)],
    ],
  ],
  [
    'a hold is made while the sale is paused',
    ['sale_order'],
    () => [[0, paused('p9'), reserved('h7', 'eva')]],
  ],
  ['a sale opens by itself unplanned', ['sale_order'], () => [[0, { type: 'sale_opened' }]]],
  [
    'a sale opens before its time',
    ['sale_order'],
    () => [
      [0, scheduled('o9', minute)],
      [minute - 1, { type: 'sale_opened' }],
    ],
  ],
  [
    'a show is created twice',
    ['sale_order'],
    () => [[0, { ...factOf('show_created'), id: id('c9') }]],
  ],
  [
    'a fact lacks what it is about',
    ['readable'],
    () => [[0, { ...reserved('h7', 'eva'), items: undefined } as never]],
  ],
  [
    'a fact is of another version, and nothing behind it is judged',
    ['readable'],
    () => [
      [0, { type: 'seat_opened' } as never],
      [0, expired('h9', 'ana')],
    ],
  ],
  [
    'a new owner does not begin by saying so',
    ['one_writer'],
    () => [[0, { type: 'owned', owner: otherNode, epoch: 2, generation: 1 }]],
  ],
];

it.each(nonsense)('finds that %s', (_sentence, breaks, tail) => {
  const history = turns();
  for (const [waitMs, ...facts] of tail()) {
    const { epoch, owner, at } = history.at(-1)!;
    history.push({ epoch, owner, at: at + waitMs, facts });
  }
  expect(broken(chained(history))).toEqual(breaks);
});

/** The owner and the order of turns; their chain is sound. */
const disorder: readonly [sentence: string, breaks: readonly Invariant[], edit: Edit][] = [
  ['an epoch comes back', ['one_writer'], (last) => [{ ...last, epoch: 1 }]],
  [
    'an epoch comes back and says so',
    ['one_writer'],
    (last) => [{ ...last, epoch: 1, facts: [owned(last.owner, 1)] }],
  ],
  ['an epoch has two owners', ['one_writer'], (last) => [{ ...last, owner: otherNode }]],
  ['an epoch has no beginning', ['one_writer'], (last) => [{ ...last, epoch: 3 }]],
  [
    'an epoch begins with the name of somebody else',
    ['one_writer'],
    (last) => [{ ...last, epoch: 3, facts: [owned(otherNode, 3)] }],
  ],
  [
    'an epoch begins with the number of another',
    ['one_writer'],
    (last) => [{ ...last, epoch: 3, facts: [owned(last.owner, 4)] }],
  ],
  [
    'an epoch begins with something else',
    ['one_writer'],
    (last) => [{ ...last, epoch: 3, facts: [...last.facts, owned(last.owner, 3)] }],
  ],
  [
    'a turn is earlier than the one before',
    ['time_order'],
    (last) => [{ ...last, at: last.at - 1 }],
  ],
  ['a row has no facts', ['whole_history'], (last) => [{ ...last, facts: [] }]],
];

it.each(disorder)('finds that %s', (_sentence, breaks, edit) => {
  const history = turns();
  const last = { ...history.at(-1)!, facts: [paused('p9')] };
  expect(broken(chained([...history, ...edit(last)]))).toEqual(breaks);
});

/** What a hand or a disk does to rows that are there. */
const damage: readonly [
  sentence: string,
  breaks: readonly Invariant[],
  spoil: (rows: readonly Row[]) => readonly Row[],
][] = [
  ['a row is missing', ['whole_history', 'hash_chain'], without('extended')],
  ['the last row is missing', ['whole_history'], (all) => all.slice(0, -1)],
  [
    'two rows have changed places',
    ['whole_history', 'hash_chain'],
    (all) => all.map((row, index) => all[index === 5 ? 6 : index === 6 ? 5 : index] ?? row),
  ],
  ['a byte of a fact was changed', ['hash_chain'], changed('lot_opened', swapLetter)],
  ['a byte is no fact any more', ['hash_chain', 'readable'], changed('lot_opened', spoilLast)],
  [
    'the time of a row was changed',
    ['hash_chain'],
    changed('sale_paused', (row) => ({ ...row, at: row.at + 1 })),
  ],
  [
    'the owner of a row was changed',
    ['hash_chain', 'one_writer'],
    changed('sale_paused', (row) => ({ ...row, owner: otherNode })),
  ],
  [
    'the hash of a row was changed',
    ['hash_chain'],
    changed('sale_paused', (row) => ({ ...row, hash: new Uint8Array(32) })),
  ],
];

it.each(damage)('finds that %s', (_sentence, breaks, spoil) => {
  expect(broken(spoil(rows)).sort()).toEqual([...breaks].sort());
});

/** What the head of a show says of its history. */
const heads: readonly [sentence: string, breaks: readonly Invariant[], head: Partial<Head>][] = [
  ['its head names another last row', ['hash_chain'], { hash: new Uint8Array(32) }],
  ['its head names more facts', ['whole_history'], { position: 1_000 }],
  ['its head is in an earlier epoch', ['one_writer'], { epoch: 1 }],
];

it.each(heads)('finds that %s', (_sentence, breaks, head) => {
  expect([...count(rows, head).findings.keys()]).toEqual(breaks);
});

it('finds that a row counts more facts than it holds', () => {
  const [before, last] = rows.slice(-2);
  const longer = { ...last!, last: last!.last + 1 };
  const row = { ...longer, hash: hashRow(before!.hash, longer) };
  expect(broken([...rows.slice(0, -1), row], row)).toEqual(['whole_history']);
});

describe('a finding', () => {
  it('says where it shows first and how often, and never who', () => {
    const history = turns();
    const { epoch, owner, at } = history.at(-1)!;
    const facts = [reserved('h6', 'dora', 'C', 1), reserved('h6', 'dora', 'C', 1)];
    const spoiled = chained([...history, { epoch, owner, at, facts }]);
    const finding = count(spoiled).findings.get('hold_once');
    const position = rows.at(-1)!.last + 1;
    const sentence = `Fact ${position}: hold ${id('h6')} is made twice.`;
    expect(finding).toEqual({ invariant: 'hold_once', position, sentence, count: 2 });
    expect(finding?.sentence).not.toContain(show.story.id<SubjectId>('dora'));
  });
});

interface Turn {
  readonly epoch: number;
  readonly owner: NodeId;
  readonly at: number;
  readonly facts: readonly Fact[];
}

type Edit = (last: Turn) => readonly Turn[];

const otherNode = '00000000-0000-7000-8000-000000000000' as NodeId;

function turns(): Turn[] {
  return rows.map(({ epoch, owner, at, facts }) => {
    return { epoch, owner, at, facts: unpack(facts) as Fact[] };
  });
}

/** The rows that the owner would have written of these turns. */
function chained(history: readonly Turn[]): Row[] {
  const made: Row[] = [];
  for (const { facts, ...turn } of history) {
    const position = made.at(-1)?.last ?? 0;
    const last = position + facts.length;
    const row = { event: show.event, ...turn, position, last, facts: pack(facts) };
    const hash = hashRow(made.at(-1)?.hash ?? new Uint8Array(), row);
    made.push({ ...row, hash, wakeAt: null });
  }
  return made;
}

/** The promises that this history breaks; its head names the golden end, or its own further on. */
function broken(spoiled: readonly Row[], end = rows.at(-1)!): Invariant[] {
  const isLonger = spoiled.length > rows.length;
  return [...count(spoiled, isLonger ? {} : headOf([end])).findings.keys()];
}

function count(counted: readonly Row[], head: Partial<Head> = {}): CountedHistory {
  const history = new CountedHistory(show.event);
  for (const row of counted) history.add(row);
  history.end({ ...headOf(counted), ...head });
  return history;
}

function headOf(counted: readonly Row[]): Head {
  const { event, epoch, owner, last: position, hash } = counted.at(-1)!;
  return { event, epoch, owner, position, hash, generation: 1, isSealed: false };
}

function without(type: Fact['type']) {
  return (all: readonly Row[]) => all.filter((row) => !isOf(row, type));
}

function changed(type: Fact['type'], change: (row: Row) => Row) {
  return (all: readonly Row[]) => {
    const row = all.find((each) => isOf(each, type));
    return all.map((each) => (each === row ? change(each) : each));
  };
}

function isOf(row: Row, type: Fact['type']): boolean {
  return (unpack(row.facts) as Fact[])[0]?.type === type;
}

function swapLetter(row: Row): Row {
  const text = Buffer.from(row.facts).toString('latin1').replace('Pista', 'Pisto');
  return { ...row, facts: new Uint8Array(Buffer.from(text, 'latin1')) };
}

function spoilLast(row: Row): Row {
  return { ...row, facts: row.facts.subarray(0, -3) };
}

function factOf<T extends Fact['type']>(type: T): FactOf<T> {
  const facts = turns().flatMap((turn) => turn.facts);
  return facts.find((fact): fact is FactOf<T> => fact.type === type)!;
}

const id = (name: string) => show.story.id<FactOf<'reserved'>['id']>(name);
const items = (lot: string, quantity: number) => [
  { lot: show.story.id<FactOf<'lot_opened'>['id']>(lot), quantity },
];

/** About somebody's hold: one unit of lot C unless said otherwise. */
function about(hold: string, subject: string, lot = 'C', quantity = 1) {
  const whose = show.story.id<SubjectId>(subject);
  return { hold: id(hold), subject: whose, items: items(lot, quantity) };
}

/** A hold of this moment: facts about time count from the end of the golden history. */
function reserved(
  hold: string,
  whose: string,
  lot = 'C',
  quantity = 1,
  minutes = 10,
): FactOf<'reserved'> {
  const { subject, items: taken } = about(hold, whose, lot, quantity);
  const expiresAt = rows.at(-1)!.at + minutes * minute;
  return { type: 'reserved', id: id(hold), wish: 1, subject, items: taken, expiresAt };
}

function extended(hold: string, whose: string, minutes: number, name = 'x9'): Fact {
  const expiresAt = rows.at(-1)!.at + minutes * minute;
  return { type: 'extended', id: id(name), wish: 1, ...about(hold, whose), expiresAt };
}

function released(hold: string, whose: string, lot = 'C', quantity = 1, name = 'x7'): Fact {
  return { type: 'released', id: id(name), wish: 1, ...about(hold, whose, lot, quantity) };
}

function expired(hold: string, whose: string, lot = 'C', quantity = 1): Fact {
  return { type: 'expired', ...about(hold, whose, lot, quantity) };
}

/** Its order, which is to be paid within ten minutes. */
function checkedOut(hold: string, whose: string, lot = 'C', quantity = 1): Fact {
  const {
    type: _type,
    charge: _charge,
    amountCents: _cents,
    isLate: _late,
    order,
    ...made
  } = paid(hold, whose, lot, quantity);
  const { at } = rows.at(-1)!;
  const times = { payBy: at + 10 * minute, expiresAt: at + 12 * minute };
  return { type: 'checked_out', ...made, id: order, method: 'pix', ...times };
}

function paid(hold: string, whose: string, lot = 'C', quantity = 1, charge = 'k9'): FactOf<'paid'> {
  const { items: plain, ...taken } = about(hold, whose, lot, quantity);
  const prices = { priceCents: 10_000, feeCents: 0 };
  return {
    type: 'paid',
    id: `paid:${charge}`,
    wish: 1,
    ...taken,
    items: plain.map((item) => ({ ...item, ...prices })),
    order: id(`of ${hold}`),
    charge,
    amountCents: quantity * prices.priceCents,
    ticketsCents: quantity * prices.priceCents,
    feeCents: 0,
    isLate: false,
  };
}

function opened(lot: string, quantity: number): Fact {
  return { ...factOf('lot_opened'), id: show.story.id<FactOf<'lot_opened'>['id']>(lot), quantity };
}

function paused(name: string): Fact {
  return { type: 'sale_paused', id: id(name), wish: 1 };
}

function scheduled(name: string, waitMs: number): Fact {
  return { type: 'sale_scheduled', id: id(name), wish: 1, opensAt: rows.at(-1)!.at + waitMs };
}

function owned(owner: NodeId, epoch: number): Fact {
  return { type: 'owned', owner, epoch, generation: 1 };
}
