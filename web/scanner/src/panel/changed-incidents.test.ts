import type { IncidentView } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import { withIncident, withoutIncident } from './changed-incidents.ts';

const view = (id: string, isSeen = false) =>
  ({ id, kind: 'log_quarantined', isSeen, number: 1 }) as IncidentView;
const none = { total: 0, unseen: 0, latest: [] };
const shown = ({ latest, ...sums }: typeof none | ReturnType<typeof withIncident>) => [
  latest.map(({ id }) => id).join(' '),
  sums,
];

describe('the incidents of the panel, between two looks at the gates', () => {
  it('are counted as they come and as somebody sees them, the unseen ones first', () => {
    const one = withIncident(withIncident(none, view('a')), view('b'));
    expect(shown(one)).toEqual(['b a', { total: 2, unseen: 2 }]);
    expect(shown(withIncident(one, view('b', true)))).toEqual(['a b', { total: 2, unseen: 1 }]);
  });

  it('are fewer when one is explained, whether or not somebody had seen it', () => {
    const both = withIncident(withIncident(none, view('a')), view('b', true));
    expect(shown(withoutIncident(both, 'a'))).toEqual(['b', { total: 1, unseen: 0 }]);
    expect(shown(withoutIncident(both, 'b'))).toEqual(['a', { total: 1, unseen: 1 }]);
    expect(withoutIncident(both, 'c')).toBe(both);
  });
});
