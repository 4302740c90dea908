import { describe, expect, it } from 'vitest';
import { noKeys, press } from './wedge.ts';

describe('a hand scanner', () => {
  it('types a code and Enter', () => {
    expect(typed('V50ABC $', 8)).toEqual(['V50ABC $']);
  });

  it('may send Tab in place of Enter, and Shift in between', () => {
    expect(typed(['V', 'Shift', '5', '0', 'A', 'B', 'C', 'Tab'], 20)).toEqual(['V50ABC']);
  });

  it('is told from a person, who is slower', () => {
    expect(typed('V50ABC', 90)).toEqual([]);
  });

  it('is told from a person who presses Enter', () => {
    expect(typed(['Enter', 'a', 'Enter'], 10)).toEqual([]);
  });

  it('starts anew after a pause', () => {
    const wedge = press(press(noKeys, 'x', 0).wedge, 'y', 10).wedge;
    expect(press(wedge, 'V', 500).wedge.text).toBe('V');
  });

  it('is bounded, whatever it types', () => {
    expect(typed('A'.repeat(10_000), 1)[0]).toHaveLength(400);
  });

  it('keeps its keys from whatever has the focus, from the second on', () => {
    const first = press(noKeys, 'V', 0);
    expect(first.isTaken).toBe(false);
    expect(press(first.wedge, ' ', 5).isTaken).toBe(true);
  });
});

function typed(text: string | readonly string[], gapMs: number): string[] {
  const keys = typeof text === 'string' ? [...text, 'Enter'] : text;
  let wedge = noKeys;
  const codes: string[] = [];
  for (const [at, key] of keys.entries()) {
    const keyed = press(wedge, key, at * gapMs);
    wedge = keyed.wedge;
    if (keyed.code !== undefined) codes.push(keyed.code);
  }
  return codes;
}
