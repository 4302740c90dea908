import {
  type ClientMessage,
  clientFrameBounds,
  decode,
  type EventId,
  encode,
  type LotId,
  type ServerMessage,
} from '@ingressou/protocol';
import { parseClientMessage } from '@ingressou/protocol/schema';
import { describe, expect, it } from 'vitest';
import { ReserveFrame, typeOfAnswer } from './frames.ts';

const event = '01890000-0000-7000-8000-000000000001' as EventId;
const lot = '01890000-0000-7000-8000-000000000002' as LotId;

function payloadOf(frame: Buffer): ClientMessage {
  const header = frame[1] === 0xfe ? 4 : 2;
  const payload = new Uint8Array(frame.subarray(header + 4));
  return parseClientMessage(decode(payload, 'msgpack', clientFrameBounds));
}

describe('ReserveFrame', () => {
  it('is a reserve the server takes, with an id that is new every time', () => {
    const frame = new ReserveFrame(event, [{ lot, quantity: 1 }]);
    const ids = new Set<string>();
    for (let count = 0; count < 1_000; count += 1) {
      const message = payloadOf(frame.next());
      expect(message).toMatchObject({ type: 'reserve', event, items: [{ lot, quantity: 1 }] });
      if ('id' in message) ids.add(message.id);
    }
    expect(ids.size).toBe(1_000);
  });
});

describe('typeOfAnswer', () => {
  const re = '01890000-0000-7000-8000-000000000003' as never;
  const messages: readonly ServerMessage[] = [
    { type: 'accepted', re, expiresAt: 1 },
    { type: 'rejected', re, retryable: false, reason: 'id_reused' },
    { type: 'delta', event, generation: 1, from: 1, to: 2, lots: [] },
    { type: 'pong', at: 1 },
    { type: 'bye', reason: 'restart' },
    { type: 'welcome', version: 1, at: 1, heartbeatMs: 1, holds: [], orders: [] },
  ];

  it.each(messages)('knows $type', (message) => {
    expect(typeOfAnswer(Buffer.from(encode(message, 'msgpack')), 0)).toBe(message.type);
  });

  it('knows it behind other bytes and with a small map in front', () => {
    const small = Buffer.from([0, 0x81, 0xa4, ...Buffer.from('type'), 0xa3, ...Buffer.from('bye')]);
    expect(typeOfAnswer(small, 1)).toBe('bye');
  });

  it('has no name for anything else', () => {
    expect(typeOfAnswer(Buffer.from('HTTP/1.1 101'), 0)).toBeUndefined();
    expect(typeOfAnswer(Buffer.alloc(0), 0)).toBeUndefined();
  });
});
