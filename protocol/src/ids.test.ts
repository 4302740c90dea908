import { describe, expect, it } from 'vitest';
import {
  type CommandId,
  chooseNotation,
  closeCodes,
  ProtocolError,
  parseId,
  reconnectAfter,
  rejections,
  timeOfId,
  UUID7_PATTERN,
  uuid7,
} from './index.ts';

describe('an id', () => {
  it('made as UUIDv7 has the form of RFC 9562 and carries its time', () => {
    for (const time of [0, 1, Date.UTC(2026, 10, 23), 2 ** 48 - 1]) {
      const id = uuid7<CommandId>(time, Uint8Array.of(255, 0, 255, 1, 2, 3, 4, 5, 6, 7));
      expect(id).toMatch(UUID7_PATTERN);
      expect(timeOfId(id)).toBe(time);
    }
  });

  it('spells the example of RFC 9562, appendix A.6', () => {
    const random = Uint8Array.of(0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f);
    expect(uuid7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it.each([
    '',
    'ana',
    '017F22E2-79B0-7CC3-98C4-DC0C0C07398F',
    '017f22e279b07cc398c4dc0c0c07398f',
    7,
  ])('%j is none', (value) => {
    expect(() => parseId(value)).toThrow(ProtocolError);
  });
});

describe('a close code', () => {
  it('is used once and tells what to do; a foreign one means come back', () => {
    const codes = Object.values(closeCodes).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const { code, reconnect } of Object.values(closeCodes)) {
      expect(reconnectAfter(code)).toBe(reconnect);
    }
    expect(reconnectAfter(1006)).toBe('soon');
  });
});

describe('a notation', () => {
  it.each([
    ['ingressou.v1.msgpack, ingressou.v1.json', 'msgpack'],
    ['chat,ingressou.v1.json', 'json'],
    ['ingressou.v2.msgpack', undefined],
    ['', undefined],
  ])('offered as %j is %j', (offered, chosen) => {
    expect(chooseNotation(offered)).toBe(chosen);
  });
});

it('every rejection that may succeed later is one of waiting, not of the wish', () => {
  const retryable = Object.entries(rejections).filter(([, { retryable }]) => retryable);
  expect(retryable.map(([reason]) => reason).sort()).toEqual([
    'busy',
    'outcome_unknown',
    'sale_not_open',
    'too_fast',
  ]);
});
