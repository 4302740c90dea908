import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';
import type { Bounds } from './bounds.ts';
import { ProtocolError } from './errors.ts';
import type { ClientMessage, ServerMessage } from './messages.ts';
import { scanJson } from './scan-json.ts';
import { scanMsgpack } from './scan-msgpack.ts';
import type { Notation } from './version.ts';

/**
 * Bytes ↔ values. Untrusted bytes pass a structural scan before the decoder sees them: plain maps
 * with distinct text keys, arrays, text, numbers, booleans and null, within `Bounds`. The msgpack
 * decoder alone would also build regular expressions, errors and records from the wire.
 */

const options = { useRecords: false, mapsAsObjects: true, int64AsType: 'number' } as const;
const packer = new Packr(options);
const unpacker = new Unpackr(options);

/** Msgpack of a value of ours: messages, facts and snapshots. `undefined` has no place in it. */
export function pack(value: unknown): Uint8Array {
  return packer.pack(value);
}

/** Reads what `pack` wrote and a checksum or a trusted store guards; never bytes from a socket. */
export function unpack(bytes: Uint8Array): unknown {
  return unpacker.unpack(bytes);
}

/** A message as one WebSocket frame: binary for msgpack, text for JSON. */
export function encode(message: ClientMessage | ServerMessage, notation: Notation) {
  return notation === 'msgpack' ? pack(message) : JSON.stringify(message);
}

/**
 * Untrusted bytes become plain data. Its shape is still unknown: the server checks it with
 * `parseClientMessage`.
 *
 * @throws {ProtocolError} and nothing else, whatever the bytes
 */
export function decode(bytes: Uint8Array, notation: Notation, bounds: Bounds): unknown {
  if (bytes.length === 0) throw new ProtocolError('empty_frame');
  if (bytes.length > bounds.bytesMax) throw new ProtocolError('frame_too_large');
  return notation === 'msgpack' ? decodeMsgpack(bytes, bounds) : decodeJson(bytes, bounds);
}

function decodeMsgpack(bytes: Uint8Array, bounds: Bounds): unknown {
  scanMsgpack(bytes, bounds);
  try {
    return unpacker.unpack(bytes);
  } catch (cause) {
    throw new ProtocolError('malformed', { cause });
  }
}

function decodeJson(bytes: Uint8Array, bounds: Bounds): unknown {
  const text = decodeText(bytes);
  scanJson(text, bounds);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError('malformed', { cause });
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new ProtocolError('invalid_text', { cause });
  }
}
