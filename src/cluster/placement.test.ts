import type { EventId, NodeId } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import { type Candidate, preferred } from './placement.ts';

const shows = Array.from({ length: 3_000 }, (_, index) => `show ${index}` as EventId);

describe('the preferred node of a show', () => {
  it('does not depend on the order in which the candidates are known', () => {
    const nodes = named('a', 'b', 'c');
    for (const show of shows.slice(0, 100)) {
      expect(preferred(show, nodes, [])).toBe(preferred(show, [...nodes].reverse(), []));
    }
  });

  it('spreads shows evenly', () => {
    const counts = countsOf(named('10.0.0.1:8080', '10.0.0.2:8080', '10.0.0.3:8080'));
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(120);
  });

  it('changes only for the shows that a new node takes', () => {
    const [before, after] = [named('a', 'b'), named('a', 'b', 'c')];
    const moved = shows.filter(
      (show) => preferred(show, before, []) !== preferred(show, after, []),
    );
    for (const show of moved) expect(preferred(show, after, [])).toBe('node c');
    expect(Math.abs(moved.length - 1_000)).toBeLessThan(120);
  });

  it('is the pinned one while that one is there', () => {
    const [show] = shows as [EventId];
    const pins = [{ event: show, name: 'b', isAlone: false }];
    expect(preferred(show, named('a', 'b', 'c'), pins)).toBe('node b');
    expect(preferred(show, named('a', 'c'), pins)).not.toBe('node b');
  });

  it('is no node that another show has for itself, unless there is no other', () => {
    const [alone] = shows as [EventId];
    const pins = [{ event: alone, name: 'b', isAlone: true }];
    const counts = countsOf(named('a', 'b'), pins);
    expect(counts.get('node b' as NodeId)).toBe(1);
    expect(preferred(shows[1]!, named('b'), pins)).toBe('node b');
  });

  it('is nobody when there is nobody', () => {
    expect(preferred(shows[0]!, [], [])).toBeUndefined();
  });

  it('is the same for everybody when two nodes have one name', () => {
    const nodes = [...named('a'), { node: 'node 0' as NodeId, name: 'a' }];
    for (const show of shows.slice(0, 20)) {
      expect(preferred(show, nodes, [])).toBe('node 0');
      expect(preferred(show, [...nodes].reverse(), [])).toBe('node 0');
    }
  });
});

function named(...names: string[]): Candidate[] {
  return names.map((name) => ({ node: `node ${name}` as NodeId, name }));
}

function countsOf(nodes: readonly Candidate[], pins: Parameters<typeof preferred>[2] = []) {
  const counts = new Map<NodeId, number>();
  for (const show of shows) {
    const node = preferred(show, nodes, pins)!;
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return counts;
}
