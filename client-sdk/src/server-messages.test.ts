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
  lots: [
    {
      id: 'a',
      sector: 's',
      name: 'n',
      priceCents: 0,
      feeCents: 0,
      isHalf: true,
      quantity: 1,
      available: 1,
    },
  ],
};

const order = {
  id: 'o',
  hold: 'h',
  status: 'paid',
  method: 'pix',
  lines: [{ lot: 'a', quantity: 1, priceCents: 5, feeCents: 1 }],
  ticketsCents: 5,
  feeCents: 1,
  payBy: 3,
  isPayable: true,
  refusal: 'card_refused',
  paidAt: 2,
  tickets: [{ serial: 1, lot: 'a', status: 'valid', revision: 0 }],
  hasCodes: false,
  refundDueCents: 0,
  refundedCents: 0,
};

function welcome(change: object) {
  return { type: 'welcome', version: 1, at: 0, heartbeatMs: 1, holds: [], orders: [], ...change };
}

function aboutOrder(change: object) {
  return { type: 'order', event: 'e', generation: 0, position: 4, order: { ...order, ...change } };
}

describe('a message of the server', () => {
  it.each([
    ['with every field', state],
    ['of an order with every field', aboutOrder({})],
    ['of an order refused for a reason from the future', aboutOrder({ refusal: 'full_moon' })],
    ['of an order without what is optional', aboutOrder({ refusal: undefined, paidAt: undefined })],
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
    ['a heartbeat of zero', welcome({ heartbeatMs: 0 })],
    ['a welcome without orders', welcome({ orders: undefined })],
    ['an order in a status nobody knows', aboutOrder({ status: 'lost' })],
    ['an order without tickets', aboutOrder({ tickets: undefined })],
    ['a ticket without a number', aboutOrder({ tickets: [{ ...order.tickets[0], serial: null }] })],
    ['a time that is no number', { type: 'pong', at: Number.NaN }],
  ])('%s is refused', (_, value) => {
    expect(() => parseServerMessage(value)).toThrow(ProtocolError);
  });
});
