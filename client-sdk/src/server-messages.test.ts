import { ProtocolError } from '@ingressou/protocol';
import { describe, expect, it } from 'vitest';
import { parseServerMessage } from './server-messages.ts';

const state = {
  type: 'state',
  event: 'e',
  generation: 0,
  position: 1,
  at: 2,
  sale: { status: 'scheduled', opensAt: 3 },
  limit: 4,
  lots: [{ id: 'a', sector: 's', name: 'n', priceCents: 0, quantity: 1, available: 1 }],
};

describe('a message of the server', () => {
  it.each([
    ['with every field', state],
    ['with a field from the future', { ...state, weather: 'fine' }],
    ['without what is optional', { type: 'bye', reason: 'restart' }],
    [
      'with a reason from the future',
      { type: 'rejected', re: 'r', reason: 'full_moon', retryable: false },
    ],
  ])('%s is taken as it is', (_, message) => {
    expect(parseServerMessage(message)).toBe(message);
  });

  it.each([
    ['of an unknown type', { type: 'lobby', place: 7 }],
    ['named like a built-in', { type: 'constructor' }],
  ])('%s is ignored', (_, message) => {
    expect(parseServerMessage(message)).toBeUndefined();
  });

  it.each([
    ['nothing', null],
    ['a list', []],
    ['a text', 'state'],
    ['a message without a type', { event: 'e' }],
    ['a state without lots', { ...state, lots: undefined }],
    ['a lot without a price', { ...state, lots: [{ ...state.lots[0], priceCents: '5' }] }],
    ['a sale in a status nobody knows', { ...state, sale: { status: 'asleep' } }],
    ['a delta that starts nowhere', { type: 'delta', event: 'e', generation: 0, to: 1, lots: [] }],
    ['a heartbeat of zero', { type: 'welcome', version: 1, at: 0, heartbeatMs: 0, holds: [] }],
    ['a time that is no number', { type: 'pong', at: Number.NaN }],
  ])('%s is refused', (_, value) => {
    expect(() => parseServerMessage(value)).toThrow(ProtocolError);
  });
});
