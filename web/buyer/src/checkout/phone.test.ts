import { describe, expect, it } from 'vitest';
import { isPhone, phoneAsTyped } from './phone.ts';

describe('a phone number', () => {
  it.each([
    ['1', '1'],
    ['11', '11'],
    ['119', '(11) 9'],
    ['1187654321', '(11) 8765-4321'],
    ['11987654321', '(11) 98765-4321'],
    ['(11) 98765-4321', '(11) 98765-4321'],
    ['119876543210', '(11) 98765-4321'],
    ['+351 912 345 678', '+351 912 345 678'],
  ])('typed as %j reads %j', (typed, expected) => {
    expect(phoneAsTyped(typed)).toBe(expected);
  });

  it.each([
    ['(11) 98765-4321', true],
    ['(61) 3321-4321', true],
    ['+55 11 98765-4321', true],
    ['+351 912 345 678', true],
    ['98765-4321', false],
    ['(10) 98765-4321', false],
    ['(11) 88765-4321', false],
    ['+1', false],
    ['', false],
  ])('%j is one: %s', (text, expected) => {
    expect(isPhone(text)).toBe(expected);
  });
});
