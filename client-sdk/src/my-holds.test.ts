import type { HoldId, HoldView } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import { type MyHolds, withHold } from './my-holds.ts';

const held = hold({ expiresAt: 1_000 });
const extended = hold({ expiresAt: 2_000, canExtend: false });
const released = hold({ status: 'released', expiresAt: 500, canExtend: false });

describe('what is told of a hold', () => {
  const rows: [string, HoldView[], HoldView][] = [
    ['an extension after the hold extends it', [held, extended], extended],
    ['the hold after its extension changes nothing', [extended, held], extended],
    ['a release after the hold ends it', [held, released], released],
    ['the hold after its release does not revive it', [released, held], released],
    ['the same word twice is one', [held, held], held],
  ];
  it.each(rows)('%s', (_, told, expected) => {
    expect(told.reduce<MyHolds>(withHold, [])).toEqual([expected]);
  });
});

describe('my holds', () => {
  it('remember the last twenty that ended and every one that lives', () => {
    const ended = Array.from({ length: 25 }, (_, index) => ({ ...released, id: idOf(index) }));
    const all = [held, ...ended].reduce<MyHolds>(withHold, []);
    expect(all).toEqual([held, ...ended.slice(-20)]);
  });
});

function hold(change: Partial<HoldView>): HoldView {
  return { id: idOf(99), status: 'held', items: [], expiresAt: 0, canExtend: true, ...change };
}

function idOf(index: number): HoldId {
  return `00000000-0000-7000-8000-0000000000${String(index).padStart(2, '0')}` as HoldId;
}
