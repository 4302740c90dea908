import { describe, expect, it } from 'vitest';
import { goneMs, type Seen, see } from './repeats.ts';

describe('a ticket in front of the camera', () => {
  it.each([
    { story: 'held up', sights: ['a 0', 'a 100', 'a 1200', 'a 2500'], counted: ['a'] },
    { story: 'shown again', sights: ['a 0', `a ${goneMs + 1}`], counted: ['a', 'a'] },
    { story: 'with its neighbour', sights: ['a 0', 'b 100', 'a 200'], counted: ['a', 'b', 'a'] },
  ])('$story', ({ sights, counted }) => {
    let seen: Seen | undefined;
    const codes: string[] = [];
    for (const sight of sights) {
      const [code = '', at] = sight.split(' ');
      const next = see(seen, code, Number(at));
      seen = next.seen;
      if (next.isNew) codes.push(code);
    }
    expect(codes).toEqual(counted);
  });
});
