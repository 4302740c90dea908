import { describe, expect, it } from 'vitest';
import { clientFrame, FrameReader, opcodes, upgradeRequest } from './websocket.ts';

/** A frame as a server sends it. */
function serverFrame(length: number, opcode: number = opcodes.binary): Buffer {
  const payload = Buffer.alloc(length, length & 0xff);
  const header = Buffer.alloc(length < 126 ? 2 : length <= 0xffff ? 4 : 10);
  header[0] = 0x80 | opcode;
  header[1] = length < 126 ? length : length <= 0xffff ? 126 : 127;
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

/** Opcode and length of every frame heard, when the stream arrives in chunks of `size`. */
function heard(stream: Buffer, size: number): [opcode: number, length: number][] {
  const frames: [number, number][] = [];
  const reader = new FrameReader((opcode, bytes, begin, end) => {
    const payload = bytes.subarray(begin, end);
    expect(payload.equals(Buffer.alloc(payload.length, payload.length & 0xff))).toBe(true);
    frames.push([opcode, payload.length]);
  });
  // One memory for all reads, as the sockets of the generator have.
  const shared = Buffer.alloc(size);
  for (let at = 0; at < stream.length; at += size) {
    reader.read(shared, stream.copy(shared, 0, at, at + size));
  }
  return frames;
}

describe('FrameReader', () => {
  const small = [0, 1, 125, 126, 127, 3];
  const large = [3, 65_535, 65_536, 0];

  it.each([
    [1, small],
    [2, small],
    [3, small],
    [128, small],
    [10_000, small],
    [1_000, large],
    [70_000, large],
    [200_000, large],
  ])('finds every frame in chunks of %d bytes', (size, lengths) => {
    const stream = Buffer.concat(lengths.map((length) => serverFrame(length)));
    expect(heard(stream, size)).toEqual(lengths.map((length) => [opcodes.binary, length]));
  });

  it('tells the kind of a frame', () => {
    expect(heard(serverFrame(4, opcodes.ping), 64)).toEqual([[opcodes.ping, 4]]);
  });
});

describe('clientFrame', () => {
  it.each([
    [5, [0x82, 0x85]],
    [125, [0x82, 0xfd]],
    [126, [0x82, 0xfe, 0, 126]],
    [65_535, [0x82, 0xfe, 0xff, 0xff]],
  ])('writes the header of %d bytes, the zero key and the payload', (length, header) => {
    const payload = Buffer.alloc(length, 7);
    const expected = Buffer.concat([Buffer.from(header), Buffer.alloc(4), payload]);
    expect(clientFrame(payload).equals(expected)).toBe(true);
  });

  it('refuses what our server would refuse anyway', () => {
    expect(() => clientFrame(Buffer.alloc(65_536))).toThrow(RangeError);
  });
});

describe('upgradeRequest', () => {
  it('asks for the path and the subprotocol, with a key of 16 bytes', () => {
    const request = upgradeRequest('127.0.0.1:8080', '/v1/live', 'ingressou.v1.msgpack');
    expect(request).toMatch(/^GET \/v1\/live HTTP\/1\.1\r\n/);
    expect(request).toContain('\r\nSec-WebSocket-Protocol: ingressou.v1.msgpack\r\n');
    expect(request).toMatch(/\r\nSec-WebSocket-Key: [A-Za-z0-9+/]{22}==\r\n/);
    expect(request).toMatch(/\r\n\r\n$/);
  });
});
