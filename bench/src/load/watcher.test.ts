import { type EventId, encode, type LotId, type ServerMessage } from '@ingressou/protocol';
import { expect, it } from 'vitest';
import { deltaResultOf, NewsReader, Watcher } from './watcher.ts';

const event = '01890000-0000-7000-8000-000000000001' as EventId;
const lot = '01890000-0000-7000-8000-000000000002' as LotId;
const generation = 1;

function state(position: number, available: number) {
  const sale = { status: 'open' } as const;
  const prices = { priceCents: 1, feeCents: 0, isHalf: false };
  const view = { id: lot, sector: 'Pista', name: 'Lote', ...prices, quantity: 10, available };
  return {
    type: 'state',
    event,
    generation,
    position,
    at: 1,
    sale,
    limit: 1,
    lots: [view],
  } as const;
}

function delta(from: number, to: number, available: number) {
  return { type: 'delta', event, generation, from, to, lots: [{ id: lot, available }] } as const;
}

it('counts deltas that continue and those that do not', () => {
  const good = new Watcher();
  good.hear(state(4, 10));
  good.hear(delta(4, 6, 8));
  good.hear(delta(5, 9, 7));
  const bad = new Watcher();
  bad.hear(state(4, 10));
  bad.hear(delta(5, 9, 7));
  bad.hear(delta(6, 9, 7));
  expect(deltaResultOf([good, bad])).toEqual({
    perSocket: { min: 2, median: 2, max: 2 },
    gaps: 2,
    positions: { min: 9, max: 9 },
    available: { [lot]: 7 },
    disagreeing: 0,
  });
});

it('counts sockets that were told something else', () => {
  const [first, second] = [new Watcher(), new Watcher()];
  first.hear(state(4, 10));
  second.hear(state(4, 9));
  expect(deltaResultOf([first, second]).disagreeing).toBe(1);
});

it('decodes equal frames once and others anew', () => {
  const reader = new NewsReader();
  const frameOf = (message: ServerMessage) => Buffer.from(encode(message, 'msgpack'));
  const [first, second] = [frameOf(delta(1, 2, 3)), frameOf(delta(2, 3, 2))];
  const decoded = reader.read(first, 0, first.length);
  expect(decoded).toEqual(delta(1, 2, 3));
  expect(reader.read(Buffer.from(first), 0, first.length)).toBe(decoded);
  expect(reader.read(second, 0, second.length)).toEqual(delta(2, 3, 2));
});
