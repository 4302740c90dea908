import { describe, expect, it } from 'vitest';
import { goneMs, type InView, look, noted } from './repeats.ts';

/** Each picture is a time and the codes in it. */
describe('a ticket in front of the camera', () => {
  it.each([
    { story: 'held up', pictures: ['0 a', '100 a', '1200 a', '2500 a'], counted: ['a'] },
    {
      story: 'taken away and shown again',
      pictures: ['0 a', '100', '200', '300', `${goneMs + 1}`, `${goneMs + 50} a`],
      counted: ['a', 'a'],
    },
    {
      story: 'lost for a moment by a hand that trembles',
      pictures: ['0 a', '100', '200', '300', '400', '500 a'],
      counted: ['a'],
    },
    { story: 'on a phone that was asleep', pictures: ['0 a', '9000 a'], counted: ['a'] },
    {
      story: 'beside its neighbour',
      pictures: ['0 a b', '100 a b', '200 b', '300 a b'],
      counted: ['a', 'b'],
    },
    { story: 'followed by the next', pictures: ['0 a', '100 b'], counted: ['a', 'b'] },
  ])('$story', ({ pictures, counted }) => {
    let inView: InView = new Map();
    const taken: string[] = [];
    for (const picture of pictures) {
      const [at = '', ...codes] = picture.split(' ');
      const next = look(inView, codes, Number(at));
      inView = next.inView;
      if (next.fresh === undefined) continue;
      taken.push(next.fresh);
      inView = noted(inView, next.fresh, Number(at));
    }
    expect(taken).toEqual(counted);
  });

  it('waits beside another on one page until the verdict on that one was seen', () => {
    const inView = noted(new Map(), 'a', 0);
    const fresh = [100, 2_400, 2_500].map((at) => look(inView, ['a', 'b'], at).fresh);
    expect(fresh).toEqual([undefined, undefined, 'b']);
    expect(look(inView, ['b'], 100).fresh).toBe('b');
  });

  it('is offered again until somebody takes it', () => {
    const first = look(new Map(), ['a'], 0);
    expect([first.fresh, look(first.inView, ['a'], 100).fresh]).toEqual(['a', 'a']);
  });
});
