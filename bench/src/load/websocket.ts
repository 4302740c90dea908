import { randomBytes } from 'node:crypto';

/**
 * The client's half of RFC 6455 by hand. A library would cost the generator more than the server
 * spends on the same frame; here a frame is made once and sent many times.
 */

/** RFC 6455 §5.2: the kinds of frame a client of ours meets. */
export const opcodes = { text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

const final = 0x80;
const masked = 0x80;
const maskBytes = 4;

/** The request that turns a connection into a WebSocket. */
export function upgradeRequest(host: string, path: string, subprotocol: string): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `Sec-WebSocket-Protocol: ${subprotocol}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/**
 * A whole frame from client to server. Its mask key is zero, so the payload stands in it as it is
 * and can be changed in place; RFC 6455 §10.3 wants random keys against proxies, of which a
 * loopback has none.
 */
export function clientFrame(payload: Uint8Array, opcode: number = opcodes.binary): Buffer {
  const header = headerOf(payload.length, opcode);
  return Buffer.concat([header, Buffer.alloc(maskBytes), payload]);
}

function headerOf(length: number, opcode: number): Buffer {
  if (length < 126) return Buffer.from([final | opcode, masked | length]);
  if (length > 0xffff) throw new RangeError('No frame of a client is longer than 65 535 bytes.');
  return Buffer.from([final | opcode, masked | 126, length >> 8, length & 0xff]);
}

/** Hears a frame: its payload is `bytes` from `begin` to `end`, valid until this returns. */
export type FrameListener = (opcode: number, bytes: Buffer, begin: number, end: number) => void;

/** Cuts what a server sends into frames, however the network cut it. */
export class FrameReader {
  readonly #listener: FrameListener;
  /** The beginning of a frame whose rest has not come yet. */
  #rest: Buffer | undefined;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  /** Reads the first `length` of `chunk`; the memory is the caller's again when this returns. */
  read(chunk: Buffer, length: number): void {
    const rest = this.#rest;
    if (rest === undefined) return this.#cut(chunk, length);
    this.#cut(Buffer.concat([rest, chunk.subarray(0, length)]), rest.length + length);
  }

  #cut(bytes: Buffer, length: number): void {
    let at = 0;
    for (;;) {
      const begin = at + headerLength(bytes, at, length);
      const end = begin <= length ? begin + payloadLength(bytes, at) : begin;
      if (end > length) break;
      this.#listener(bytes[at]! & 0x0f, bytes, begin, end);
      at = end;
      if (at === length) break;
    }
    this.#rest = at === length ? undefined : Buffer.from(bytes.subarray(at, length));
  }
}

/** Servers never mask. Of fewer than two bytes even the header's length is unknown. */
function headerLength(bytes: Buffer, at: number, length: number): number {
  if (at + 2 > length) return length - at + 1;
  const short = bytes[at + 1]!;
  return short < 126 ? 2 : short === 126 ? 4 : 10;
}

function payloadLength(bytes: Buffer, at: number): number {
  const short = bytes[at + 1]!;
  if (short < 126) return short;
  return short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
}
