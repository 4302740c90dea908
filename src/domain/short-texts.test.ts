import { describe, expect, it } from 'vitest';
import { hashOf, isShortText, ShortTexts, shortTextMax } from './short-texts.ts';

const longest = 'x'.repeat(shortTextMax);
const fitting = ['a', '~', '!', 'ch_0123456789abcdef', longest];
const foreign = ['com espaço', 'ação', '\u0161a', `${longest}x`, 'a\0', '\u{1f39f}'];

describe('short texts', () => {
  it.each(fitting)('keep %j, and are found by its hash', (text) => {
    const texts = new ShortTexts();
    texts.makeRoom(100);
    texts.set(40, longest);
    texts.set(40, text);
    expect(texts.at(40)).toBe(text);
    expect(texts.is(40, text)).toBe(true);
    expect(texts.hashAt(40)).toBe(hashOf(text));
    expect(texts.isEmptyAt(40)).toBe(false);
    expect(texts.isEmptyAt(39)).toBe(true);
  });

  it.each(fitting)('tell %j from what is nearly the same', (text) => {
    const texts = new ShortTexts();
    texts.set(3, text);
    expect(texts.is(3, text.slice(0, -1))).toBe(false);
    expect(texts.is(3, `${text.slice(0, -1)}#`)).toBe(false);
    expect(texts.is(3, `${text}#`)).toBe(false);
  });

  it.each(foreign)('are never %j', (text) => {
    const texts = new ShortTexts();
    expect(isShortText(text)).toBe(false);
    expect(texts.is(0, text)).toBe(false);
    expect(() => texts.set(0, text)).toThrow('a short text is short');
  });

  it('are empty again when an empty text is written', () => {
    const texts = new ShortTexts();
    texts.set(2, longest);
    texts.set(2, '');
    expect(texts.isEmptyAt(2)).toBe(true);
    expect(texts.is(2, '')).toBe(true);
    expect(isShortText('')).toBe(false);
  });

  it('are the same from the bytes that were saved', () => {
    const texts = new ShortTexts();
    texts.makeRoom(fitting.length);
    for (const [row, text] of fitting.entries()) texts.set(row, text);
    const again = new ShortTexts(texts.plain(fitting.length));
    expect(fitting.map((_, row) => again.at(row))).toEqual(fitting);
  });
});
