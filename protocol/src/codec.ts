import type { Bounds } from './bounds.ts';
import { ProtocolError } from './errors.ts';
import type { ClientMessage, ServerMessage } from './messages.ts';
import { pack } from './packed.ts';
import { readMsgpack } from './read-msgpack.ts';
import { scanJson } from './scan-json.ts';
import type { Notation } from './version.ts';

/** A message as one WebSocket frame: binary for msgpack, text for JSON. */
export function encode(message: ClientMessage | ServerMessage, notation: Notation) {
  return notation === 'msgpack' ? pack(message) : JSON.stringify(message);
}

/**
 * Untrusted bytes become plain data: maps with distinct text keys, arrays, text, numbers, booleans
 * and null, within `bounds`. Its shape is still unknown: the server checks it with
 * `parseClientMessage`. What it returns shares nothing with the bytes.
 *
 * @throws {ProtocolError} and nothing else, whatever the bytes
 */
export function decode(bytes: Uint8Array, notation: Notation, bounds: Bounds): unknown {
  if (bytes.length === 0) throw new ProtocolError('empty_frame');
  if (bytes.length > bounds.bytesMax) throw new ProtocolError('frame_too_large');
  return notation === 'msgpack' ? readMsgpack(bytes, bounds) : readJson(bytes, bounds);
}

function readJson(bytes: Uint8Array, bounds: Bounds): unknown {
  const text = textOf(bytes);
  scanJson(text, bounds);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError('malformed', { cause });
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new ProtocolError('invalid_text', { cause });
  }
}
