import { describe, expect, it } from 'vitest';
import { csvLine, reais, stamp } from './csv.ts';

describe('a line of a file', () => {
  it.each([
    ['plain words stay', ['Pista', 'Lote 1'], 'Pista;Lote 1'],
    ['nothing is nothing', ['a', undefined, 'b'], 'a;;b'],
    ['a semicolon is quoted', ['a;b', 'c'], '"a;b";c'],
    ['a quote is doubled', ['o "bom"'], '"o ""bom"""'],
    ['a break of lines is quoted', ['um\ndois'], '"um\ndois"'],
    ['a number has a comma', [12.5, 3], '12,5;3'],
    ['a formula is text', ['=1+1'], "'=1+1"],
    ['so is a sum', ['+55 61'], "'+55 61"],
    ['a minus', ['-2+3'], "'-2+3"],
    ['an at', ['@SUM(A1)'], "'@SUM(A1)"],
    ['one behind a blank', [' =cmd|x'], "' =cmd|x"],
    ['one behind a tab', ['\t=1'], "'\t=1"],
    ['one in wide letters', ['＝1+1'], "'＝1+1"],
    ['one that must be quoted too', ['=A1;B1'], `"'=A1;B1"`],
  ] as const)('%s', (_, cells, line) => {
    expect(csvLine(cells)).toBe(`${line}\r\n`);
  });

  it.each([
    [0, '0,00'],
    [5, '0,05'],
    [123_456, '1234,56'],
    [-150, '-1,50'],
  ])('%i cents are %s reais', (cents, text) => {
    expect(reais(cents)).toBe(text);
  });

  it('times are those of Brasília', () => {
    expect(stamp(Date.UTC(2026, 10, 27, 1, 2, 3))).toBe('26/11/2026 22:02:03');
    expect(stamp(undefined)).toBe('');
  });
});
