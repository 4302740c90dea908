import type { EventId, LotId, ServerMessage } from '@ingressou/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KnownShow, tellDelta, tellState } from './show-watch.ts';

const event = '00000000-0000-7000-8000-00000000000e' as EventId;
const lotA = '00000000-0000-7000-8000-00000000000a' as LotId;
const lotB = '00000000-0000-7000-8000-00000000000b' as LotId;

const known = showAt(2, 5, [10, 20]);

describe('a delta', () => {
  const rows: [string, { generation?: number; from: number; to: number }, string][] = [
    ['that begins where I am is news', { from: 5, to: 7 }, 'news'],
    ['that begins in my past and ends in my future is news', { from: 3, to: 6 }, 'news'],
    ['that ends where I am is old', { from: 4, to: 5 }, 'old'],
    ['that ends in my past is old', { from: 1, to: 2 }, 'old'],
    ['that begins in my future is a gap', { from: 6, to: 7 }, 'gap'],
    ['of an earlier generation is old', { generation: 1, from: 5, to: 9 }, 'old'],
    ['of a later generation drops everything', { generation: 3, from: 5, to: 6 }, 'restored'],
  ];
  it.each(rows)('%s', (_, range, outcome) => {
    expect(tellDelta(known, delta(range)).outcome).toBe(outcome);
  });

  it('changes what it names and nothing else', () => {
    const told = tellDelta(known, delta({ from: 5, to: 6 }));
    expect(told).toEqual({ outcome: 'news', show: showAt(2, 6, [3, 20]) });
  });

  it('leaves the view that was handed out as it was', () => {
    tellDelta(known, delta({ from: 5, to: 6 }));
    expect(known).toEqual(showAt(2, 5, [10, 20]));
  });

  it('about a lot nobody has described is a gap', () => {
    const lots = [{ id: 'ffffffff-0000-7000-8000-00000000000f' as LotId, available: 1 }];
    expect(tellDelta(known, { ...delta({ from: 5, to: 6 }), lots }).outcome).toBe('gap');
  });

  it('before any state is a gap', () => {
    expect(tellDelta(undefined, delta({ from: 0, to: 1 })).outcome).toBe('gap');
  });
});

describe('a state', () => {
  const rows: [string, number, number, string][] = [
    ['further on is news', 2, 9, 'news'],
    ['at my position is news', 2, 5, 'news'],
    ['behind me is old', 2, 4, 'old'],
    ['of a later generation is news wherever it stands', 3, 1, 'news'],
    ['of an earlier generation is old wherever it stands', 1, 99, 'old'],
  ];
  it.each(rows)('%s', (_, generation, position, outcome) => {
    expect(tellState(known, state(showAt(generation, position, [1, 2]))).outcome).toBe(outcome);
  });
});

describe('a watched show', () => {
  it('is what the server had at its position, whatever is lost, repeated or late', () => {
    fc.assert(
      fc.property(histories, ({ values, frames }) => {
        let show: KnownShow | undefined = at(values, 0);
        for (const { from, to, asksState } of frames) {
          const told = tellDelta(show, deltaOf(values, from, to));
          if (told.outcome === 'news') show = told.show;
          if (told.outcome === 'gap') show = answer(show, values, asksState);
          expect(show).toEqual(at(values, show?.position ?? 0));
        }
      }),
    );
  });
});

/** Values of two lots at each position, and deltas over it in any order with holes and repeats. */
const histories = fc
  .array(fc.tuple(fc.nat(9), fc.nat(9)), { minLength: 2, maxLength: 30 })
  .chain((values) => {
    const position = fc.nat(values.length - 1);
    const frame = fc
      .tuple(position, position, position)
      .filter(([a, b]) => a !== b)
      .map(([a, b, asksState]) => ({ from: Math.min(a, b), to: Math.max(a, b), asksState }));
    return fc.record({ values: fc.constant(values), frames: fc.array(frame, { maxLength: 60 }) });
  });

type Values = readonly (readonly [number, number])[];

function at(values: Values, position: number): KnownShow {
  const [a, b] = values[position] ?? [0, 0];
  return showAt(0, position, [a, b]);
}

/** The absolute values at `to` of every lot that changed on the way, as a server makes them. */
function deltaOf(values: Values, from: number, to: number): Delta {
  const lots = at(values, to).lots.filter(({ id }) => changes(values, from, to, id));
  return { ...delta({ generation: 0, from, to }), lots };
}

function changes(values: Values, from: number, to: number, id: LotId): boolean {
  const available = (position: number) =>
    at(values, position).lots.find((lot) => lot.id === id)?.available;
  for (let position = from; position < to; position += 1) {
    if (available(position) !== available(position + 1)) return true;
  }
  return false;
}

function answer(show: KnownShow | undefined, values: Values, position: number) {
  const told = tellState(show, state(at(values, position)));
  return told.outcome === 'news' ? told.show : show;
}

type Delta = Extract<ServerMessage, { readonly type: 'delta' }>;

function delta(range: { generation?: number; from: number; to: number }): Delta {
  const lots = [{ id: lotA, available: 3 }];
  return { type: 'delta', event, generation: 2, ...range, lots };
}

function state(show: KnownShow): Extract<ServerMessage, { readonly type: 'state' }> {
  return { type: 'state', event, at: 0, ...show };
}

function showAt(
  generation: number,
  position: number,
  [a, b]: readonly [number, number],
): KnownShow {
  const prices = { priceCents: 5_000, feeCents: 500, isHalf: false };
  const lot = { sector: 'Pista', name: '1º lote', ...prices, quantity: 20 };
  return {
    generation,
    position,
    sale: { status: 'open' },
    limit: 4,
    lots: [
      { ...lot, id: lotA, available: a },
      { ...lot, id: lotB, available: b },
    ],
  };
}
