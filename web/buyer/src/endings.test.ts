import type { HoldId, HoldStatus, HoldView, LotId } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import { endingsOf } from './endings.ts';

describe('a hold of mine', () => {
  const rows: [string, HoldStatus | 'unlisted', HoldStatus | 'unlisted', string[]][] = [
    ['that lives on has not ended', 'held', 'held', []],
    ['that expired is told', 'held', 'expired', ['expired']],
    ['that was released elsewhere is told', 'held', 'released', ['released']],
    ['that was paid has a card of its own', 'held', 'paid', []],
    ['that is not listed any more is gone', 'held', 'unlisted', ['gone']],
    ['that had ended before is not told again', 'expired', 'unlisted', []],
    ['that is new has not ended', 'unlisted', 'held', []],
  ];
  it.each(rows)('%s', (_, before, after, expected) => {
    const endings = endingsOf(holds(before), holds(after));
    expect(endings.map(({ how }) => how)).toEqual(expected);
  });

  it('is told with its number of tickets', () => {
    expect(endingsOf(holds('held'), holds('expired'))).toMatchObject([{ units: 3 }]);
  });
});

function holds(status: HoldStatus | 'unlisted'): HoldView[] {
  if (status === 'unlisted') return [];
  const items = [
    { lot: 'a' as LotId, quantity: 2 },
    { lot: 'b' as LotId, quantity: 1 },
  ];
  return [{ id: 'h' as HoldId, status, items, expiresAt: 0, canExtend: false }];
}
