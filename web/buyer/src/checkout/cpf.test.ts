import { describe, expect, it } from 'vitest';
import { cpfAsTyped, isCpf, isWrongCpf } from './cpf.ts';

describe('a CPF', () => {
  it.each([
    ['', ''],
    ['5', '5'],
    ['5299', '529.9'],
    ['529982247', '529.982.247'],
    ['5299822472', '529.982.247-2'],
    ['529.982.247-25', '529.982.247-25'],
    ['52998224725999', '529.982.247-25'],
    ['cpf 529 982', '529.982'],
  ])('typed as %j reads %j', (typed, expected) => {
    expect(cpfAsTyped(typed)).toBe(expected);
  });

  it.each([
    ['529.982.247-25', true, false],
    ['52998224725', true, false],
    ['529.982.247-24', false, true],
    ['111.111.111-11', false, true],
    ['529.982.247-2', false, false],
    ['', false, false],
  ])('%j: right %s, wrong already %s', (text, isRight, isWrong) => {
    expect([isCpf(text), isWrongCpf(text)]).toEqual([isRight, isWrong]);
  });
});
