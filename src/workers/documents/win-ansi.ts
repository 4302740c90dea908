import { oneLine } from '../texts/one-line.ts';

/** What Windows-1252 has besides Latin-1. */
const EXTRA = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';
/** Letters that are no other letter with a mark, and have no place in it. */
const lookalikes: Readonly<Record<string, string>> = {
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ħ: 'h',
  Ħ: 'H',
  ı: 'i',
  ŋ: 'n',
  ŧ: 't',
  Ŧ: 'T',
  '\u2010': '-',
  '\u2011': '-',
  '\u2212': '-',
  '\u2032': "'",
};
const graphemes = new Intl.Segmenter('pt-BR', { granularity: 'grapheme' });

/**
 * A text in the characters of the standard PDF fonts, which have all of Portuguese. A letter they
 * lack loses its marks (`ő` is `o`); what is left without a likeness is a `?` that everybody sees.
 */
export function winAnsi(text: string): string {
  const pieces = [...graphemes.segment(oneLine(text, 500).normalize('NFC'))];
  return pieces.map(({ segment }) => likeness(segment)).join('');
}

function likeness(grapheme: string): string {
  if (isWinAnsi(grapheme)) return grapheme;
  const bare = grapheme.normalize('NFKD').replace(/\p{M}/gu, '');
  const letters = [...bare].map((letter) => lookalikes[letter] ?? letter).join('');
  return letters !== '' && isWinAnsi(letters) ? letters : '?';
}

function isWinAnsi(text: string): boolean {
  return [...text].every(
    (letter) => /[\u0020-\u007e\u00a0-\u00ac\u00ae-\u00ff]/.test(letter) || EXTRA.includes(letter),
  );
}
